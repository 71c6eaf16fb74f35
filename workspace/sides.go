package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"whorl/experiments/compare"
	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/leaveout"
)

// Compare compares what two references mean by a metric ("stage.name"; empty:
// the primary one). A reference is one of
//
//	ablation                     a sweep
//	ablation:train.merge=abs     the trials of a sweep that a query chooses
//	last~1                       a run: see [Workspace.Resolve]
//
// The error is a [*RefError] if a reference means nothing, or if the two cannot
// be compared by the metric.
func (w *Workspace) Compare(ctx context.Context, a, b, metric string) (*compare.Comparison, error) {
	sideA, err := w.side(ctx, a)
	if err != nil {
		return nil, err
	}
	sideB, err := w.side(ctx, b)
	if err != nil {
		return nil, err
	}
	info, metric, err := metricOf(append(slices.Clip(sideA.Runs), sideB.Runs...), metric)
	if err != nil {
		return nil, err
	}
	var other []*record.Run
	if sideA.sweep != "" && sideA.sweep == sideB.sweep {
		for _, r := range sideA.all {
			in := func(x *record.Run) bool { return x.ID == r.ID }
			if !slices.ContainsFunc(sideA.Runs, in) && !slices.ContainsFunc(sideB.Runs, in) {
				other = append(other, r)
			}
		}
	}
	c, err := compare.Sides(sideA.Side, sideB.Side, other, metric, info.Goal, w.LeaveOneOut)
	if err != nil {
		return nil, refErrorf("%s", strings.TrimPrefix(err.Error(), "compare: "))
	}
	return &c, nil
}

// A side is what a reference to runs means.
type side struct {
	compare.Side
	sweep string        // id; empty for a run
	all   []*record.Run // of the sweep
}

func (w *Workspace) side(ctx context.Context, ref string) (s side, err error) {
	name, where, chosen := strings.Cut(ref, ":")
	if name == "best" {
		chosen = false
	}
	if !chosen {
		name = ref
	}
	found, err := w.exactSweep(ctx, name, chosen)
	if err != nil {
		return s, err
	}
	s.Name = ref
	if found == nil {
		r, err := w.Find(ctx, name)
		if err != nil {
			return s, err
		}
		s.Name, s.Runs = r.ID, []*record.Run{r}
		return s, nil
	}
	s.sweep = found.ID
	if s.all, err = w.Runs(ctx, Filter{Sweep: found.ID}); err != nil {
		return s, err
	}
	s.Runs = s.all
	if strings.TrimSpace(where) == "" {
		return s, nil
	}
	list, err := w.List(ctx, Selection{Filter: Filter{Sweep: found.ID}, Where: where})
	if err != nil {
		return s, fmt.Errorf("%s: %w", ref, err)
	}
	ids := make(map[string]bool, len(list.Rows))
	for _, r := range list.Rows {
		ids[r.ID] = true
	}
	s.Runs = nil
	for _, r := range s.all {
		if ids[r.ID] {
			s.Runs = append(s.Runs, r)
		}
	}
	if len(s.Runs) == 0 {
		return s, refErrorf("%s: no trial of sweep %s is chosen", ref, found.ID)
	}
	return s, nil
}

// exactSweep finds the sweep that a reference means. If it could mean a run, a
// part of an id counts only where no run is meant, and nil says so.
func (w *Workspace) exactSweep(ctx context.Context, name string, must bool) (*Sweep, error) {
	s, err := w.FindSweep(ctx, name)
	var ref *RefError
	switch {
	case must || err != nil && !errors.As(err, &ref):
		return s, err
	case err != nil || name == Last:
		return nil, nil
	case s.ID == name || s.Name == name:
		return s, nil
	}
	if _, err := w.Resolve(ctx, name); err == nil {
		return nil, nil
	}
	return s, nil
}

// metricOf returns the metric that runs are compared by: the named one, or the
// primary one of the last stage that has one.
func metricOf(runs []*record.Run, metric string) (stage.MetricInfo, string, error) {
	var primary []string
	for _, r := range runs {
		if metric != "" {
			if info, ok := r.MetricInfo(metric); ok {
				return info, metric, nil
			}
			continue
		}
		last := ""
		for _, m := range r.Metrics() {
			if info, ok := r.MetricInfo(m.Key()); ok && info.Primary {
				last = m.Key()
			}
		}
		if last != "" && !slices.Contains(primary, last) {
			primary = append(primary, last)
		}
	}
	switch {
	case metric != "":
		return stage.MetricInfo{Name: metric}, metric, nil
	case len(primary) == 0:
		return stage.MetricInfo{}, "", refErrorf("the runs have no primary metric: name one")
	case len(primary) > 1:
		return stage.MetricInfo{}, "", refErrorf("the runs have several primary metrics (%s): name one", few(primary))
	}
	return metricOf(runs, primary[0])
}

// LeaveOneOut returns the table of metrics without one unit at a time that a
// stage of a run wrote; nil if it wrote none, or if the store no longer has it.
// It is a [compare.LeaveOneOut].
func (w *Workspace) LeaveOneOut(r *record.Run, stage string) (*leaveout.Table, error) {
	s := r.Stage(stage)
	if s == nil {
		return nil, nil
	}
	for _, o := range s.Outputs {
		if o.Type != leaveout.MediaType {
			continue
		}
		text, err := os.ReadFile(w.store.Path(o.Artifact))
		if errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		t, err := leaveout.Decode(text)
		if err != nil {
			return nil, fmt.Errorf("artifact %s.%s of run %s: %w", stage, o.Name, r.ID, err)
		}
		return t, nil
	}
	return nil, nil
}
