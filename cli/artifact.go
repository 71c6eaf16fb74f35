package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"whorl/experiments/track"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/store"
	"whorl/pipeline/store/place"
)

func artifactCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		out       string
	}
	c := &cobra.Command{
		Use:   "artifact RUN STAGE.OUTPUT[/FILE]",
		Short: "Copy an artifact of a run out of the store",
		Long: `artifact copies an artifact of a recorded run to FILE ("-" is standard output),
or prints where the store keeps it: that file is to be read, never changed. RUN
is an id, a unique prefix, or "last". "whorl show RUN" lists the artifacts. Of
an artifact that is a directory, STAGE.OUTPUT/FILE is one file.`,
		Example: `  whorl artifact last evaluate.scores -o scores.csv
  whorl artifact last train.history -o - | head
  python3 -c "import numpy,sys; print(numpy.load(sys.argv[1]).shape)" $(whorl artifact last ingest.prints/x_real.npy)`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := findRun(cmd.Context(), flags.artifacts.dir, args[0])
			if err != nil {
				return err
			}
			name, file, inside := strings.Cut(args[1], "/")
			a, err := findArtifact(r, name)
			if err != nil {
				return err
			}
			st, err := store.Open(flags.artifacts.dir)
			if err != nil {
				return err
			}
			kept := store.Artifact{Name: a.Name, Digest: a.Digest, Bytes: a.Bytes, Dir: a.Dir}
			path := st.Path(kept)
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("artifact %s of run %s is no longer in the store: run it again with \"whorl run\"", name, r.ID)
			}
			from := source{args[1], path, a.Dir}
			if inside {
				if from, err = from.file(file); err != nil {
					return err
				}
			}
			if flags.out != "" {
				return copyOut(cmd.Context(), env.Stdout, from, flags.out)
			}
			path = from.path
			if path, err = filepath.Abs(path); err != nil {
				return err
			}
			_, err = fmt.Fprintln(env.Stdout, path)
			return err
		},
	}
	flags.artifacts.add(c)
	c.ValidArgsFunction = completeRuns(&flags.artifacts, 1, true)
	c.Flags().VarP(&checked{&flags.out, something}, "output", "o", "copy it to this `FILE`; - is standard output")
	return c
}

// findArtifact finds "stage.output" among the artifacts of a run.
func findArtifact(r *track.Run, name string) (*track.Artifact, error) {
	if stage, output, ok := strings.Cut(name, "."); !ok || stage == "" || output == "" {
		return nil, Usagef("artifact %q: want STAGE.OUTPUT", name)
	}
	var have []string
	for i := range r.Stages {
		s := &r.Stages[i]
		for k := range s.Outputs {
			full := s.Name + "." + s.Outputs[k].Name
			if full == name {
				return &s.Outputs[k], nil
			}
			have = append(have, full)
		}
	}
	if len(have) == 0 {
		return nil, Usagef("run %s, which is %s, has no artifacts", r.ID, r.State)
	}
	return nil, Usagef("run %s has no artifact %q%s; \"whorl show %s\" lists them", r.ID, name, yamlwalk.Suggest(name, have), r.ID)
}

// A source is what is copied out of the store: an artifact or a file of one.
type source struct {
	name string // as the call gives it
	path string
	dir  bool
}

// file is the named file of an artifact that is a directory.
func (s source) file(name string) (source, error) {
	if !s.dir {
		return source{}, Usagef("artifact %s: %s is a file, not a directory", s.name, strings.TrimSuffix(s.name, "/"+name))
	}
	if !fs.ValidPath(name) {
		return source{}, Usagef("artifact %s: %q is not the path of a file in it", s.name, name)
	}
	path := filepath.Join(s.path, filepath.FromSlash(name))
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		var have []string
		entries, _ := os.ReadDir(s.path)
		for _, e := range entries {
			have = append(have, e.Name())
		}
		return source{}, Usagef("artifact %s: there is no file %q%s", s.name, name, yamlwalk.Suggest(name, have))
	}
	if err != nil {
		return source{}, err
	}
	return source{s.name, path, info.IsDir()}, nil
}

// copyOut copies a source to dst as a whole, or to w if that is "-". A file is
// replaced, a directory is not.
func copyOut(ctx context.Context, w io.Writer, from source, dst string) error {
	if dst == "-" {
		return from.write(w)
	}
	if isDevice(dst) {
		return writeDevice(dst, from.write)
	}
	if info, err := os.Lstat(dst); err == nil && (from.dir || info.IsDir()) {
		return Usagef("%s exists: name another with -o", dst)
	}
	parent := filepath.Dir(dst)
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return Usagef("-o %s: there is no directory %s", dst, parent)
	}
	tmp, err := os.MkdirTemp(parent, ".whorl-*")
	if err != nil {
		return fmt.Errorf("-o %s: %w", dst, err)
	}
	defer os.RemoveAll(tmp)
	copied := filepath.Join(tmp, "copy")
	if err := place.Copy(ctx, from.path, copied); err != nil {
		return fmt.Errorf("copy %s: %w", from.name, err)
	}
	return os.Rename(copied, dst)
}

// write writes the content of a source, which must be a file.
func (s source) write(w io.Writer) error {
	if s.dir {
		return Usagef("%s is a directory: name another with -o", s.name)
	}
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}
