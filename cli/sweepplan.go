package cli

import (
	"context"
	"fmt"

	"whorl/experiments/sweep"
	"whorl/pipeline/explain"
	"whorl/pipeline/record"
	"whorl/workspace"
)

// dryRunJSON is what "sweep --dry-run --json" prints.
type dryRunJSON struct {
	Summary planJSON       `json:"summary"`
	Trials  []dryTrialJSON `json:"trials"`
}

// planJSON counts the stages of all trials. One that several trials have in
// common is computed once.
type planJSON struct {
	Sweep   string         `json:"sweep"` // id
	Trials  int            `json:"trials"`
	Exact   bool           `json:"exact"`    // false: the search may add trials
	Stages  int            `json:"stages"`   // of all trials
	Cached  int            `json:"cached"`   // found in the store
	Shared  int            `json:"shared"`   // computed by an earlier trial
	Compute int            `json:"compute"`  // to be computed, at most
	ByStage map[string]int `json:"by_stage"` // to be computed, by the name of the stage
	// Seconds is what the computed stages took when they were last executed;
	// Unknown counts those that never were.
	Seconds float64 `json:"seconds"`
	Unknown int     `json:"unknown"`
}

type dryTrialJSON struct {
	Params map[string]any        `json:"params"` // those that the sweep sets
	Stages []explain.StageStatus `json:"stages"`
}

// dryRun says what the sweep would compute: a summary, then each trial.
func (s *sweeper) dryRun(ctx context.Context) error {
	var err error
	if s.space, err = s.env.workspace(ctx, s.flags.dir); err != nil {
		return err
	}
	defer s.space.Close()
	if err := s.identify(ctx); err != nil {
		return err
	}
	took, err := s.lastSeconds(ctx)
	if err != nil {
		return err
	}
	j := dryRunJSON{Trials: []dryTrialJSON{}}
	var forecasts []sweep.Forecast
	for _, t := range s.def.Trials() {
		p, err := s.parse(t.Set())
		if err != nil {
			return err
		}
		stages, err := outlook(ctx, s.space, p, nil, s.flags.force)
		if err != nil {
			return err
		}
		f := sweep.Forecast{Pipeline: p}
		for _, st := range stages {
			f.Stages = append(f.Stages, sweep.StageForecast{Key: st.Key, Cached: st.Forecast == explain.IsCached})
		}
		forecasts = append(forecasts, f)
		params := map[string]any{}
		for _, setting := range t.Settings {
			params[setting.Key] = setting.Value
		}
		j.Trials = append(j.Trials, dryTrialJSON{params, stages})
	}
	totals, err := sweep.Total(forecasts, func(stage string) (float64, bool) {
		seconds, ok := took[stage]
		return seconds, ok
	})
	if err != nil {
		return err
	}
	if j.Summary = s.plan(totals, took); s.flags.json {
		return writeJSON(s.env.Stdout, j)
	}
	trials := plural(s.trials, "trial")
	if !s.exact {
		trials = "at least " + trials
	}
	if _, err := fmt.Fprintf(s.env.Stdout, "%s: %s: %s\n", s.id, trials, totals); err != nil {
		return err
	}
	if n := s.trials - len(j.Trials); n > 0 {
		fmt.Fprintf(s.env.Stdout, "%s more will be decided from their results\n", plural(n, "trial"))
	}
	for i, t := range s.def.Trials() {
		if _, err := fmt.Fprintf(s.env.Stdout, "\n%s%s\n", s.prefix(t), s.describe(t)); err != nil {
			return err
		}
		if err := printStatus(s.env.Stdout, j.Trials[i].Stages); err != nil {
			return err
		}
	}
	return nil
}

// plan is the summary of a dry run.
func (s *sweeper) plan(t sweep.Totals, took map[string]float64) planJSON {
	p := planJSON{
		Sweep: s.id, Trials: s.trials, Exact: s.exact, Stages: t.Stages, Shared: t.Shared,
		Seconds: t.Seconds, ByStage: map[string]int{},
	}
	for _, c := range t.Compute {
		p.Compute += c.Count
		p.ByStage[c.Stage] = c.Count
		if _, ok := took[c.Stage]; !ok {
			p.Unknown += c.Count
		}
	}
	p.Cached = p.Stages - p.Shared - p.Compute
	return p
}

// lastSeconds returns how long each stage took when it was last executed.
func (s *sweeper) lastSeconds(ctx context.Context) (map[string]float64, error) {
	runs, err := s.space.Runs(ctx, workspace.Filter{Newest: 100})
	if err != nil {
		return nil, err
	}
	took := map[string]float64{}
	for i := range runs { // oldest first
		for _, st := range runs[i].Stages {
			if st.Status == record.Ran {
				took[st.Name] = st.Seconds
			}
		}
	}
	return took, nil
}
