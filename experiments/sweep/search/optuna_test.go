package search

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"testing"
)

const (
	trials = 60
	seeds  = 20
)

// optuna holds, by problem and method, the best value of each seed.
type optuna map[string]map[string][]float64

func medianOf(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func medianBest(method func(seed uint64) Method, ahead int, pr problem) float64 {
	var all []float64
	for seed := range uint64(seeds) {
		all = append(all, best(&Planner{Method: method(seed), Ahead: ahead}, pr.loss))
	}
	return medianOf(all)
}

// compareTPE wants TPE, as a sweep uses it, ahead of random search, and its
// median within 10% of Optuna's.
func compareTPE(t *testing.T, reference optuna) {
	for name, pr := range problems {
		s := newSpace(t, pr.params)
		tpe := medianBest(func(seed uint64) Method { return &TPE{s, trials, seed} }, 2, pr)
		random := medianBest(func(seed uint64) Method { return Random(s, trials, seed) }, 2, pr)
		want := medianOf(reference[name]["tpe"])
		wide := medianBest(func(seed uint64) Method { return &TPE{s, trials, seed} }, 4, pr)
		t.Logf("%s: TPE %.3g, 4 ahead %.3g, random %.3g; Optuna: TPE %.3g, random %.3g",
			name, tpe, wide, random, want, medianOf(reference[name]["random"]))
		if tpe >= random || wide >= random {
			t.Errorf("%s: TPE ends at %v, 4 ahead at %v, random search at %v", name, tpe, wide, random)
		}
		if tpe > 1.1*want {
			t.Errorf("%s: TPE ends at %v, Optuna at %v", name, tpe, want)
		}
	}
}

// The reference values are what testdata/optuna/reference.py printed.
func TestTPEBesideOptuna(t *testing.T) {
	text, err := os.ReadFile("../testdata/optuna/search.json")
	if err != nil {
		t.Fatal(err)
	}
	var reference optuna
	if err := json.Unmarshal(text, &reference); err != nil {
		t.Fatal(err)
	}
	compareTPE(t, reference)
}

// The same, with Optuna run now: make optuna.
func TestTPEBesideLiveOptuna(t *testing.T) {
	const python = "/usr/bin/python3"
	if os.Getenv("WHORL_LONG") == "" {
		t.Skip("takes 40 seconds: WHORL_LONG=1 runs it; TestTPEBesideOptuna is its short form")
	}
	if err := exec.Command(python, "-c", "import optuna").Run(); err != nil {
		t.Skip("needs Debian's python3-optuna")
	}
	out, err := exec.Command(python, "../testdata/optuna/reference.py", "search").Output()
	if err != nil {
		t.Fatal(err)
	}
	var reference optuna
	if err := json.Unmarshal(out, &reference); err != nil {
		t.Fatal(err)
	}
	compareTPE(t, reference)
}
