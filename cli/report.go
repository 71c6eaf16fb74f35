package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whorl/experiments/sweep"
	"whorl/pipeline/record"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/store"
	"whorl/reports"
	"whorl/workspace"
)

func reportCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		out       string
		sweep     string
		metric    string
		title     string
		pictures  string
	}
	c := &cobra.Command{
		Use:   "report [RUN...]",
		Short: "Write an HTML report that compares runs",
		Long: `report writes one HTML file, with everything in it that it needs, that compares
the named runs, all if none is named. RUN is an id, a unique prefix, or "last".
It makes no use of the network, and may be sent to others as it is.`,
		Example: `  {app} report
  {app} report last 20261123-2215 --metric evaluate.eer -o two.html
  {app} report --sweep last -o ablation.html`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.sweep != "" && len(args) > 0 {
				return Usagef("name runs or --sweep, not both")
			}
			ctx := cmd.Context()
			w, err := env.existing(ctx, flags.artifacts.dir)
			if err != nil {
				return err
			}
			defer w.Close()
			src := &recorded{space: w}
			opts := reports.Options{
				Title: flags.title, Metric: flags.metric, Pictures: reports.Pictures(flags.pictures),
				Written: time.Now(), Version: env.app.version(), Commands: []string{strings.Join(os.Args, " ")},
			}
			switch opts.Pictures {
			case reports.Thumbnails, reports.FullSize, reports.NoPictures:
			default:
				return Usagef("--pictures %s: want full, thumb or none", flags.pictures)
			}
			if flags.sweep != "" {
				opts.Sweep, err = src.chooseSweep(ctx, flags.sweep)
			} else {
				err = src.choose(ctx, args)
			}
			if err != nil {
				return err
			}
			if err := src.check(flags.metric); err != nil {
				return err
			}
			src.ask(&opts)
			return writeReport(ctx, env, flags.out, src, opts)
		},
	}
	flags.artifacts.add(c)
	c.ValidArgsFunction = completeRuns(&flags.artifacts, math.MaxInt, false)
	c.Flags().VarP(&checked{&flags.out, fileIfAny}, "output", "o", "the report's `FILE`; - is standard output (default: reports/report.html under --artifacts)")
	c.Flags().StringVar(&flags.sweep, "sweep", "", "the trials of this `SWEEP`: an id, a name, or \"last\"")
	c.Flags().StringVar(&flags.metric, "metric", "", "rank the runs by this `STAGE.METRIC`")
	c.RegisterFlagCompletionFunc("sweep", completeSweeps(&flags.artifacts))
	c.RegisterFlagCompletionFunc("metric", completeMetrics(&flags.artifacts))
	c.Flags().StringVar(&flags.pictures, "pictures", string(reports.Thumbnails), "`HOW` pictures are embedded: full, thumb or none")
	c.Flags().StringVar(&flags.title, "title", "", "the report's `TITLE`")
	c.PreRun = func(*cobra.Command, []string) {
		if flags.out == "" {
			flags.out = filepath.Join(flags.artifacts.dir, "reports", "report.html")
		}
	}
	return c
}

// canWrite finds out whether there can be a report at path, and makes its
// directory.
func canWrite(path string) error {
	if path == "-" || isDevice(path) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	return errors.Join(tmp.Close(), os.Remove(tmp.Name()))
}

// writeReport writes the report as a whole or not at all, and says where it is.
func writeReport(ctx context.Context, env *Env, path string, src reports.Source, opts reports.Options) (err error) {
	if path == "-" {
		return reports.Write(ctx, env.Stdout, src, opts)
	}
	if isDevice(path) {
		return writeDevice(path, func(w io.Writer) error { return reports.Write(ctx, w, src, opts) })
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if err := reports.Write(ctx, tmp, src, opts); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := tmp.Chmod(0o644); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	fmt.Fprintln(env.Stderr, "report:", path)
	return nil
}

// report writes a report on the sweep's trials.
func (s *sweeper) report(ctx context.Context, path string) error {
	src := &recorded{space: s.space}
	name, err := src.chooseSweep(ctx, s.record.ID)
	if err != nil {
		return err
	}
	opts := reports.Options{
		Sweep: name, Written: time.Now(), Version: s.env.app.version(),
		Commands: []string{strings.Join(os.Args, " ")},
	}
	src.ask(&opts)
	return writeReport(ctx, s.env, path, src, opts)
}

// recorded is the source of a report: chosen runs and their artifacts.
type recorded struct {
	space *workspace.Workspace
	runs  []*record.Run
	read  *record.Run // the last one that was asked for a series
}

// choose takes the named runs, or all if none is named.
func (r *recorded) choose(ctx context.Context, refs []string) error {
	for _, ref := range refs {
		run, err := r.space.Find(ctx, ref)
		if err != nil {
			return refError(err)
		}
		r.runs = append(r.runs, run)
	}
	if len(refs) > 0 {
		return nil
	}
	return r.filter(ctx, workspace.Filter{})
}

// chooseSweep takes the trials of a sweep and returns its name.
func (r *recorded) chooseSweep(ctx context.Context, ref string) (name string, err error) {
	s, err := r.space.FindSweep(ctx, ref)
	if err != nil {
		return "", refError(err)
	}
	return s.Name, r.filter(ctx, workspace.Filter{Sweep: s.ID})
}

func (r *recorded) filter(ctx context.Context, f workspace.Filter) (err error) {
	r.runs, err = r.space.Runs(ctx, f)
	return err
}

// ask takes the question, the baseline and the objective from the definition of
// the sweep, if all runs are trials of one. A definition that cannot be read has
// been reported when it was run.
func (r *recorded) ask(opts *reports.Options) {
	id := r.runs[0].SweepID()
	if id == "" || slices.ContainsFunc(r.runs, func(run *record.Run) bool { return run.SweepID() != id }) {
		return
	}
	s, err := sweep.Parse(r.runs[0].Sweep.File, []byte(r.runs[0].Sweep.Definition))
	if err != nil {
		return
	}
	opts.Question = s.Question
	for _, b := range s.Baseline {
		if opts.Baseline == nil {
			opts.Baseline = map[string]any{}
		}
		opts.Baseline[b.Key] = b.Value
	}
	if s.Search.Method == "tpe" || s.Prune != nil { // others choose nothing by it
		opts.Objective = s.Objective.Metric
	}
	if opts.Metric == "" {
		opts.Metric = s.Objective.Metric
	}
}

// check refuses to report on no runs, and by a metric that none of them has.
func (r *recorded) check(metric string) error {
	if len(r.runs) == 0 {
		return Usagef("there are no runs to report on: start with \"whorl run\"")
	}
	if metric == "" {
		return nil
	}
	seen := map[string]bool{}
	for _, run := range r.runs {
		for _, m := range run.Metrics() {
			seen[m.Key()] = true
		}
	}
	if !seen[metric] {
		return Usagef("--metric %s: no run measured it%s", metric, yamlwalk.Suggest(metric, slices.Sorted(maps.Keys(seen))))
	}
	return nil
}

// Runs implements reports.Source.
func (r *recorded) Runs(context.Context) ([]*record.Run, error) { return r.runs, nil }

// Series implements reports.Source.
func (r *recorded) Series(ctx context.Context, run, stage, metric string) (record.Metrics, error) {
	if r.read == nil || r.read.ID != run {
		full, err := r.space.Find(ctx, run)
		if err != nil {
			return nil, err
		}
		r.read = full
	}
	s := r.read.Stage(stage)
	if s == nil {
		return nil, nil
	}
	return s.Metrics.Series(metric), nil
}

// Open implements reports.Source.
func (r *recorded) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	st := r.space.Store()
	digest, file, inside := strings.Cut(name, "/")
	if !inside {
		return st.Open(digest)
	}
	dir, err := st.Locate(ctx, store.Artifact{Digest: digest, Dir: true})
	if err != nil {
		return nil, err
	}
	return os.OpenInRoot(dir, file)
}
