package workspace

import (
	"context"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/store"
)

// Status says what a run of the targets would do: see [explain.Status].
func (w *Workspace) Status(ctx context.Context, p *spec.Pipeline, targets ...string) ([]explain.StageStatus, error) {
	return explain.Status(ctx, w.store, p, targets...)
}

// Why explains a stage: see [explain.Why]. Against is a reference to a run, or
// empty.
func (w *Workspace) Why(ctx context.Context, p *spec.Pipeline, stage, against string) (*explain.Explanation, error) {
	if against != "" {
		var err error
		if against, err = w.Resolve(ctx, against); err != nil {
			return nil, err
		}
	}
	return explain.Why(ctx, w.store, p, stage, against)
}

// Diff compares two runs: see [explain.Diff].
func (w *Workspace) Diff(old, now *record.Run) *explain.RunDiff {
	return explain.Diff(w.store, old, now)
}

// Collect removes what no kept run reaches: see [pipeline.Engine.Collect].
// It also clears away what killed reproductions left.
func (w *Workspace) Collect(ctx context.Context, o pipeline.CollectOptions) (*store.Collected, error) {
	if !o.DryRun {
		sweepScratch()
	}
	return w.engine.Collect(ctx, o)
}
