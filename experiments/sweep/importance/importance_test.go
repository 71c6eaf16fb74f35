package importance

import (
	"cmp"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"whorl/experiments/sweep/space"
)

var spaces = map[string][]space.Param{
	"effects": {{Name: "a", Max: 1}, {Name: "b", Max: 1}, {Name: "c", Max: 1}, {Name: "d", Max: 1}},
	"ordered": {
		{Name: "kind", Choices: 3},
		{Name: "rate", Min: 1e-4, Max: 1, Log: true},
		{Name: "size", Min: 1, Max: 9, Integer: true},
	},
}

func newSpace(t *testing.T, params []space.Param) *space.Space {
	t.Helper()
	s, err := space.New(params)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A study is what testdata/optuna/reference.py printed: trials of Optuna's
// samplers, and the importances by the evaluators that Optuna 3.1 has.
type study struct {
	Problem, Method string
	Trials          []struct {
		Params map[string]any
		Value  float64
	}
	Fanova   map[string]float64
	PedAnova map[string]float64 `json:"ped_anova"`
}

func studies(t *testing.T) []study {
	t.Helper()
	text, err := os.ReadFile("../testdata/optuna/importance.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []study
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func observations(s *space.Space, st study) (all []Observation) {
	for _, trial := range st.Trials {
		o := Observation{Point: make(space.Point, len(s.Params)), Value: trial.Value}
		for i, p := range s.Params {
			switch v := trial.Params[p.Name].(type) {
			case float64:
				o.Point[i] = v
			case string:
				o.Point[i] = float64(slices.Index([]string{"u", "v", "w"}, v))
			}
		}
		all = append(all, o)
	}
	return all
}

func ranking(s *space.Space, importance map[string]float64) (names []string) {
	for _, p := range s.Params {
		names = append(names, p.Name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(importance[b], importance[a]) })
	return names
}

// On trials of Optuna's samplers, the importances are those that SciPy gives.
func TestBesideSciPy(t *testing.T) {
	for _, st := range studies(t) {
		s := newSpace(t, spaces[st.Problem])
		for i, got := range Of(s, observations(s, st)) {
			if want := st.PedAnova[s.Params[i].Name]; math.Abs(got-want) > 1e-5 {
				t.Errorf("%s by %s: importance of %s is %v, want %v", st.Problem, st.Method, s.Params[i].Name, got, want)
			}
		}
	}
}

// On random trials they rank the parameters as fANOVA does, the evaluator
// that Optuna 3.1 has. (Those of TPE say little of a parameter that it has
// settled: PED-ANOVA then asks what matters among the trials.)
func TestRanksAsOptuna(t *testing.T) {
	compared := 0
	for _, st := range studies(t) {
		if st.Method != "random" {
			continue
		}
		s := newSpace(t, spaces[st.Problem])
		got := map[string]float64{}
		for i, x := range Of(s, observations(s, st)) {
			got[s.Params[i].Name] = x
		}
		t.Logf("%s: PED-ANOVA %v, fANOVA %v", st.Problem, got, st.Fanova)
		if g, w := ranking(s, got), ranking(s, st.Fanova); !slices.Equal(g, w) {
			t.Errorf("%s: ranking %v, Optuna's %v", st.Problem, g, w)
		}
		compared++
	}
	if compared != 2 {
		t.Errorf("%d studies compared, want 2", compared)
	}
}

// A failed configuration is worse than any, a parameter with one value does
// not matter, and one under a condition counts where it is active.
func TestSpecialCases(t *testing.T) {
	s := newSpace(t, []space.Param{
		{Name: "x", Max: 1},
		{Name: "fixed", Choices: 1},
		{Name: "mode", Choices: 2},
		{Name: "y", Max: 1, When: []space.Condition{{Param: 2, Values: []float64{1}}}},
	})
	var all []Observation
	for i := range 100 {
		x, mode := float64(i)/99, float64(i%2)
		y := math.NaN()
		if mode == 1 {
			y = float64(i*37%100) / 99
		}
		o := Observation{space.Point{x, 0, mode, y}, math.Abs(x - 0.5)}
		if x < 0.2 {
			o.Value = math.NaN()
		}
		all = append(all, o)
	}
	got := Of(s, all)
	if got[1] != 0 || got[0] < 0.6 || got[0] < got[2] || got[0] < got[3] {
		t.Errorf("importances %v: want x first and nothing for the fixed one", got)
	}
	sum := 0.0
	for _, x := range got {
		sum += x
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("the sum is %v, want 1", sum)
	}
	if got := Of(s, all[:2]); got != nil {
		t.Errorf("two configurations give %v, want nothing", got)
	}
}
