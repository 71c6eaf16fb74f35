package main

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"whorl/cli"
	"whorl/cli/progress"
	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/stages/synthetic"
)

func synthCommand(env *cli.Env) *cobra.Command {
	var flags struct {
		subjects int
		seed     uint64
	}
	c := &cobra.Command{
		Use:   "synth DIR",
		Short: "Write a synthetic data set",
		Long: `synth writes fingerprints that belong to nobody, in SOCOFing's own layout, sizes
and names: ten real prints a subject and nine altered copies of each, 1.4 MB a
subject. The same seed gives the same files on every machine. DIR must not hold
prints already.`,
		Example: "  whorl synth prints --subjects 20\n  whorl run --data prints",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.subjects < 1 || flags.subjects > synthetic.MaxSubjects {
				return cli.Usagef("--subjects %d: want 1 to %d", flags.subjects, synthetic.MaxSubjects)
			}
			d := progress.New(env.Stderr)
			defer d.Close()
			lines := d.Lines()
			lines.Started("synth")
			started := time.Now()
			o := synthetic.Options{Subjects: flags.subjects, Seed: flags.seed}
			err := synthetic.WriteTree(cmd.Context(), args[0], o, func(done, total int) {
				lines.Progress("synth", stage.Progress{Done: int64(done), Total: int64(total), Unit: "files"})
			})
			if errors.Is(err, fs.ErrExist) || errors.Is(err, syscall.ENOTDIR) {
				return cli.UsageError{Err: err}
			}
			if err != nil {
				return err
			}
			lines.Finished(record.Stage{Name: "synth", Status: record.Ran, Seconds: time.Since(started).Seconds()})
			_, err = fmt.Fprintln(env.Stdout, args[0])
			return err
		},
	}
	c.Flags().IntVar(&flags.subjects, "subjects", 12, "how many subjects, `N`, of ten fingers each")
	c.Flags().Uint64Var(&flags.seed, "seed", 1, "`SEED` of the prints")
	return c
}
