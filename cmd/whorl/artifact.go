package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
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
			path := st.Path(store.Artifact{Name: a.Name, Digest: a.Digest, Bytes: a.Bytes, Dir: a.Dir})
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("artifact %s of run %s is no longer in the store: run it again with \"whorl run\"", args[1], r.ID)
			}
			if flags.out == "" {
				path, err := filepath.Abs(path)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(env.stdout, path)
				return err
			}
			if a.Dir {
				return copyDir(flags.out, path)
			}
			return copyFile(flags.out, path, a.Digest)
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

// copyFile copies the object at path to dst, replacing it as a whole, and
// refuses one whose content is not what its digest says.
func copyFile(dst, path, digest string) (err error) {
	src, err := os.Open(path)
	if err != nil {
		return err
	}
	defer src.Close()
	tmp, err := os.CreateTemp(filepath.Dir(dst), "."+filepath.Base(dst)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(tmp, h), src); err != nil {
		return fmt.Errorf("copying %s to %s: %w", path, dst, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != digest {
		return fmt.Errorf("%s is damaged: its digest is %s; \"whorl fsck\" sets it aside, and the next run makes it again", path, got)
	}
	if err := tmp.Chmod(0o644); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), dst)
}

// copyDir copies a directory artifact to dst, which must not exist.
func copyDir(dst, path string) error {
	if _, err := os.Lstat(dst); err == nil {
		return usagef("%s exists: name a directory that does not", dst)
	}
	return os.CopyFS(dst, os.DirFS(path))
}
