package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whorl/cli/progress"
	"whorl/pipeline"
)

func runCommand(env *Env) *cobra.Command {
	var flags runFlags
	c := &cobra.Command{
		Use:   "run [STAGE...]",
		Short: "Run the pipeline, or up to the named stages",
		Long: `run computes what the pipeline's stages are to yield, and takes from the store
what has been computed before. With STAGE only those stages run, and what they
need. Stages that are ready run at the same time.

--set takes the names that "{app} kinds" lists; a value is YAML, as in
--set ingest.size='[90, 90]'. --data is relative to the working directory.
Progress goes to standard error; --json prints one object with the run's state,
stages and metrics on standard output, also if a stage failed. Ctrl-C keeps what
has finished, and the epochs of what has not: the same command goes on from there.`,
		Example: `  {app} run
  {app} run train --jobs 1
  {app} run evaluate --set train.epochs=5 --set train.merge=abs --seed 2
  {app} run --data /path/to/SOCOFing
  {app} run --dry-run`,
		RunE: func(cmd *cobra.Command, targets []string) error {
			if err := flags.check(); err != nil {
				return err
			}
			return runPipeline(cmd.Context(), env, &flags, targets)
		},
	}
	flags.add(env, c)
	c.ValidArgsFunction = flags.completeStages
	return c
}

func runPipeline(ctx context.Context, env *Env, flags *runFlags, targets []string) error {
	p, err := flags.pipeline(targets...)
	if err != nil {
		return err
	}
	if flags.dryRun {
		stages, err := flags.outlook(ctx, p, targets, flags.force)
		if err != nil {
			return err
		}
		if flags.json {
			return writeJSON(env.Stdout, stages)
		}
		return printStatus(env.Stdout, stages)
	}
	if err := p.CheckSources(flags.dir, targets...); err != nil {
		return specError(err)
	}
	w, err := env.workspace(ctx, flags.dir)
	if err != nil {
		return err
	}
	defer w.Close()
	display := progress.New(env.Stderr)
	defer display.Close()
	started := time.Now()
	result, err := w.Run(ctx, p, pipeline.Options{
		Targets: targets, Jobs: flags.jobs, Force: flags.force, KeepGoing: flags.keepGoing,
		Observe: follow(display),
	})
	display.Close()
	if result == nil {
		return specError(err)
	}
	if flags.json {
		if err := writeJSON(env.Stdout, resultJSON(result)); err != nil {
			return err
		}
	}
	sayResult(env.Stderr, env.app.Name, result, time.Since(started))
	return outcome(ctx, env.Stderr, result, err)
}

// follow shows the events of a run.
func follow(d *progress.Display) func(pipeline.Event) {
	return func(e pipeline.Event) {
		switch {
		case e.Started:
			collectUsually()
			d.Started(e.Stage)
		case e.Waiting:
			d.Print(e.Stage + ": waiting for another process that is at the same work")
		case e.Progress != nil:
			d.Progress(e.Stage, *e.Progress)
		case e.Notice != "":
			d.Print(strings.TrimPrefix(e.Stage+": "+e.Notice, ": "))
		case e.Finished != nil:
			d.Finished(*e.Finished)
		}
	}
}
