package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"whorl/experiments/track"
	"whorl/pipeline/store"
)

func artifactCommand(env *environment) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		out       string
	}
	c := &cobra.Command{
		Use:   "artifact RUN STAGE.OUTPUT",
		Short: "Copy an artifact of a run out of the store",
		Long: `artifact copies an artifact of a recorded run to FILE, or prints where the store
keeps it: that file is to be read, never changed. RUN is an id, a unique prefix,
or "last".`,
		Example: `  whorl artifact last evaluate.scores -o scores.csv
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
				return copyOut(cmd.Context(), st, kept, flags.out)
			}
			if path, err = filepath.Abs(path); err != nil {
				return err
			}
			_, err = fmt.Fprintln(env.stdout, path)
			return err
		},
	}
	flags.artifacts.add(c)
	c.Flags().StringVarP(&flags.out, "output", "o", "", "copy it to this `FILE`")
	return c
}

// findArtifact finds "stage.output" among the artifacts of a run.
func findArtifact(r *track.Run, name string) (*track.Artifact, error) {
	stage, output, ok := strings.Cut(name, ".")
	if !ok {
		return nil, usagef("artifact %q: want STAGE.OUTPUT", name)
	}
	var have []string
	for i := range r.Stages {
		s := &r.Stages[i]
		for k := range s.Outputs {
			if s.Name == stage && s.Outputs[k].Name == output {
				return &s.Outputs[k], nil
			}
			have = append(have, s.Name+"."+s.Outputs[k].Name)
		}
	}
	return nil, usagef("run %s has no artifact %q; it has: %s", r.ID, name, strings.Join(have, ", "))
}

// copyOut copies an artifact to dst as a whole. A file is replaced, a directory
// is not.
func copyOut(ctx context.Context, st *store.Store, a store.Artifact, dst string) error {
	if info, err := os.Lstat(dst); err == nil && (a.Dir || info.IsDir()) {
		return usagef("%s exists: name another with -o", dst)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dst), ".whorl-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	copied := filepath.Join(tmp, "copy")
	if err := st.Copy(ctx, a, copied); err != nil {
		return fmt.Errorf("copy %s: %w", a.Name, err)
	}
	return os.Rename(copied, dst)
}
