package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"whorl/pipeline/stage"
)

// factorial draws 2 policies x 3 rates x 3 seeds, where the second policy is
// worse by 0.086 everywhere; seeds and rates have effects of their own.
func factorial(seed uint64) (*Design, []Factor) {
	rng := rand.New(rand.NewPCG(seed, 0))
	d := &Design{Seeds: []uint64{1, 2, 3}}
	factors := []Factor{
		{Param: "augment.policy", Levels: []any{"none", "blur"}},
		{Param: "train.lr", Levels: []any{.001, .003, .01}},
	}
	bySeed := []float64{.01, -.02, .015}
	for p := range 2 {
		for r := range 3 {
			d.Configurations = append(d.Configurations, fmt.Sprintf("policy %d rate %d", p, r))
			var row []float64
			for s := range 3 {
				row = append(row, .2+.086*float64(p)+.005*float64(r)+bySeed[s]+.03*rng.NormFloat64())
			}
			d.Value = append(d.Value, row)
			factors[0].Of = append(factors[0].Of, p)
			factors[1].Of = append(factors[1].Of, r)
		}
	}
	return d, factors
}

// One policy is worse in all nine matched cells: the effect says so.
func TestEffectOfPolicy(t *testing.T) {
	d, factors := factorial(1)
	a := analyze(t, d)
	e, err := a.Effects(factors, stage.Minimize, TestSet)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Effects) != 1+3 || len(e.Interactions) != 3 || len(e.Marginals) != 2+3 {
		t.Fatalf("%d effects, %d interactions, %d marginal means", len(e.Effects), len(e.Interactions), len(e.Marginals))
	}
	policy := e.Effects[0]
	if policy.Verdict != Worse || policy.Matched != 3 || policy.From != "none" || policy.To != "blur" || !(policy.Adjusted.P < .05) {
		t.Errorf("policy: %+v", policy)
	}
	var want float64
	for r := range 3 {
		want += (a.Means[3+r] - a.Means[r]) / 3
	}
	near(t, "difference", policy.Value, want)
	near(t, "difference of marginal means", e.Marginals[1].Mean-e.Marginals[0].Mean, want)
	near(t, "adjusted p", policy.Adjusted.P, 7*policy.Plain.P)
	for _, other := range e.Effects[1:] {
		if other.Verdict != NoDifference {
			t.Errorf("rate: %+v", other)
		}
	}
	i := e.Interactions[0]
	near(t, "interaction", i.Value, (a.Means[4]-a.Means[3])-(a.Means[1]-a.Means[0]))
}

// A configuration without a counterpart does not enter.
func TestEffectsOfMatchedOnly(t *testing.T) {
	d, factors := factorial(2)
	d.Configurations = append(d.Configurations, "alone")
	d.Value = append(d.Value, []float64{9, 9.1, 9.2})
	factors[0].Of = append(factors[0].Of, 1)
	factors[1].Of = append(factors[1].Of, -1)
	e, err := analyze(t, d).Effects(factors, stage.Minimize, TestSet)
	if err != nil {
		t.Fatal(err)
	}
	if p := e.Effects[0]; p.Matched != 3 || math.Abs(p.Value) > .5 {
		t.Errorf("%+v", p)
	}
	factors[1].Of = factors[1].Of[:2]
	if _, err := analyze(t, d).Effects(factors, stage.Minimize, TestSet); err == nil || !strings.Contains(err.Error(), "2 configurations out of 7") {
		t.Errorf("error %v", err)
	}
}

// Luck that a parameter's value shares with a seed does not average out over
// the other parameters: its own noise by seed is used.
func TestContrastWithSharedNoise(t *testing.T) {
	d, factors := factorial(3)
	for c, row := range d.Value {
		for s := range row {
			row[s] += []float64{-.2, .05, .15}[s] * float64(factors[0].Of[c])
		}
	}
	a := analyze(t, d)
	weights, _ := contrastOf(factors, []int{0}, [][2]int{{0, 1}})
	if k := a.Contrast(weights, TestSet); k.DF != 2 {
		t.Errorf("%v degrees of freedom, want those of 3 seeds", k.DF)
	}
	weights, _ = contrastOf(factors, []int{1}, [][2]int{{0, 1}})
	if k := a.Contrast(weights, TestSet); k.DF != 10 {
		t.Errorf("%v degrees of freedom, want the pooled ones", k.DF)
	}
}
