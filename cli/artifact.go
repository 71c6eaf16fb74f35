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
)

func artifactCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		out       string
	}
	c := &cobra.Command{
		Use:   "artifact RUN STAGE.OUTPUT",
		Short: "Copy an artifact of a run out of the store",
		Long: `artifact copies an artifact of a recorded run to FILE ("-" is standard output),
or prints where the store keeps it: that file is to be read, never changed. RUN
is an id, a unique prefix, or "last". "whorl show RUN" lists the artifacts.`,
		Example: `  whorl artifact last evaluate.scores -o scores.csv
  whorl artifact last train.history -o - | head
  python3 -c "import numpy,sys; print(numpy.load(sys.argv[1]).shape)" $(whorl artifact last ingest.x_real)`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := findRun(cmd.Context(), flags.artifacts.dir, args[0])
			if err != nil {
				return err
			}
			a, err := findArtifact(r, args[1])
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
				return fmt.Errorf("artifact %s of run %s is no longer in the store: run it again with \"whorl run\"", args[1], r.ID)
			}
			if flags.out != "" {
				return copyOut(cmd.Context(), env.Stdout, st, kept, flags.out)
			}
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

// copyOut copies an artifact to dst as a whole, or to w if that is "-". A file
// is replaced, a directory is not.
func copyOut(ctx context.Context, w io.Writer, st *store.Store, a store.Artifact, dst string) error {
	if dst == "-" {
		return writeOut(w, st, a)
	}
	if isDevice(dst) {
		return writeDevice(dst, func(w io.Writer) error { return writeOut(w, st, a) })
	}
	if info, err := os.Lstat(dst); err == nil && (a.Dir || info.IsDir()) {
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
	if err := st.Copy(ctx, a, copied); err != nil {
		return fmt.Errorf("copy %s: %w", a.Name, err)
	}
	return os.Rename(copied, dst)
}

// writeOut writes the content of an artifact, which must be a file.
func writeOut(w io.Writer, st *store.Store, a store.Artifact) error {
	if a.Dir {
		return Usagef("%s is a directory: name another with -o", a.Name)
	}
	f, err := st.Open(a.Digest)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}
