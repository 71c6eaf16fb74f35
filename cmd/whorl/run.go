package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whorl/cmd/whorl/progress"
	"whorl/pipeline"
)

func runCommand(env *environment) *cobra.Command {
	var flags runFlags
	c := &cobra.Command{
		Use:   "run [STAGE...]",
		Short: "Run the pipeline, or up to the named stages",
		Long: `run computes what the pipeline's stages are to yield, and takes from the store
what has been computed before. With STAGE only those stages run, and what they
need.`,
		Example: `  whorl run
  whorl run evaluate --set train.epochs=5 --set train.merge=abs --seed 2
  whorl run --data /path/to/SOCOFing
  whorl run --dry-run`,
		RunE: func(cmd *cobra.Command, targets []string) error {
			if err := flags.check(); err != nil {
				return err
			}
			return runPipeline(cmd.Context(), env, &flags, targets)
		},
	}
	flags.add(c)
	return c
}

func runPipeline(ctx context.Context, env *environment, flags *runFlags, targets []string) error {
	p, err := flags.pipeline(targets...)
	if err != nil {
		return err
	}
	if flags.dryRun {
		return printStatus(ctx, env, p, &flags.specFlags, targets, flags.force, flags.json)
	}
	b, err := openBooks(ctx, flags.dir)
	if err != nil {
		return err
	}
	defer b.Close()
	m, err := meta(nil, 0)
	if err != nil {
		return err
	}
	display := progress.New(env.stderr)
	defer display.Close()
	started := time.Now()
	result, err := b.engine.Run(ctx, p, pipeline.Options{
		Targets: targets, Jobs: flags.jobs, Force: flags.force, KeepGoing: flags.keepGoing,
		Recorder: b.db.Recorder(m), Observe: follow(display),
	})
	display.Close()
	if result == nil {
		return specError(err)
	}
	if flags.json {
		if err := writeJSON(env.stdout, resultJSON(result)); err != nil {
			return err
		}
	}
	sayResult(env, result, time.Since(started))
	return outcome(ctx, env, result, err)
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

// sayResult ends a run for a person to read.
func sayResult(env *environment, r *pipeline.Result, took time.Duration) {
	counts := map[pipeline.Status]int{}
	for _, s := range r.Stages {
		counts[s.Status]++
	}
	fmt.Fprintf(env.stderr, "run %s %s in %s: %d ran, %d cached", r.ID, r.State, seconds(took.Seconds()),
		counts[pipeline.Ran], counts[pipeline.Cached])
	for _, s := range []pipeline.Status{pipeline.Broken, pipeline.Skipped} {
		if n := counts[s]; n > 0 {
			fmt.Fprintf(env.stderr, ", %d %s", n, s)
		}
	}
	fmt.Fprintln(env.stderr)
}

// outcome turns what a run came to into the command's error, having told what
// failed with the end of its log.
func outcome(ctx context.Context, env *environment, r *pipeline.Result, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		fmt.Fprintln(env.stderr, "interrupted: what finished is kept; the same command goes on from there")
		return errReported
	}
	told := false
	for _, s := range r.Stages {
		if s.Status != pipeline.Broken || s.Err == nil {
			continue
		}
		told = true
		why := cause(s.Err)
		fmt.Fprintf(env.stderr, "\nstage %q failed: %v\n", s.Name, why)
		printLogTail(env.stderr, s.Log, why)
	}
	if !told {
		return err
	}
	return errReported
}

// cause takes the stage's name off its error, for it has been said.
func cause(err error) error {
	var s *pipeline.StageError
	if errors.As(err, &s) {
		return s.Err
	}
	return err
}
