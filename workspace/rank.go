package workspace

import (
	"context"

	"whorl/experiments/compare"
	"whorl/pipeline/stage"
)

// A Ranking is what the configurations of a sweep came to.
type Ranking struct {
	Sweep    *Sweep
	Metric   string // "stage.name"; empty if the trials have no primary one
	Goal     stage.Goal
	Groups   []compare.Group   // the configurations
	Analysis *compare.Analysis // nil with fewer than two configurations that have the metric
	Places   []compare.Place   // of Ranked, the best first
	Ranked   []compare.Group   // the configurations that have the metric
}

// Rank ranks the configurations of the sweep that a reference means by a
// metric; empty: the primary one.
func (w *Workspace) Rank(ctx context.Context, ref, metric string) (*Ranking, error) {
	s, err := w.FindSweep(ctx, ref)
	if err != nil {
		return nil, err
	}
	runs, err := w.Runs(ctx, Filter{Sweep: s.ID})
	if err != nil {
		return nil, err
	}
	r := &Ranking{Sweep: s, Groups: compare.Replicates(runs)}
	info, name, err := metricOf(runs, metric)
	if err != nil {
		return r, nil // the configurations alone
	}
	r.Metric, r.Goal = name, info.Goal
	for _, g := range r.Groups {
		if g.Summarize(name, rankConfidence).N > 0 {
			r.Ranked = append(r.Ranked, g)
		}
	}
	if len(r.Ranked) < 2 || r.Goal == stage.NoGoal {
		return r, nil
	}
	d, err := compare.DesignOf(r.Ranked, name, w.LeaveOneOut)
	if err != nil {
		return nil, err
	}
	if r.Analysis, err = compare.Analyze(d, rankConfidence); err != nil {
		return nil, err
	}
	r.Places = r.Analysis.Ranking(name, r.Goal)
	return r, nil
}

const rankConfidence = 0.95
