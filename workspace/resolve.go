package workspace

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"whorl/experiments/track"
	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

// Last names the run that started last, or the sweep.
const Last = "last"

// Resolve returns the id of the run that a reference means:
//
//	20261123-221501-7f3a9c   its id, or a beginning or end of it that no other has
//	baseline                 its name
//	last, last~2             the newest, and the second before it
//	ablation/7               a trial of a sweep, which is named as for FindSweep
//	best:evaluate.eer        the run with the best value of a metric, as the
//	                         kind of the stage says which values are better
//
// The error is a [*RefError] if there is no such run, or if there are several.
func (w *Workspace) Resolve(ctx context.Context, ref string) (id string, err error) {
	if ref == "" {
		return "", refErrorf("the name of a run is empty")
	}
	if metric, ok := strings.CutPrefix(ref, "best:"); ok {
		return w.best(ctx, metric)
	}
	var runs []track.Entry
	err = w.synced(ctx, func(x *track.Index) error {
		runs, err = x.List(ctx)
		return err
	})
	if err != nil {
		return "", err
	}
	if len(runs) == 0 {
		return "", refErrorf("run %q: nothing has been recorded in %s yet", ref, w.Dir())
	}
	if name, trial, ok := strings.Cut(ref, "/"); ok {
		return w.trial(ctx, runs, name, trial)
	}
	if back, ok := strings.CutPrefix(ref, Last); ok && (back == "" || back[0] == '~') {
		return nth(runs, ref, back)
	}
	return lookup(runs, ref)
}

// lookup finds a run by id, name, or part of an id; runs are the newest first.
func lookup(runs []track.Entry, ref string) (string, error) {
	var part, ids []string
	for _, r := range runs {
		if r.ID == ref {
			return r.ID, nil
		}
		if strings.HasPrefix(r.ID, ref) || strings.HasSuffix(r.ID, ref) {
			part = append(part, r.ID)
		}
		ids = append(ids, r.ID)
	}
	for _, r := range runs {
		if r.Name == ref {
			return r.ID, nil
		}
	}
	switch len(part) {
	case 1:
		return part[0], nil
	case 0:
		return "", refErrorf("no run %q; the newest are %s", ref, few(ids))
	}
	return "", refErrorf("run %q could be %s; give more of its id", ref, few(part))
}

// nth finds "last" and "last~N".
func nth(runs []track.Entry, ref, back string) (string, error) {
	n := 0
	if back != "" {
		var err error
		if n, err = strconv.Atoi(back[1:]); err != nil || n < 0 {
			return "", refErrorf("run %q: want last~N with a whole number", ref)
		}
	}
	if n >= len(runs) {
		return "", refErrorf("run %q: only %d runs are recorded", ref, len(runs))
	}
	return runs[n].ID, nil
}

// trial finds "SWEEP/7": the newest run of that trial.
func (w *Workspace) trial(ctx context.Context, runs []track.Entry, name, number string) (string, error) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return "", refErrorf("run %q: want SWEEP/N with the number of a trial", name+"/"+number)
	}
	s, err := w.FindSweep(ctx, name)
	if err != nil {
		return "", err
	}
	for _, r := range runs {
		if r.Sweep == s.ID && r.Trial == n {
			return r.ID, nil
		}
	}
	return "", refErrorf("sweep %s has no run of trial %d", s.ID, n)
}

// best finds the run with the best value of a metric; of equals, the oldest.
func (w *Workspace) best(ctx context.Context, metric string) (string, error) {
	fields, err := w.Fields(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Metric && f.Key() == metric })
	if i < 0 {
		return "", refErrorf("best:%s: no run that is done measured it", metric)
	}
	goal := fields[i].Info.Goal
	if goal == stage.NoGoal {
		return "", refErrorf("best:%s: its kind does not say whether more or less of it is better", metric)
	}
	list, err := w.List(ctx, Selection{Filter: Filter{State: record.Done}, Fields: []string{metric}})
	if err != nil {
		return "", err
	}
	rows := list.Rows
	best := -1
	var value float64
	for i, r := range rows {
		v, ok := r.Values[0].(float64)
		if !ok || math.IsNaN(v) || best >= 0 && !goal.Better(v, value) {
			continue
		}
		best, value = i, v
	}
	if best < 0 {
		return "", refErrorf("best:%s: no run that is done has a number for it", metric)
	}
	return rows[best].ID, nil
}
