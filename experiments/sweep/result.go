package sweep

import (
	"context"
	"errors"
	"fmt"
	"math"

	"whorl/experiments/sweep/importance"
	"whorl/pipeline"
	"whorl/pipeline/stage"
)

// A Result is what a sweep came to, as sweep --json prints it.
type Result struct {
	Sweep  string        `json:"sweep"`  // id
	Trials []TrialResult `json:"trials"` // in the order of their numbers

	begun []Configuration
}

// A TrialResult is what a trial came to.
type TrialResult struct {
	Run           string              `json:"run"` // id; empty if the run did not come about
	State         pipeline.State      `json:"state"`
	Trial         int                 `json:"trial"`         // number
	Configuration int                 `json:"configuration"` // number
	Baseline      bool                `json:"baseline,omitempty"`
	Replicate     int                 `json:"replicate"`          // counted from 1
	Resource      int                 `json:"resource,omitempty"` // of the rung, if the sweep prunes
	Params        map[string]any      `json:"params"`             // all, by "stage.name", and the seed
	Metrics       map[string]*float64 `json:"metrics"`            // last values, by "stage.name"; null if not finite
	Error         string              `json:"error,omitempty"`
}

// Failed returns how many trials are not done.
func (r *Result) Failed() int {
	n := 0
	for _, t := range r.Trials {
		if t.State != pipeline.Done {
			n++
		}
	}
	return n
}

// A ConfigurationResult is what the trials of a configuration came to, on the
// highest rung that it reached.
type ConfigurationResult struct {
	Configuration
	Resource int           // of that rung; 0 if the sweep does not prune
	Trials   []TrialResult // by replicate
	Value    float64       // the mean of the objective; NaN if a trial failed or does not have it
}

// Configurations returns what each configuration came to, in the order of
// their numbers.
func (s *Sweep) Configurations(r *Result) []ConfigurationResult {
	return s.configurations(r.begun, r.Trials)
}

func (s *Sweep) configurations(begun []Configuration, trials []TrialResult) []ConfigurationResult {
	all := make([]ConfigurationResult, len(begun))
	for i, c := range begun {
		all[i].Configuration = c
	}
	for _, t := range trials {
		c := &all[t.Configuration-1]
		if t.Resource > c.Resource {
			c.Resource, c.Trials = t.Resource, nil
		}
		if t.Resource == c.Resource {
			c.Trials = append(c.Trials, t)
		}
	}
	for i := range all {
		all[i].Value = s.mean(all[i].Trials)
	}
	return all
}

// mean returns the mean of the objective over trials, NaN if one of them has
// none.
func (s *Sweep) mean(trials []TrialResult) float64 {
	sum := 0.0
	for _, t := range trials {
		x := t.Metrics[s.Objective.Metric]
		if t.State != pipeline.Done || x == nil {
			return math.NaN()
		}
		sum += *x
	}
	return sum / float64(len(trials)) // NaN of none
}

// loss returns the mean of the objective as a search takes it: to be
// minimized, and +Inf for a failure.
func (s *Sweep) loss(trials []TrialResult) float64 {
	x := s.mean(trials)
	switch {
	case math.IsNaN(x):
		return math.Inf(1)
	case s.Objective.Goal == stage.Maximize:
		return -x
	}
	return x
}

// Importances returns how much each parameter of the search matters, by key;
// see package importance. It returns nil if too little is known, and for the
// method list.
func (s *Sweep) Importances(results []ConfigurationResult) map[string]float64 {
	pl, err := s.plane()
	if err != nil || pl.list != nil || s.Objective.Metric == "" {
		return nil
	}
	var observations []importance.Observation
	for _, r := range results {
		params := map[string]any{}
		for _, x := range r.Settings {
			params[x.Key] = x.Value
		}
		if p, ok := pl.point(params); ok {
			observations = append(observations, importance.Observation{Point: p, Value: s.loss(r.Trials)})
		}
	}
	shares := importance.Of(pl.space, observations)
	if shares == nil {
		return nil
	}
	all := map[string]float64{}
	for i, p := range pl.params {
		all[p.Key] = shares[i]
	}
	return all
}

// Summarize describes a trial by its run or, if there is none, by its settings.
func Summarize(t Trial, r *pipeline.Result, err error) TrialResult {
	sum := TrialResult{
		State: pipeline.Failed, Trial: t.Number, Configuration: t.Configuration.Number,
		Baseline: t.Configuration.Baseline, Replicate: t.Replicate, Resource: t.Resource,
		Params: map[string]any{}, Metrics: map[string]*float64{},
	}
	for _, s := range t.Settings {
		sum.Params[s.Key] = s.Value
	}
	if err != nil {
		sum.Error = err.Error()
	}
	if r == nil {
		if errors.Is(err, context.Canceled) {
			sum.State = pipeline.Interrupted
		}
		return sum
	}
	sum.Run, sum.State = r.ID, r.State
	sum.Params[Seed] = r.Seed
	for _, p := range r.RunInfo.Stages {
		for _, param := range p.Params {
			sum.Params[p.Name+"."+param.Name] = param.Value
		}
	}
	for _, st := range r.Stages {
		addMetrics(sum.Metrics, st.Name, st.Metrics)
		if st.Err != nil && sum.Error == "" {
			sum.Error = fmt.Sprintf("stage %q: %v", st.Name, st.Err)
		}
	}
	return sum
}

// addMetrics adds the last value of each of a stage's series.
func addMetrics(to map[string]*float64, name string, metrics []stage.Metric) {
	last := map[string]int{}
	for _, m := range metrics {
		key := name + "." + m.Name
		if step, ok := last[key]; ok && m.Step < step {
			continue
		}
		last[key] = m.Step
		to[key] = nil
		if !math.IsNaN(m.Value) && !math.IsInf(m.Value, 0) {
			to[key] = &m.Value
		}
	}
}
