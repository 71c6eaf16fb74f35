package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"whorl/experiments/track"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

func artifactCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		out       string
	}
	c := &cobra.Command{
		Use:   "artifact RUN STAGE.OUTPUT[/PATH]",
		Short: "Copy an artifact of a run out of the store",
		Long: `artifact copies an artifact of a recorded run to FILE ("-" is standard output), or
into a directory. PATH names a file or folder within an artifact that is a
directory. Without -o it prints where the store keeps the artifact, which must
not be changed there. "{app} show RUN" lists the artifacts of a run.`,
		Example: `  {app} artifact last evaluate.scores -o scores.csv
  {app} artifact last train.history -o - | head
  {app} artifact last evaluate.scores -o results/`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := findRun(cmd.Context(), flags.artifacts.dir, args[0])
			if err != nil {
				return err
			}
			a, err := findArtifact(env, r, args[1])
			if err != nil {
				return err
			}
			st, err := store.Open(flags.artifacts.dir)
			if err != nil {
				return err
			}
			from, err := a.locate(env, st, r.ID)
			if err != nil {
				return err
			}
			if flags.out != "" {
				return copyOut(cmd.Context(), env, from, a.fileName(), flags.out)
			}
			if from, err = filepath.Abs(from); err != nil {
				return err
			}
			_, err = fmt.Fprintln(env.Stdout, from)
			return err
		},
	}
	flags.artifacts.add(c)
	c.ValidArgsFunction = completeRuns(&flags.artifacts, 1, true)
	c.Flags().VarP(&checked{&flags.out, something}, "output", "o", "copy it to this `FILE`, or into a directory; - is standard output")
	return c
}

// An artifactPath names an artifact of a run, or a file or folder in it.
type artifactPath struct {
	name     string // as the call names it
	artifact *track.Artifact
	within   string // slash-separated; empty: the whole artifact
}

// findArtifact finds "stage.output/path" among the artifacts of a run.
func findArtifact(env *Env, r *track.Run, name string) (*artifactPath, error) {
	full, within, slash := strings.Cut(name, "/")
	if stage, output, ok := strings.Cut(full, "."); !ok || stage == "" || output == "" {
		return nil, Usagef("artifact %q: want STAGE.OUTPUT or STAGE.OUTPUT/PATH", name)
	}
	within = strings.TrimSuffix(within, "/")
	if slash && within != "" && (!fs.ValidPath(within) || within == ".") {
		return nil, Usagef("artifact %q: the path after %s/ must lead to something within it", name, full)
	}
	var have []string
	for i := range r.Stages {
		s := &r.Stages[i]
		for k := range s.Outputs {
			o := &s.Outputs[k]
			if s.Name+"."+o.Name != full {
				have = append(have, s.Name+"."+o.Name)
				continue
			}
			if within != "" && !o.Dir {
				return nil, Usagef("artifact %s of run %s is a file: %q names nothing in it", full, r.ID, within)
			}
			return &artifactPath{name, o, within}, nil
		}
	}
	if len(have) == 0 {
		return nil, Usagef("run %s has state %q and no artifacts", r.ID, r.State)
	}
	return nil, Usagef("run %s has no artifact %q%s; \"%s show %s\" lists them", r.ID, full, yamlwalk.Suggest(full, have), env.app.Name, r.ID)
}

// locate returns where the store keeps it.
func (a *artifactPath) locate(env *Env, st *store.Store, run string) (string, error) {
	whole := st.Path(store.Artifact{Name: a.artifact.Name, Digest: a.artifact.Digest, Bytes: a.artifact.Bytes, Dir: a.artifact.Dir})
	if _, err := os.Stat(whole); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("artifact %s of run %s is no longer in the store: \"%s run\" computes it again", a.name, run, env.app.Name)
	}
	if a.within == "" {
		return whole, nil
	}
	found := filepath.Join(whole, filepath.FromSlash(a.within))
	if _, err := os.Stat(found); errors.Is(err, fs.ErrNotExist) {
		return "", Usagef("artifact %s of run %s has no %q%s", strings.TrimSuffix(a.name, "/"+a.within), run, a.within, yamlwalk.Suggest(a.within, filesIn(whole)))
	}
	return found, nil
}

// filesIn lists the files of a directory by their paths in it.
func filesIn(dir string) (files []string) {
	fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return nil
	})
	return files
}

// fileName is the name that it gets in a directory.
func (a *artifactPath) fileName() string {
	if a.within != "" {
		return path.Base(a.within)
	}
	switch a.artifact.Type {
	case stage.TypeNPY:
		return a.artifact.Name + ".npy"
	case stage.TypeNPZ:
		return a.artifact.Name + ".npz"
	case stage.TypeJSON, stage.TypeCurves, stage.TypeFigures:
		return a.artifact.Name + ".json"
	case stage.TypeCSV:
		return a.artifact.Name + ".csv"
	case stage.TypePNG:
		return a.artifact.Name + ".png"
	}
	return a.artifact.Name
}
