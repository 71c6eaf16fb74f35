package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"whorl/cli/progress"
	"whorl/pipeline"
)

func reproduceCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		jobs      int
		json      bool
	}
	c := &cobra.Command{
		Use:   "reproduce RUN",
		Short: "Run a recorded run again from its sources and compare every bit",
		Long: `reproduce computes a recorded run again, from its sources and in an empty store of
its own, and compares every artifact with the recorded one, by digest. The
pipeline is the recorded one, whatever has become of its file; code and data are
today's, and if they have changed since, it says what did. The exit code is 1 if
any artifact differs. RUN is an id, a unique prefix, or "last".`,
		Example: "  {app} reproduce last",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.jobs < 1 {
				return Usagef("--jobs %d: want at least 1", flags.jobs)
			}
			ctx := cmd.Context()
			w, err := env.existing(ctx, flags.artifacts.dir)
			if err != nil {
				return err
			}
			defer w.Close()
			r, err := w.Find(ctx, args[0])
			if err != nil {
				return refError(err)
			}
			reg, err := env.app.registry()
			if err != nil {
				return err
			}
			display := progress.New(env.Stderr)
			defer display.Close()
			j, err := w.Reproduce(ctx, reg, r, pipeline.Options{Jobs: flags.jobs, Observe: follow(display.Lines())})
			display.Close()
			if ctx.Err() != nil {
				fmt.Fprintln(env.Stderr, "interrupted: nothing was compared, and nothing is kept")
				return errReported
			}
			if err != nil {
				return refError(err)
			}
			outcome(ctx, env.Stderr, j.Again, j.Err)
			if flags.json {
				err = writeJSON(env.Stdout, j)
			} else {
				err = printReproduction(env.Stdout, j)
			}
			if err == nil && !j.Identical {
				err = errReported
			}
			return err
		},
	}
	flags.artifacts.add(c)
	c.ValidArgsFunction = completeRuns(&flags.artifacts, 1, false)
	c.Flags().IntVarP(&flags.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "run at most `N` stages at once")
	c.Flags().BoolVar(&flags.json, "json", false, "print one JSON object")
	return c
}
