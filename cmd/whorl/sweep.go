package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whorl/cmd/whorl/progress"
	"whorl/experiments/sweep"
	"whorl/experiments/track"
	"whorl/pipeline"
)

func sweepCommand(env *environment) *cobra.Command {
	var flags runFlags
	var report string
	c := &cobra.Command{
		Use:   "sweep FILE",
		Short: "Run a pipeline once for each point of a grid of parameters",
		Long: `sweep runs the trials that FILE defines, one after another; what they have in
common is computed once. A trial that fails does not stop the others. Settings
of the call are the same for all trials and win over those of FILE.`,
		Example: `  whorl sweep experiments/ablation.yaml
  whorl sweep experiments/ablation.yaml --data /path/to/SOCOFing --report report.html`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := flags.check(); err != nil {
				return err
			}
			s := &sweeper{env: env, flags: &flags, display: progress.New(env.stderr)}
			defer s.display.Close()
			return s.run(cmd.Context(), args[0], report)
		},
	}
	flags.add(c)
	c.Flags().Lookup("file").Usage = "the pipeline's `FILE`, instead of the one that the sweep names"
	c.Flags().Lookup("file").DefValue = ""
	c.Flags().StringVar(&report, "report", "", "write a report on the trials to this `FILE`")
	return c
}

// sweeper carries out one sweep.
type sweeper struct {
	env     *environment
	flags   *runFlags
	display *progress.Display

	def    *sweep.Sweep
	trials int
	pipes  map[int]*pipeline.Pipeline // by trial, as checked
	books  *books
	record track.Sweep
}

func (s *sweeper) run(ctx context.Context, file, report string) error {
	if err := s.load(file); err != nil {
		return err
	}
	if s.flags.dryRun {
		return s.dryRun(ctx)
	}
	var err error
	if s.books, err = openBooks(ctx, s.flags.dir); err != nil {
		return err
	}
	defer s.books.Close()
	started := time.Now()
	s.record = track.Sweep{
		ID: s.def.NewID(started), Name: s.def.Name, File: s.def.File, Definition: string(s.def.Text),
		Started: started, Trials: s.trials,
	}
	result, err := s.def.Run(ctx, s.record.ID, s.trial)
	s.display.Close()
	if s.flags.json && result != nil {
		if err := writeJSON(s.env.stdout, result); err != nil {
			return err
		}
	}
	if err != nil {
		if ctx.Err() != nil {
			fmt.Fprintln(s.env.stderr, "interrupted: what finished is kept; the same command goes on from there")
			return errReported
		}
		return err
	}
	fmt.Fprintf(s.env.stderr, "sweep %s: %d trials in %s, %d failed\n",
		s.record.ID, len(result.Trials), seconds(time.Since(started).Seconds()), result.Failed())
	if report != "" {
		if err := s.report(ctx, report); err != nil {
			return err
		}
	}
	if result.Failed() > 0 {
		for i, t := range result.Trials {
			if t.State != pipeline.Done {
				fmt.Fprintf(s.env.stderr, "trial %d (%s) %s: %s\n", i+1, s.describe(s.def.Trials()[i]), t.State, t.Error)
			}
		}
		return errReported
	}
	return nil
}

// load reads the sweep and resolves every trial, so that whatever is wrong is
// told of before the first one runs.
func (s *sweeper) load(file string) error {
	def, err := sweep.Load(file)
	var unread *fs.PathError
	if errors.As(err, &unread) {
		return usageError{err}
	}
	if err != nil {
		return specError(err)
	}
	if s.flags.seedGiven() != nil && varies(def, sweep.Seed) {
		return usagef("%s sets the seed: leave out --seed, or set it there", file)
	}
	reg, err := newRegistry()
	if err != nil {
		return err
	}
	spec := def.Pipeline
	if s.flags.cmd.Flags().Changed("file") {
		spec = s.flags.file
	}
	s.def, s.pipes = def, map[int]*pipeline.Pipeline{}
	err = def.Check(func(set []string) error {
		p, err := s.flags.load(reg, spec, set...)
		s.trials++
		s.pipes[s.trials] = p
		return err
	})
	return specError(err)
}

// varies reports whether the sweep sets a key.
func varies(def *sweep.Sweep, key string) bool {
	for _, t := range def.Trials() {
		for _, setting := range t.Settings {
			if setting.Key == key {
				return true
			}
		}
	}
	return false
}

// trial runs one trial as an ordinary run.
func (s *sweeper) trial(ctx context.Context, t sweep.Trial) (*pipeline.Result, error) {
	s.display.Heading(fmt.Sprintf("[%d/%d] ", t.Number, s.trials), "%s", s.describe(t))
	m, err := meta(&s.record, t.Number)
	if err != nil {
		return nil, err
	}
	result, err := s.books.engine.Run(ctx, s.pipes[t.Number], pipeline.Options{
		Jobs: s.flags.jobs, Force: s.flags.force, KeepGoing: s.flags.keepGoing,
		Recorder: s.books.db.Recorder(m), Observe: follow(s.display),
	})
	return result, err
}

// describe gives the settings that tell a trial from the others.
func (s *sweeper) describe(t sweep.Trial) string {
	var parts []string
	for _, setting := range t.Settings {
		for _, axis := range s.def.Grid {
			if axis.Key == setting.Key {
				parts = append(parts, setting.String())
			}
		}
	}
	return strings.Join(parts, " ")
}

func (s *sweeper) dryRun(ctx context.Context) error {
	for _, t := range s.def.Trials() {
		fmt.Fprintf(s.env.stderr, "trial %d of %d: %s\n", t.Number, s.trials, s.describe(t))
		if err := printStatus(ctx, s.env, s.pipes[t.Number], &s.flags.specFlags, nil, s.flags.force, s.flags.json); err != nil {
			return err
		}
	}
	return nil
}
