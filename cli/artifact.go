package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/spf13/cobra"

	"whorl/pipeline/stage"
	"whorl/pipeline/store"
	"whorl/workspace"
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
directory. The content is verified first. Without -o it prints where the store keeps the artifact, which must
not be changed there. "{app} show RUN" lists the artifacts of a run.`,
		Example: `  {app} artifact last evaluate.scores -o scores.csv
  {app} artifact last train.history -o - | head
  {app} artifact last evaluate.scores -o results/`,
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
			a, err := w.Artifact(cmd.Context(), r, args[1])
			if errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%w: \"%s run\" computes it again", err, env.app.Name)
			}
			if damaged := (*store.DamagedError)(nil); errors.As(err, &damaged) {
				return fmt.Errorf("%w: \"%s fsck\" sets it aside, and \"%[2]s run\" computes it again", err, env.app.Name)
			}
			if err != nil {
				return refError(err)
			}
			if flags.out != "" {
				return copyOut(cmd.Context(), env, a.Path, fileName(a), flags.out)
			}
			_, err = fmt.Fprintln(env.Stdout, a.Path)
			return err
		},
	}
	flags.artifacts.add(c)
	c.ValidArgsFunction = completeRuns(&flags.artifacts, 1, true)
	c.Flags().VarP(&checked{&flags.out, something}, "output", "o", "copy it to this `FILE`, or into a directory; - is standard output")
	return c
}

// fileName is the name that an artifact gets in a directory.
func fileName(a *workspace.Artifact) string {
	if a.Within != "" {
		return path.Base(a.Within)
	}
	switch a.Output.Type {
	case stage.TypeNPY:
		return a.Output.Name + ".npy"
	case stage.TypeNPZ:
		return a.Output.Name + ".npz"
	case stage.TypeJSON, stage.TypeCurves, stage.TypeFigures:
		return a.Output.Name + ".json"
	case stage.TypeCSV:
		return a.Output.Name + ".csv"
	case stage.TypePNG:
		return a.Output.Name + ".png"
	}
	return a.Output.Name
}
