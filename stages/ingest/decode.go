package ingest

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"whorl/fingerprint/bmp"
	"whorl/fingerprint/imaging"
)

// A decoder decodes batches of files to images of one size, on all cores.
type decoder struct {
	tree  fs.FS
	batch int // files that it takes at a time
	size  int // pixels of an image
	rows  []uint8
	pool  []*worker
}

// A worker is one goroutine's memory.
type worker struct {
	resizer *imaging.Resizer
	buf     *bufio.Reader
}

// Files are decoded in batches before their rows are written: of enough files
// for cores not to wait for each other, of few enough pixels to stay small.
const (
	maxBatch       = 256
	maxBatchPixels = 16 << 20
)

func newDecoder(tree fs.FS, h, w int) *decoder {
	d := &decoder{tree: tree, batch: max(1, min(maxBatch, maxBatchPixels/(h*w))), size: h * w}
	d.rows = make([]uint8, d.batch*d.size)
	for range runtime.GOMAXPROCS(0) {
		d.pool = append(d.pool, &worker{imaging.NewResizer(w, h), bufio.NewReaderSize(nil, 1<<16)})
	}
	return d
}

// decode decodes those of at most one batch of files that are not refused
// already, and refuses those that are no images. It returns the pixels of all
// of them, valid until the next call; those of refused files are anything. It
// fails if a file cannot be read, for that says nothing of the file: were it
// refused, a disk's bad moment would be kept as a result.
func (d *decoder) decode(ctx context.Context, files []string, refused []error) ([]uint8, error) {
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for _, w := range d.pool {
		g.Go(func() error {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return nil
				}
				if refused[i] != nil {
					continue
				}
				err := w.decode(d.rows[i*d.size:(i+1)*d.size], d.tree, files[i])
				if p := (*fs.PathError)(nil); errors.As(err, &p) {
					return err
				}
				refused[i] = err
			}
			return ctx.Err()
		})
	}
	return d.rows, g.Wait()
}

// decode decodes one file into dst. Errors of the file system are or wrap an
// *fs.PathError, and no others do.
func (w *worker) decode(dst []uint8, tree fs.FS, file string) error {
	// Opening a named pipe would wait for a writer.
	if info, err := fs.Stat(tree, file); err != nil {
		return err
	} else if !info.Mode().IsRegular() {
		return errors.New("is not a regular file")
	}
	f, err := tree.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w.buf.Reset(f)
	m, err := bmp.Decode(w.buf)
	if err != nil {
		return err
	}
	w.resizer.Resize(dst, m.Pix, m.Rect.Dx(), m.Rect.Dy())
	return nil
}
