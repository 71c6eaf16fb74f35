package sweep

import (
	"testing"

	"whorl/pipeline"
)

// What decides the trials decides the id, and nothing else does.
func TestID(t *testing.T) {
	base := parse(t, searched)
	id := base.ID("pipeline", false)
	same := parse(t, "question: Why?\n# a comment\n"+searched)
	if got := same.ID("pipeline", false); got != id {
		t.Errorf("with a question: %s, want %s", got, id)
	}
	for name, change := range map[string]func(s *Sweep){
		"seed":       func(s *Sweep) { s.Search.Seed++ },
		"budget":     func(s *Sweep) { s.Search.Budget++ },
		"ahead":      func(s *Sweep) { s.Search.Ahead++ },
		"replicates": func(s *Sweep) { s.Replicates = counted(3, 3) },
		"prune":      func(s *Sweep) { s.Prune = nil },
		"fixed":      func(s *Sweep) { s.Fix("a.lr") },
		"goal":       func(s *Sweep) { s.Objective.Goal = "maximize" },
	} {
		s := parse(t, searched)
		change(s)
		if s.ID("pipeline", false) == id {
			t.Errorf("another %s has the same id", name)
		}
	}
	if base.ID("another", false) == id || base.ID("pipeline", true) == id {
		t.Error("another pipeline, or eager decisions, have the same id")
	}
	grid := parse(t, four)
	if grid.ID("p", true) != grid.ID("p", false) {
		t.Error("eager counts for a grid, which decides nothing")
	}
}

func TestSameTrial(t *testing.T) {
	trial := parse(t, `{pipeline: p.yaml, set: {a.x: 1, a.l: [1, 2]}, grid: {a.y: [0.5], seed: [7]}}`).Trials()[0]
	params := map[string]any{"a.x": int64(1), "a.l": []float64{1, 2}, "a.y": 0.5, "seed": uint64(7), "a.z": "more"}
	if !trial.Same(params) {
		t.Error("the same settings differ")
	}
	params["a.y"] = 0.25
	if trial.Same(params) {
		t.Error("other settings are the same")
	}
	delete(params, "a.y")
	if trial.Same(params) {
		t.Error("a setting that was not recorded is the same")
	}
}

func TestFix(t *testing.T) {
	s := parse(t, `{pipeline: p.yaml, set: {a.x: 1}, replicates: 3, baseline: {a.y: 1}, search: {space: {a.y: [1, 2], a.z: [3]}}, prune: {resource: a.x, max: 9}}`)
	s.Fix("a.x", "a.y", Seed)
	trials := s.Trials()
	if len(trials) != 1 || len(trials[0].Settings) != 1 || trials[0].Settings[0].Key != "a.z" {
		t.Errorf("trials %v, want one that sets a.z", trials)
	}
}

// The pipeline decides conditions on what the sweep does not name, and which
// ranges are of integers.
func TestResolve(t *testing.T) {
	s := parse(t, `{pipeline: p.yaml, search: {method: random, budget: 3, space: {
		a.on: {min: 1, max: 1000, when: {b.mode: x}}, a.off: {min: 1, max: 8, when: {b.mode: y}}, a.part: {values: [1], when: {a.off: 3}}}}}`)
	s.Resolve(func(key string) (any, bool) {
		switch key {
		case "b.mode":
			return "x", true
		case "a.on":
			return 0.5, true
		}
		return nil, false
	})
	for _, trial := range s.Trials() {
		if len(trial.Settings) != 1 || trial.Settings[0].Key != "a.on" {
			t.Fatalf("settings %v, want a.on only", trial.Settings)
		}
		if _, ok := trial.Settings[0].Value.(float64); !ok {
			t.Errorf("%v is an integer, and the pipeline has a float64", trial.Settings[0])
		}
	}
}

// A baseline among the configurations is marked; another one comes first.
func TestBaseline(t *testing.T) {
	within := parse(t, `{pipeline: p.yaml, baseline: {a.y: 2}, grid: {a.y: [1, 2]}}`).Trials()
	if len(within) != 2 || within[0].Configuration.Baseline || !within[1].Configuration.Baseline {
		t.Errorf("trials %+v, want the second of two as baseline", within)
	}
	beside := parse(t, `{pipeline: p.yaml, set: {b.x: 1}, baseline: {b.x: 2}, grid: {a.y: [1, 2]}}`).Trials()
	if len(beside) != 3 || !beside[0].Configuration.Baseline || len(beside[0].Settings) != 1 || beside[0].Settings[0].Value != 2 {
		t.Errorf("trials %+v, want the first of three as baseline, with b.x=2", beside)
	}
}

func TestTotals(t *testing.T) {
	s := parse(t, `{pipeline: p.yaml, grid: {augment.policy: [u, v], train.lr: [1, 2, 3], seed: [1, 2]}}`)
	ref := func(refs ...string) (in []pipeline.InputResult) {
		for _, r := range refs {
			in = append(in, pipeline.InputResult{Name: r, Ref: r})
		}
		return in
	}
	var trials []Outlook
	for _, trial := range s.Trials() {
		trials = append(trials, Outlook{trial, []pipeline.StageStatus{
			{Name: "ingest", Kind: "ingest", Outlook: pipeline.IsCached, Key: "k1"},
			{Name: "data", Kind: "synthetic", Outlook: pipeline.WillRun, Key: "k2"},
			{Name: "augment", Kind: "augment", Outlook: pipeline.WillRun, Inputs: ref("data.out")},
			{Name: "train", Kind: "train", Outlook: pipeline.MayRun, Inputs: ref("augment.out", "ingest.x")},
		}})
	}
	times := map[string]float64{"synthetic": 1, "augment": 2, "train": 10}
	total := Total(trials, func(kind string) (float64, bool) { s, ok := times[kind]; return s, ok }, func(kind string) bool { return kind == "train" })
	if got, want := total.String(), "computes 1 data, 2 augment, 12 train; 1 cached; about 2 min"; got != want {
		t.Errorf("totals %q, want %q", got, want)
	}
	delete(times, "train")
	total = Total(trials, func(kind string) (float64, bool) { s, ok := times[kind]; return s, ok }, func(string) bool { return false })
	if got, want := total.String(), "computes 1 data, 2 augment, 6 train; 1 cached; at least 5 s (no time is recorded for train)"; got != want {
		t.Errorf("totals %q, want %q", got, want)
	}
	if got, want := (Totals{Cached: 3}).String(), "computes nothing; 3 cached"; got != want {
		t.Errorf("totals %q, want %q", got, want)
	}
}
