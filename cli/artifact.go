package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

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
			w, err := env.existing(cmd.Context(), flags.artifacts.dir)
			if err != nil {
				return err
			}
			defer w.Close()
			r, err := w.Find(cmd.Context(), args[0])
			if err != nil {
				return refError(err)
			}
			a, path, err := w.Artifact(r, args[1])
			if err != nil {
				return refError(err)
			}
			if flags.out != "" {
				return copyOut(cmd.Context(), env.Stdout, w.Store(), a.Artifact, flags.out)
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
