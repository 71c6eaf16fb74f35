package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"whorl/cli/progress"
	"whorl/experiments/sweep"
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/workspace"
)

// sweepFlags say how to run a sweep.
type sweepFlags struct {
	runFlags
	parallel int
	eager    bool
	variance int // runs of each source; 0: none
	report   string
}

func sweepCommand(env *Env) *cobra.Command {
	var flags sweepFlags
	c := &cobra.Command{
		Use:   "sweep FILE",
		Short: "Run a pipeline for many configurations, and say which is best",
		Long: `sweep runs the trials that FILE defines; what they have in common is computed
once. A trial that fails or diverges does not stop the others, and the exit code
is then 1. What the call sets (--set, --seed) is the same for all trials: it
wins over FILE, and the parameter is then not varied.

FILE names a pipeline, relative to itself, and what to vary:

  name: ablation
  pipeline: ../pipeline.yaml
  question: Which merge is better, and at which learning rate?
  set: {train.epochs: 6}
  baseline: {train.merge: subtract}
  replicates: 3             # seeds of each configuration
  search:
    method: grid            # grid, list, random, halton or tpe
    space:
      train.merge: [subtract, abs]
      train.lr: {min: 1e-4, max: 1e-2, scale: log}
  objective: {metric: evaluate.eer, goal: minimize}

"grid: {...}" is short for a search by grid. docs/sweeps.md has all fields.

The same call again continues the sweep: trials that are done are not run again,
failed ones are. With other code or data it is another sweep. The trials are the same
at any --parallel. At the end configurations are compared by the objective or, if
there is none, by the primary metric of the last stage that has one.`,
		Example: `  {app} sweep experiments/ablation.yaml
  {app} sweep experiments/ablation.yaml --data /path/to/SOCOFing --report report.html
  {app} sweep experiments/ablation.yaml --parallel 4
  {app} sweep experiments/ablation.yaml --set train.epochs=1 --dry-run
  {app} sweep experiments/ablation.yaml --variance`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := flags.check(); err != nil {
				return err
			}
			s := &sweeper{env: env, flags: &flags, display: progress.New(env.Stderr)}
			defer s.display.Close()
			return s.run(cmd.Context(), args[0])
		},
	}
	flags.add(env, c)
	c.Flags().Lookup("file").Usage = "the pipeline's `FILE`, instead of the one that the sweep names"
	c.Flags().Lookup("file").DefValue = ""
	c.Flags().Lookup("jobs").Usage = "run at most `N` stages at once, of all trials together"
	c.Flags().IntVarP(&flags.parallel, "parallel", "p", 1, "run `N` trials at once")
	c.Flags().BoolVar(&flags.eager, "eager", false, "let a search decide from all results there are: no trial waits, and trials depend on timing")
	c.Flags().IntVar(&flags.variance, "variance", 0, "measure instead how much of the spread each source of randomness brings, with `N` seeds each")
	c.Flags().Lookup("variance").NoOptDefVal = "5"
	c.Flags().Var(&checked{&flags.report, fileIfAny}, "report", "write a report on the trials to this `FILE`")
	return c
}

// check refuses values that no sweep can have.
func (f *sweepFlags) check() error {
	if f.parallel < 1 {
		return Usagef("--parallel %d: want at least 1", f.parallel)
	}
	if f.cmd.Flags().Changed("variance") && f.variance < 2 {
		return Usagef("--variance=%d: want at least 2 seeds of each source", f.variance)
	}
	return f.runFlags.check()
}

// sweeper carries out one sweep.
type sweeper struct {
	env     *Env
	flags   *sweepFlags
	display *progress.Display

	def     *sweep.Sweep
	sources []sweep.Source // of variance, if that is asked for
	trials  int            // that are known when the sweep begins
	exact   bool           // there are no others
	id      string
	parse   func(set []string) (*spec.Pipeline, error) // the pipeline of a trial
	space   *workspace.Workspace
	record  record.Sweep
	runs    *trialRuns
	watch   *watch
	decided error // why no replicates could be decided on
}

func (s *sweeper) run(ctx context.Context, file string) error {
	if err := s.load(file); err != nil {
		return err
	}
	if s.flags.dryRun {
		return s.dryRun(ctx)
	}
	if s.flags.report != "" {
		if err := canWrite(s.flags.report); err != nil {
			return UsageError{err} // now rather than after hours
		}
	}
	var err error
	if s.space, err = s.env.workspace(ctx, s.flags.dir); err != nil {
		return err
	}
	defer s.space.Close()
	if err := s.identify(ctx); err != nil {
		return err
	}
	if err := s.resume(ctx); err != nil {
		return err
	}
	started := time.Now()
	s.watch = newWatch(s)
	result, err := s.def.Execute(ctx, s.id, s.options(ctx), s.trial)
	s.watch.close()
	s.display.Close()
	if result == nil {
		return err
	}
	return s.end(ctx, result, started, err)
}

// end says what the trials came to, and writes the report.
func (s *sweeper) end(ctx context.Context, result *sweep.Result, started time.Time, failed error) error {
	if failed == nil {
		failed = s.decided
	}
	f, err := s.findings(result)
	if err != nil {
		failed = errors.Join(failed, err)
	}
	if s.flags.json {
		if err := writeJSON(s.env.Stdout, f); err != nil {
			return err
		}
	}
	if failed != nil {
		if ctx.Err() != nil {
			fmt.Fprintln(s.env.Stderr, interrupted)
			return errReported
		}
		return failed
	}
	fmt.Fprintf(s.env.Stderr, "sweep %s: %d trials in %s, %d failed", s.id, len(result.Trials), seconds(time.Since(started).Seconds()), result.Failed())
	if n := s.watch.recorded; n > 0 {
		fmt.Fprintf(s.env.Stderr, ", %d recorded before", n)
	}
	fmt.Fprintln(s.env.Stderr)
	if err := f.print(s.env.Stderr); err != nil {
		return err
	}
	if s.flags.report != "" {
		if err := s.report(ctx, s.flags.report); err != nil {
			return err
		}
	}
	if result.Failed() > 0 {
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
		return UsageError{err}
	}
	if err != nil {
		return specError(err)
	}
	def.Fix(s.flags.keys()...)
	reg, err := s.env.app.registry()
	if err != nil {
		return err
	}
	pipelineFile := def.Pipeline
	if s.flags.cmd.Flags().Changed("file") {
		pipelineFile = s.flags.file
	}
	s.parse = func(set []string) (*spec.Pipeline, error) {
		p, err := s.flags.load(reg, pipelineFile, set...)
		if err == nil {
			err = p.CheckSources(s.flags.dir)
		}
		return p, err
	}
	base, baseErr := s.flags.load(reg, pipelineFile)
	if baseErr == nil { // an error is that of every trial
		if err := def.Resolve(base); err != nil {
			return specError(err)
		}
	}
	if err := specError(def.Check(func(set []string) error {
		_, err := s.parse(set)
		return err
	})); err != nil {
		return err
	}
	if s.flags.variance > 0 {
		if baseErr != nil {
			return baseErr
		}
		if def, s.sources, err = def.Variance(base, s.flags.variance); err != nil {
			return UsageError{err}
		}
		if def.Compared.Metric == "" {
			return Usagef("%s: --variance needs a metric: add \"objective: {metric: STAGE.METRIC, goal: minimize}\"", file)
		}
	}
	s.def = def
	s.trials, s.exact = def.Planned()
	return nil
}

// identify gives the sweep its id, which rests on the pipeline of a first trial.
func (s *sweeper) identify(ctx context.Context) error {
	first := s.def.Trials()
	if len(first) == 0 {
		return Usagef("%s: the sweep has no trials", s.def.File)
	}
	p, err := s.parse(first[0].Set())
	if err != nil {
		return err
	}
	text, err := s.space.Identity(ctx, p)
	s.id = s.def.ID(text, s.flags.eager)
	return err
}
