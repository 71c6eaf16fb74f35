package sweep

import "testing"

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
