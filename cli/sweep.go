package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"whorl/cli/progress"
	"whorl/experiments/sweep"
	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/spec"
)

func sweepCommand(env *Env) *cobra.Command {
	var flags runFlags
	var report string
	c := &cobra.Command{
		Use:   "sweep FILE",
		Short: "Run a pipeline once for each point of a grid of parameters",
		Long: `sweep runs the trials that FILE defines, one after another; what they have in
common is computed once. A trial that fails does not stop the others, and the
exit code is then 1. What the call sets (--set, --seed) is the same for all
trials: it wins over FILE, and a parameter of the grid is then not varied.

FILE names a pipeline, relative to itself, and what to vary, every combination
of which is a trial:

  name: ablation
  pipeline: ../pipeline.yaml
  set: {train.epochs: 6}
  grid:
    train.merge: [subtract, abs]
    seed: [1, 2, 3]`,
		Example: `  whorl sweep experiments/ablation.yaml
  whorl sweep experiments/ablation.yaml --data /path/to/SOCOFing --report report.html
  whorl sweep experiments/ablation.yaml --set train.epochs=1 --dry-run`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := flags.check(); err != nil {
				return err
			}
			s := &sweeper{env: env, flags: &flags, display: progress.New(env.Stderr)}
			defer s.display.Close()
			return s.run(cmd.Context(), args[0], report)
		},
	}
	flags.add(env, c)
	c.Flags().Lookup("file").Usage = "the pipeline's `FILE`, instead of the one that the sweep names"
	c.Flags().Lookup("file").DefValue = ""
	c.Flags().Var(&checked{&report, fileIfAny}, "report", "write a report on the trials to this `FILE`")
	return c
}

// sweeper carries out one sweep.
type sweeper struct {
	env     *Env
	flags   *runFlags
	display *progress.Display

	def    *sweep.Sweep
	trials int                                        // that are known when the sweep begins
	parse  func(set []string) (*spec.Pipeline, error) // the pipeline of a trial
	books  *books
	record track.Sweep
	ran    map[int]*pipeline.Result // by trial
}

func (s *sweeper) run(ctx context.Context, file, report string) error {
	if err := s.load(file); err != nil {
		return err
	}
	if s.flags.dryRun {
		return s.dryRun(ctx)
	}
	if report != "" {
		if err := canWrite(report); err != nil {
			return UsageError{err} // now rather than after hours
		}
	}
	var err error
	if s.books, err = openBooks(ctx, s.flags.dir); err != nil {
		return err
	}
	defer s.books.Close()
	s.ran = map[int]*pipeline.Result{}
	started := time.Now()
	s.record = track.Sweep{
		ID: s.def.NewID(started), Name: s.def.Name, File: s.def.File, Definition: string(s.def.Text),
		Started: started, Trials: s.trials,
	}
	result, err := s.def.Run(ctx, s.record.ID, s.trial)
	s.display.Close()
	if s.flags.json && result != nil {
		if err := writeJSON(s.env.Stdout, result); err != nil {
			return err
		}
	}
	if err != nil {
		if ctx.Err() != nil {
			fmt.Fprintln(s.env.Stderr, interrupted)
			return errReported
		}
		return err
	}
	fmt.Fprintf(s.env.Stderr, "sweep %s: %d trials in %s, %d failed\n",
		s.record.ID, len(result.Trials), seconds(time.Since(started).Seconds()), result.Failed())
	if err := s.printTrials(result); err != nil {
		return err
	}
	if report != "" {
		if err := s.report(ctx, report); err != nil {
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
	s.def = def
	s.parse = func(set []string) (*spec.Pipeline, error) {
		p, err := s.flags.load(reg, pipelineFile, set...)
		if err == nil {
			err = p.CheckSources(s.flags.dir)
		}
		return p, err
	}
	if base, err := s.flags.load(reg, pipelineFile); err == nil { // an error is that of every trial
		if err := def.Resolve(base); err != nil {
			return specError(err)
		}
	}
	s.trials, _ = def.Planned()
	return specError(def.Check(func(set []string) error {
		_, err := s.parse(set)
		return err
	}))
}

// trial runs one trial as an ordinary run.
func (s *sweeper) trial(ctx context.Context, t sweep.Trial) (*pipeline.Result, error) {
	s.display.Heading(fmt.Sprintf("[%d/%d] ", t.Number, s.trials), "%s", s.describe(t))
	m, err := s.env.meta(&s.record, t.Number)
	if err != nil {
		return nil, err
	}
	p, err := s.parse(t.Set())
	if err != nil {
		return nil, err
	}
	result, err := s.books.engine.Run(ctx, p, pipeline.Options{
		Jobs: s.flags.jobs, Force: s.flags.force, KeepGoing: s.flags.keepGoing,
		Recorder: s.books.db.Recorder(m), Observe: follow(s.display),
	})
	if result != nil {
		s.ran[t.Number] = result
	}
	if err != nil && ctx.Err() == nil && result != nil {
		s.display.Print(strings.TrimSuffix(failures(result), "\n"))
	}
	return result, err
}

// describe gives the settings that tell a trial from the others.
func (s *sweeper) describe(t sweep.Trial) string {
	var parts []string
	for _, setting := range s.varied(t) {
		parts = append(parts, fmt.Sprintf("%s=%v", setting.Key, setting.Value))
	}
	if len(parts) == 0 {
		return "the only trial"
	}
	return strings.Join(parts, " ")
}

func (s *sweeper) varied(t sweep.Trial) []sweep.Setting {
	keys := s.def.Varied()
	return slices.DeleteFunc(slices.Clone(t.Settings), func(x sweep.Setting) bool { return !slices.Contains(keys, x.Key) })
}

// printTrials ends a sweep with a table of what was varied and measured.
func (s *sweeper) printTrials(result *sweep.Result) error {
	w := tabwriter.NewWriter(s.env.Stderr, 0, 0, 2, ' ', 0)
	var measured []string // the columns, those of the first trial that has any
	for _, t := range result.Trials {
		if r := s.ran[t.Trial]; r != nil && len(measured) == 0 {
			measured = figuresOf(r).names()
		}
	}
	keys := s.def.Varied()
	header := append([]string{"TRIAL"}, keys...)
	fmt.Fprintln(w, strings.Join(append(append(header, "STATE"), measured...), "\t"))
	for _, t := range result.Trials {
		fmt.Fprint(w, t.Trial)
		for _, key := range keys {
			value, ok := t.Params[key]
			if !ok {
				value = "-"
			}
			fmt.Fprintf(w, "\t%v", value)
		}
		fmt.Fprintf(w, "\t%s", t.State)
		if t.State != pipeline.Done {
			first, _, _ := strings.Cut(t.Error, "\n")
			fmt.Fprintf(w, "\t%s\n", first)
			continue
		}
		for _, name := range measured {
			value := "-"
			if v := t.Metrics[name]; v != nil {
				value = figure(*v)
			}
			fmt.Fprint(w, "\t", value)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// dryRunJSON is what "sweep --dry-run --json" prints.
type dryRunJSON struct {
	Trials []dryTrialJSON `json:"trials"`
}

type dryTrialJSON struct {
	Params map[string]any        `json:"params"` // those that the sweep sets
	Stages []explain.StageStatus `json:"stages"`
}

// dryRun says of every trial what would run.
func (s *sweeper) dryRun(ctx context.Context) error {
	var j dryRunJSON
	for _, t := range s.def.Trials() {
		p, err := s.parse(t.Set())
		if err != nil {
			return err
		}
		stages, err := s.flags.outlook(ctx, p, nil, s.flags.force)
		if err != nil {
			return err
		}
		if s.flags.json {
			params := map[string]any{}
			for _, setting := range t.Settings {
				params[setting.Key] = setting.Value
			}
			j.Trials = append(j.Trials, dryTrialJSON{params, stages})
			continue
		}
		fmt.Fprintf(s.env.Stdout, "[%d/%d] %s\n", t.Number, s.trials, s.describe(t))
		if err := printStatus(s.env.Stdout, stages); err != nil {
			return err
		}
	}
	if s.flags.json {
		return writeJSON(s.env.Stdout, j)
	}
	return nil
}
