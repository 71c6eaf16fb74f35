package verifier

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// A Refusal is a file that was not enrolled, and why.
type Refusal struct {
	Name string
	Err  error
}

// Enrolled says what became of the files of a directory.
type Enrolled struct {
	Prints  int
	Refused []Refusal // in the order of their names
}

// extensions of files that are taken for images.
var extensions = []string{".bmp", ".png", ".jpg", ".jpeg", ".tif", ".tiff"}

// batch is how many files are read before they are embedded.
const batch = 128

// Enroll embeds the prints in the image files of a directory and those below,
// and writes them to a gallery file in the order of their names. A print's name
// is its path below the directory, with slashes. Files that cannot be read as
// images or show no print are refused, and said. It is an error if no file is
// left; then, and after any other error, nothing is written. report, which may
// be nil, is told how many of the files are done.
func (v *Verifier) Enroll(ctx context.Context, dir, galleryFile string, report func(done, total int)) (Enrolled, error) {
	names, err := imageFiles(dir)
	if err != nil {
		return Enrolled{}, fmt.Errorf("enroll: %w", err)
	}
	w, err := v.CreateGallery(galleryFile)
	if err != nil {
		return Enrolled{}, err
	}
	defer w.Abort()
	var out Enrolled
	done := 0
	for some := range slices.Chunk(names, batch) {
		prints, refused, err := readPrints(ctx, dir, some)
		if err != nil {
			return Enrolled{}, fmt.Errorf("enroll: %w", err)
		}
		out.Refused = append(out.Refused, refused...)
		var images []*image.Gray
		var of []string
		for i, p := range prints {
			if p != nil {
				images, of = append(images, p), append(of, some[i])
			}
		}
		embeddings, err := v.Embed(ctx, images...)
		if err != nil {
			return Enrolled{}, fmt.Errorf("enroll: %w", err)
		}
		for i, e := range embeddings {
			if err := w.Add(of[i], e.values); err != nil {
				return Enrolled{}, err
			}
		}
		out.Prints += len(images)
		if done += len(some); report != nil {
			report(done, len(names))
		}
	}
	if out.Prints == 0 {
		return Enrolled{}, fmt.Errorf("enroll: none of %d files in %s is a print: %s: %w", len(names), dir, out.Refused[0].Name, out.Refused[0].Err)
	}
	return out, w.Close()
}

// imageFiles returns the paths below dir of all image files, sorted.
func imageFiles(dir string) ([]string, error) {
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Type().IsRegular() && slices.Contains(extensions, strings.ToLower(filepath.Ext(path))) {
			names = append(names, path)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: no image file (%s)", dir, strings.Join(extensions, ", "))
	}
	slices.Sort(names)
	return names, nil
}

// readPrints reads files on all cores. What is no print is nil and among the
// refused; a failure of the file system is an error.
func readPrints(ctx context.Context, dir string, names []string) ([]*image.Gray, []Refusal, error) {
	prints, errs := make([]*image.Gray, len(names)), make([]error, len(names))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			prints[i], errs[i] = ReadPrint(filepath.Join(dir, filepath.FromSlash(name)))
			if p := (*fs.PathError)(nil); errors.As(errs[i], &p) {
				return errs[i]
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	var refused []Refusal
	for i, err := range errs {
		if err != nil {
			refused = append(refused, Refusal{names[i], err})
		}
	}
	return prints, refused, nil
}
