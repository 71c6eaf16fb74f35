package sweep

import (
	"context"
	"slices"
	"strings"
	"testing"

	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
)

type trainParams struct {
	Epochs int     `param:"epochs,progress" min:"1"`
	Rate   float64 `param:"lr"`
	Mode   string  `param:"mode"`
}

type noParams struct{}

// toyPipeline has stages origin, augment and train, of which train is random,
// and returns what the settings make of it.
func toyPipeline(t *testing.T, set ...string) *spec.Pipeline {
	t.Helper()
	port := func(name string) []stage.Port { return []stage.Port{{Name: name}} }
	nothing := func(context.Context, *stage.Task) error { return nil }
	reg := spec.NewRegistry()
	err := reg.Register(
		stage.Kind{Name: "source", Outputs: port("out"), Params: noParams{}, Run: nothing},
		stage.Kind{Name: "augment", Inputs: port("in"), Outputs: port("out"), Params: struct {
			Policy string `param:"policy"`
		}{"u"}, Run: nothing},
		stage.Kind{
			Name: "train", Inputs: port("in"), Outputs: port("out"), Random: true, Run: nothing,
			Params:  trainParams{Epochs: 3, Rate: 0.5, Mode: "x"},
			Metrics: []stage.MetricInfo{{Name: "loss", Goal: stage.Minimize, Primary: true}},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	p, err := reg.Parse("p.yaml", []byte(`stages:
  origin: {kind: source}
  augment: {kind: augment, inputs: {in: origin.out}}
  train: {kind: train, inputs: {in: augment.out}}
`), spec.Settings{Set: set})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestResolve(t *testing.T) {
	s := parse(t, `{pipeline: p.yaml, search: {method: tpe, budget: 3, space: {
		train.lr: {min: 1, max: 1000, when: {train.mode: x}}, augment.off: {min: 1, max: 8, when: {train.mode: y}},
		augment.part: {values: [1], when: {augment.off: 3}}}}, prune: {resource: train.epochs, max: 9}}`)
	if err := s.Resolve(toyPipeline(t)); err != nil {
		t.Fatal(err)
	}
	for _, trial := range s.Trials() {
		if len(trial.Settings) != 2 || trial.Settings[0].Key != "train.lr" {
			t.Fatalf("settings %v, want train.lr and the resource", trial.Settings)
		}
		if _, ok := trial.Settings[0].Value.(float64); !ok {
			t.Errorf("%v is an integer, and the pipeline has a float64", trial.Settings[0])
		}
	}
	if want := (Objective{"train.loss", stage.Minimize}); s.Objective != want {
		t.Errorf("objective %v, want the primary metric %v", s.Objective, want)
	}
}

func TestResolveRefuses(t *testing.T) {
	s := parse(t, `{pipeline: p.yaml, grid: {train.mode: [x]}, prune: {resource: train.lr, max: 9}}`)
	err := s.Resolve(toyPipeline(t))
	if err == nil || !strings.HasPrefix(err.Error(), "experiments/s.yaml:1:") || !strings.Contains(err.Error(), "begin anew") {
		t.Errorf("error %v, want one at the resource", err)
	}
}

func TestTotals(t *testing.T) {
	s := parse(t, `{pipeline: p.yaml, grid: {augment.policy: [u, v], train.lr: [1, 2, 3], seed: [1, 2]}}`)
	var trials []Forecast
	for _, trial := range s.Trials() {
		trials = append(trials, Forecast{toyPipeline(t, trial.Set()...), []StageForecast{
			{Key: "k1", Cached: true},
			{Key: "k2" + trial.Settings[0].String()},
			{}, // train: augment has not run
		}})
	}
	times := map[string]float64{"augment": 2, "train": 10}
	seconds := func(kind string) (float64, bool) { s, ok := times[kind]; return s, ok }
	text := func(trials []Forecast) string {
		total, err := Total(trials, seconds)
		if err != nil {
			t.Fatal(err)
		}
		return total.String()
	}
	if got, want := text(trials), "computes 2 augment, 12 train; 1 cached; about 2 min"; got != want {
		t.Errorf("totals %q, want %q", got, want)
	}
	if got := text(slices.Concat(trials, trials)); got != text(trials) {
		t.Errorf("totals of the trials twice: %q", got)
	}
	delete(times, "train")
	if got, want := text(trials), "computes 2 augment, 12 train; 1 cached; at least 4 s (no time is recorded for train)"; got != want {
		t.Errorf("totals %q, want %q", got, want)
	}
	if got, want := (Totals{Cached: 3}).String(), "computes nothing; 3 cached"; got != want {
		t.Errorf("totals %q, want %q", got, want)
	}
}
