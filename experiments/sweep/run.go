package sweep

import (
	"context"
	"errors"
	"fmt"
	"math"

	"whorl/pipeline/record"
)

// A Result is what a sweep came to, as sweep --json prints it.
type Result struct {
	Sweep  string        `json:"sweep"` // id
	Trials []TrialResult `json:"trials"`
}

// A TrialResult is what a trial came to.
type TrialResult struct {
	Run     string              `json:"run"` // id; empty if the run did not come about
	State   record.State        `json:"state"`
	Params  map[string]any      `json:"params"`  // all, by "stage.name", and the seed
	Metrics map[string]*float64 `json:"metrics"` // last values, by "stage.name"; null if not finite
	Error   string              `json:"error,omitempty"`
}

// Failed returns how many trials are not done.
func (r *Result) Failed() int {
	n := 0
	for _, t := range r.Trials {
		if t.State != record.Done {
			n++
		}
	}
	return n
}

// Run runs the trials one after another, in order: each may use the whole
// machine, and finds what the ones before it have computed. A trial that fails
// does not stop the others. When the context is cancelled, Run returns the
// trials so far, the interrupted one included, and the context's error.
func (s *Sweep) Run(ctx context.Context, id string,
	run func(context.Context, Trial) (*record.Run, error),
) (*Result, error) {
	result := &Result{Sweep: id, Trials: []TrialResult{}}
	for _, t := range s.Trials() {
		if ctx.Err() != nil {
			break
		}
		r, err := run(ctx, t)
		result.Trials = append(result.Trials, summarize(t, r, err))
	}
	if err := context.Cause(ctx); err != nil {
		return result, fmt.Errorf("sweep %s: %w", id, err)
	}
	return result, nil
}

// summarize describes a trial by its run or, if there is none, by its settings.
func summarize(t Trial, r *record.Run, err error) TrialResult {
	sum := TrialResult{State: record.Failed, Params: map[string]any{}, Metrics: map[string]*float64{}}
	for _, s := range t.Settings {
		sum.Params[s.Key] = s.Value
	}
	if err != nil {
		sum.Error = err.Error()
	}
	if r == nil {
		if errors.Is(err, context.Canceled) {
			sum.State = record.Interrupted
		}
		return sum
	}
	sum.Run, sum.State = r.ID, r.State
	sum.Params[Seed] = r.Seed
	for _, st := range r.Stages {
		for _, param := range st.Params {
			sum.Params[st.Name+"."+param.Name] = param.Value
		}
		if st.Error != "" && sum.Error == "" {
			sum.Error = fmt.Sprintf("stage %q: %s", st.Name, st.Error)
		}
	}
	for _, m := range r.Metrics() {
		sum.Metrics[m.Key()] = nil
		if !math.IsNaN(m.Value) && !math.IsInf(m.Value, 0) {
			sum.Metrics[m.Key()] = &m.Value
		}
	}
	return sum
}
