package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"whorl/experiments/track"
	"whorl/pipeline/record"
	"whorl/pipeline/spec/yamlwalk"
)

// A Filter chooses runs.
type Filter = track.Filter

// A Sweep is a sweep and the state of its trials.
type Sweep = track.Sweep

// Runs returns the chosen runs, oldest first, including those in progress. They
// have the last value of each metric; [Workspace.Find] returns all values.
func (w *Workspace) Runs(ctx context.Context, f Filter) (runs []*record.Run, err error) {
	err = w.synced(ctx, func(x *track.Index) error {
		runs, err = x.Runs(ctx, f)
		return err
	})
	return runs, err
}

// Find returns the run that a reference means: see [Workspace.Resolve].
func (w *Workspace) Find(ctx context.Context, ref string) (*record.Run, error) {
	id, err := w.Resolve(ctx, ref)
	if err != nil {
		return nil, err
	}
	return record.Read(w.store, id)
}

// Series returns the points of the metric "stage.name" of the run with that id,
// steps ascending.
func (w *Workspace) Series(_ context.Context, id, stage, metric string) (record.Metrics, error) {
	r, err := record.Read(w.store, id)
	if err != nil {
		return nil, err
	}
	s := r.Stage(stage)
	if s == nil {
		return nil, nil
	}
	return s.Metrics.Series(metric), nil
}

// Sweeps returns the sweeps, oldest first.
func (w *Workspace) Sweeps(ctx context.Context) (sweeps []Sweep, err error) {
	err = w.synced(ctx, func(x *track.Index) error {
		sweeps, err = x.Sweeps(ctx)
		return err
	})
	return sweeps, err
}

// FindSweep returns the sweep that a reference means: its id, a part of it that
// no other has at that end, its name, which is that of the newest sweep of the
// name, or [Last]. The error is a [*RefError] if none matches.
func (w *Workspace) FindSweep(ctx context.Context, ref string) (*Sweep, error) {
	sweeps, err := w.Sweeps(ctx)
	if err != nil {
		return nil, err
	}
	slices.Reverse(sweeps)
	return findSweep(sweeps, ref)
}

// findSweep is FindSweep among sweeps, the newest first.
func findSweep(sweeps []Sweep, ref string) (*Sweep, error) {
	var part []*Sweep
	var known []string
	for i := range sweeps {
		s := &sweeps[i]
		if ref == Last || s.ID == ref || s.Name == ref {
			return s, nil
		}
		if ref != "" && (strings.HasPrefix(s.ID, ref) || strings.HasSuffix(s.ID, ref)) {
			part = append(part, s)
		}
		known = append(known, s.ID, s.Name)
	}
	switch {
	case len(part) == 1:
		return part[0], nil
	case len(part) > 1:
		return nil, refErrorf("sweep %q could be %s or another; give more of its id", ref, part[0].ID)
	}
	return nil, refErrorf("no sweep %q is recorded%s", ref, yamlwalk.Nearest(ref, known))
}

// A RefError says that a reference matches no run or sweep, or several.
type RefError struct{ text string }

func (e *RefError) Error() string { return e.text }

func refErrorf(format string, args ...any) error {
	return &RefError{fmt.Sprintf(format, args...)}
}

// few lists the first of many names.
func few(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}
