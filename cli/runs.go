package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whorl/pipeline/record"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
	"whorl/workspace"
)

// runsFlags say which runs are listed, and how.
type runsFlags struct {
	artifacts artifactsFlag
	json, csv bool
	sweep     string
	newest    int
	all       bool
	where     string
	sort      string
	columns   []string
	best      string
	by        string
}

func runsCommand(env *Env) *cobra.Command {
	var flags runsFlags
	c := &cobra.Command{
		Use:   "runs",
		Short: "List the recorded runs, choose and sort them",
		Long: `runs lists the recorded runs, oldest first: state, start, duration, the parameters
that vary, and the first metrics. Columns that do not fit into the terminal are
left out; --columns names the ones to show. A run that found every stage in the
cache repeats an earlier one: it is listed only with --all, or as a trial of the
--sweep that is named. A table shows the newest 100 runs unless --newest says
otherwise.

--where chooses runs by a query over state, started, seconds, name, tags, note,
sweep, trial, data, seed, parameters and metrics (docs/analysis.md). With --json
and no --columns each run has all its parameters and metrics.

Commands that take a RUN take any of

  20261123-221501-7f3a9c   an id, or a beginning or end of it that no other has
  baseline                 the name of a run
  last, last~2             the newest run, and the second before it
  ablation/7               trial 7 of a sweep
  best:evaluate.eer        the run with the best value of a metric`,
		Example: `  {app} runs --where 'evaluate.eer<2%' --sort -evaluate.eer
  {app} runs --sweep last --best evaluate.eer --by configuration
  {app} runs --columns run,train.merge,evaluate.eer --csv
  {app} runs name last baseline`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return listing{env, &flags}.run(cmd)
		},
	}
	flags.artifacts.add(c)
	f := c.Flags()
	f.BoolVar(&flags.json, "json", false, "print a JSON array")
	f.BoolVar(&flags.csv, "csv", false, "print CSV")
	f.StringVar(&flags.where, "where", "", "only the runs that this `QUERY` chooses")
	f.StringVar(&flags.sort, "sort", "", "sort by these `FIELDS`, with commas between them; - before a name: larger values first")
	f.StringSliceVar(&flags.columns, "columns", nil, "show these `FIELDS`")
	f.StringVar(&flags.best, "best", "", "sort by this `METRIC`, the best value first; only runs that have it")
	f.StringVar(&flags.by, "by", "", "\"configuration\": a line for all runs that differ in their seed only")
	f.StringVar(&flags.sweep, "sweep", "", "only the trials of this `SWEEP`: an id, a name, or \"last\"")
	f.BoolVarP(&flags.all, "all", "a", false, "also the runs that found everything in the cache")
	f.IntVar(&flags.newest, "newest", 0, "only the `N` newest; 0: all")
	c.RegisterFlagCompletionFunc("sweep", completeSweeps(&flags.artifacts))
	c.RegisterFlagCompletionFunc("best", completeMetrics(&flags.artifacts))
	c.RegisterFlagCompletionFunc("columns", completeFields(&flags.artifacts))
	c.RegisterFlagCompletionFunc("sort", completeFields(&flags.artifacts))
	for _, sub := range labelCommands(env) {
		sub.Args = usageArgs(sub.Args)
		c.AddCommand(sub)
	}
	return c
}

// tableRuns is how many runs a table shows if the call does not say.
const tableRuns = 100

// A listing carries out one call of runs.
type listing struct {
	env *Env
	*runsFlags
}

func (l listing) check() error {
	switch {
	case l.newest < 0:
		return Usagef("--newest %d: want at least 0", l.newest)
	case l.json && l.csv:
		return Usagef("give --json or --csv, not both")
	case l.by != "" && l.by != "configuration":
		return Usagef("--by %q: want configuration", l.by)
	case l.best != "" && l.sort != "":
		return Usagef("give --best or --sort, not both")
	}
	return nil
}

func (l listing) run(cmd *cobra.Command) error {
	if err := l.check(); err != nil {
		return err
	}
	ctx := cmd.Context()
	w, err := workspace.OpenExisting(ctx, l.artifacts.dir, l.env.options())
	if errors.Is(err, fs.ErrNotExist) {
		return l.empty()
	}
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := w.Hold(ctx); err != nil {
		return err
	}
	s := workspace.Selection{Where: l.where, Sort: l.sort}
	if l.sweep != "" {
		found, err := w.FindSweep(ctx, l.sweep)
		if err != nil {
			return refError(err)
		}
		s.Filter.Sweep = found.ID
	}
	s.NoRepeats = !l.all && l.sweep == ""
	s.Limit = l.newest
	if !l.json && !l.csv && !cmd.Flags().Changed("newest") {
		s.Limit = tableRuns
	}
	if l.by != "" {
		s.Limit = 0
	}
	t, err := l.table(ctx, w, s)
	if err != nil {
		return refError(err)
	}
	switch {
	case l.by != "":
		return l.printConfigurations(t)
	case l.json && len(l.columns) == 0:
		return l.printRecords(ctx, w, s.Filter, t)
	case l.json:
		return l.printValues(t)
	case l.csv:
		return l.printCSV(t)
	}
	return l.printTable(t)
}

func (l listing) empty() error {
	if l.json {
		return writeJSON(l.env.Stdout, []any{})
	}
	if !l.csv {
		fmt.Fprintf(l.env.Stderr, "no runs yet: start one with \"%s run\"\n", l.env.app.Name)
	}
	return nil
}

// A runTable is the chosen runs with the columns to show.
type runTable struct {
	*workspace.Listing
	shown  int // columns; those after them are for grouping
	best   int // the metric by which the best was asked for; -1: none
	hidden int // runs that found everything in the cache
}

// table reads the runs.
func (l listing) table(ctx context.Context, w *workspace.Workspace, s workspace.Selection) (*runTable, error) {
	t := &runTable{best: -1}
	var err error
	if s.Fields, err = l.fields(ctx, w, s.Filter); err != nil {
		return nil, err
	}
	if l.best != "" {
		goal, err := goalOf(ctx, w, l.best)
		if err != nil {
			return nil, err
		}
		if t.best = slices.Index(s.Fields, l.best); t.best < 0 {
			t.best, s.Fields = len(s.Fields), append(s.Fields, l.best)
		}
		if s.Sort = l.best; goal == stage.Maximize {
			s.Sort = "-" + l.best
		}
		s.State = record.Done
	}
	t.shown = len(s.Fields)
	if l.by != "" {
		s.Fields = append(s.Fields, "data", "seed")
	}
	if t.Listing, err = w.List(ctx, s); err != nil {
		return nil, err
	}
	if l.best != "" {
		t.Rows = slices.DeleteFunc(t.Rows, func(r workspace.Row) bool { return r.Values[t.best] == nil })
	}
	if s.NoRepeats && l.where == "" && l.best == "" {
		all := s.Filter
		all.NoRepeats = false
		with, err := w.Count(ctx, all)
		if err != nil {
			return nil, err
		}
		t.hidden = with - len(t.Rows) - t.Left
	}
	return t, nil
}

// goalOf returns which values of a metric are better.
func goalOf(ctx context.Context, w *workspace.Workspace, metric string) (stage.Goal, error) {
	fields, err := w.Fields(ctx)
	if err != nil {
		return stage.NoGoal, err
	}
	var names []string
	for _, f := range fields {
		if f.Metric && f.Key() == metric && f.Info.Goal != stage.NoGoal {
			return f.Info.Goal, nil
		}
		if f.Metric && f.Key() == metric {
			return stage.NoGoal, Usagef("--best %s: its kind does not say whether more or less of it is better", metric)
		}
		if f.Metric {
			names = append(names, f.Key())
		}
	}
	return stage.NoGoal, Usagef("--best %s: no run has this metric%s", metric, yamlwalk.Nearest(metric, names))
}

// fields returns the names of the columns: those of the call, or the usual ones.
func (l listing) fields(ctx context.Context, w *workspace.Workspace, f workspace.Filter) ([]string, error) {
	if len(l.columns) > 0 {
		return l.columns, nil
	}
	if l.json && l.by == "" {
		return []string{"run"}, nil // the records are read whole
	}
	varied, err := w.Varied(ctx, f)
	if err != nil {
		return nil, err
	}
	all, err := w.Fields(ctx)
	if err != nil {
		return nil, err
	}
	names := []string{"run", "state", "started", "seconds"}
	if l.by != "" {
		names = nil
	}
	for _, x := range all {
		if !x.Metric && x.Stage != "" && varied[x.Key()] {
			names = append(names, x.Key())
		}
	}
	if l.by != "" && l.best != "" {
		return names, nil // --best is added
	}
	metrics, err := l.metrics(ctx, w, f, all)
	return append(names, metrics...), err
}

// metrics returns the first metrics of the newest run that has any, the primary
// one before the others.
func (l listing) metrics(ctx context.Context, w *workspace.Workspace, f workspace.Filter, all []workspace.Field) ([]string, error) {
	f.Newest = 10
	runs, err := w.Runs(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, r := range slices.Backward(runs) {
		names := figuresOf(r).names()
		if len(names) == 0 {
			continue
		}
		for _, x := range all {
			if x.Metric && x.Info.Primary && r.Stage(x.Stage) != nil {
				names = append([]string{x.Key()}, slices.DeleteFunc(names, func(name string) bool { return name == x.Key() })...)
			}
		}
		return names[:min(len(names), figuresShown)], nil
	}
	return nil, nil
}

// listRuns reads the recorded runs; that nothing has been recorded is no error.
func listRuns(ctx context.Context, env *Env, dir string, f workspace.Filter) ([]*record.Run, error) {
	w, err := workspace.OpenExisting(ctx, dir, env.options())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return w.Runs(ctx, f)
}

// took is how long a run took, or has been running.
func took(r *record.Run) string {
	if r.State == record.Running {
		return seconds(time.Since(r.Started).Seconds())
	}
	return seconds(r.Seconds())
}

func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	if d < 10*time.Second {
		return fmt.Sprintf("%.2fs", s)
	}
	return d.Round(100 * time.Millisecond).String()
}

// completeFields offers what the runs have.
func completeFields(artifacts *artifactsFlag) completion {
	return func(cmd *cobra.Command, _ []string, typed string) (words []string, _ cobra.ShellCompDirective) {
		w, err := workspace.OpenExisting(cmd.Context(), artifacts.dir, workspace.Options{})
		if err != nil {
			return nil, noFiles
		}
		defer w.Close()
		fields, err := w.Fields(cmd.Context())
		if err != nil {
			return nil, noFiles
		}
		before := typed[:strings.LastIndex(typed, ",")+1]
		for _, f := range fields {
			words = append(words, before+f.Key())
		}
		return words, noFiles | cobra.ShellCompDirectiveNoSpace
	}
}
