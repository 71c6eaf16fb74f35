package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whorl/pipeline"
	"whorl/pipeline/spec"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
)

func parse(t *testing.T, text string) *Sweep {
	t.Helper()
	s, err := Parse("experiments/s.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const four = `{pipeline: p.yaml, set: {a.x: 1}, grid: {a.y: [lo, hi], seed: [1, 2]}}`

func TestFailingTrialDoesNotStopTheOthers(t *testing.T) {
	s := parse(t, four)
	var order []string
	got, err := s.Run(t.Context(), "s-1", func(_ context.Context, trial Trial) (*pipeline.Result, error) {
		order = append(order, strings.Join(trial.Set()[1:], " "))
		r := &pipeline.Result{State: pipeline.Done}
		r.ID, r.Seed = "run", 7
		r.RunInfo.Stages = []pipeline.Plan{{Name: "a", Params: []pipeline.Param{{Name: "z", Value: 0.5}}}}
		r.Stages = []pipeline.StageResult{{Name: "a", Metrics: []stage.Metric{
			{Name: "loss", Step: 1, Value: 3},
			{Name: "loss", Step: 2, Value: 2},
			{Name: "auc", Step: stage.NoStep, Value: math.NaN()},
		}}}
		switch trial.Number {
		case 2:
			return nil, errors.New("disk full")
		case 3:
			r.State, r.Stages[0].Err = pipeline.Failed, errors.New("loss is NaN")
		}
		return r, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{`a.y="lo" seed=1`, `a.y="lo" seed=2`, `a.y="hi" seed=1`, `a.y="hi" seed=2`}; !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
	if n := got.Failed(); n != 2 {
		t.Errorf("%d failed, want 2", n)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"sweep":"s-1","trials":[` +
		`{"run":"run","state":"done","trial":1,"configuration":1,"replicate":1,"params":{"a.x":1,"a.y":"lo","a.z":0.5,"seed":7},"metrics":{"a.auc":null,"a.loss":2}},` +
		`{"run":"","state":"failed","trial":2,"configuration":1,"replicate":2,"params":{"a.x":1,"a.y":"lo","seed":2},"metrics":{},"error":"disk full"},` +
		`{"run":"run","state":"failed","trial":3,"configuration":2,"replicate":1,"params":{"a.x":1,"a.y":"hi","a.z":0.5,"seed":7},"metrics":{"a.auc":null,"a.loss":2},` +
		`"error":"stage \"a\": loss is NaN"},` +
		`{"run":"run","state":"done","trial":4,"configuration":2,"replicate":2,"params":{"a.x":1,"a.y":"hi","a.z":0.5,"seed":7},"metrics":{"a.auc":null,"a.loss":2}}]}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCancelStopsTheSweep(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	got, err := parse(t, four).Run(ctx, "s-1", func(ctx context.Context, trial Trial) (*pipeline.Result, error) {
		if trial.Number == 2 {
			cancel()
			return nil, ctx.Err()
		}
		return &pipeline.Result{State: pipeline.Done}, nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	var states []pipeline.State
	for _, tr := range got.Trials {
		states = append(states, tr.State)
	}
	if want := []pipeline.State{pipeline.Done, pipeline.Interrupted}; !slices.Equal(states, want) {
		t.Errorf("states %v, want %v", states, want)
	}
}

// The pipeline says what is wrong, the sweep where.
func TestCheckSaysWhere(t *testing.T) {
	s := parse(t, `pipeline: p.yaml
set:
  a.epoch: 1
grid:
  a.y: [lo, middle]
  seed: [1, 2]
`)
	err := s.Check(func(set []string) error {
		var e spec.Error
		for _, x := range set {
			switch x {
			case "a.epoch=1":
				e.Problems = append(e.Problems, yamlwalk.Problem{File: "--set " + x, Message: `there is no "epoch"`})
			case `a.y="middle"`:
				e.Problems = append(e.Problems, yamlwalk.Problem{File: "--set " + x, Message: "want lo or hi"})
			}
		}
		e.Problems = append(e.Problems, yamlwalk.Problem{File: "p.yaml", Line: 1, Column: 2, Message: "empty"})
		return &e
	})
	const want = `experiments/s.yaml:3:12: a.epoch: there is no "epoch"
experiments/s.yaml:5:13: a.y: want lo or hi
p.yaml:1:2: empty`
	if err == nil || err.Error() != want {
		t.Errorf("error\n%v\nwant\n%s", err, want)
	}

	boom := errors.New("boom")
	if err := s.Check(func([]string) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("error %v, want %v", err, boom)
	}
	if err := s.Check(func([]string) error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestNewID(t *testing.T) {
	id := parse(t, four).NewID(time.Date(2026, 11, 23, 22, 30, 0, 0, time.UTC))
	if want := "s-20261123-223000-"; !strings.HasPrefix(id, want) || len(id) != len(want)+4 {
		t.Errorf("id %s, want %sxxxx", id, want)
	}
}
