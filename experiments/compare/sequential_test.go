package compare

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"whorl/pipeline/stage"
)

// A clearly worse configuration stops at the first look; equal ones go on to
// the last.
func TestSequential(t *testing.T) {
	q := Sequential{Min: 3, Max: 6, Confidence: .95, Goal: stage.Minimize, Target: TestSet}
	all := drawDesign(rand.New(rand.NewPCG(1, 2)), 3, 6, 0)
	for s := range all.Seeds {
		all.Value[2][s] += 50
	}
	have := *all
	have.Value = [][]float64{nil, nil, nil}
	p, err := q.Progress(&have)
	if err != nil {
		t.Fatal(err)
	}
	if p.Look != 0 || p.Done || p.Best != -1 || p.Pending != 9 || len(p.Open) != 3 {
		t.Fatalf("before the first look: %+v", p)
	}
	looks := 0
	for !p.Done {
		for _, c := range p.Open {
			have.Value[c] = all.Value[c][:max(3, p.Look+1)]
		}
		if p, err = q.Progress(&have); err != nil {
			t.Fatal(err)
		}
		looks++
		if len(p.Worse) != 1 || p.Worse[0].Configuration != 2 || p.Worse[0].Seeds != 3 {
			t.Fatalf("look %d: %+v", looks, p)
		}
	}
	if looks != 4 || p.Look != 6 || p.Spent != 15 || p.Saved != 3 {
		t.Errorf("%d looks: %+v", looks, p)
	}
	// What is already known of later seeds does not change earlier decisions.
	again, err := q.Progress(&Design{Configurations: all.Configurations, Seeds: all.Seeds, Value: all.Value})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again.Worse, p.Worse) || again.Best != p.Best {
		t.Errorf("with all results: %+v, one after another: %+v", again, p)
	}
}

// A failed trial counts as spent, and the design goes on.
func TestSequentialFailedTrial(t *testing.T) {
	d := drawDesign(rand.New(rand.NewPCG(3, 4)), 2, 3, 0)
	d.Value[1][1] = math.NaN()
	q := Sequential{Min: 3, Max: 5, Confidence: .95, Goal: stage.Minimize, Target: TestSet}
	p, err := q.Progress(d)
	if err != nil {
		t.Fatal(err)
	}
	if p.Done || p.Look != 3 || p.Spent != 6 || p.Pending != 2 {
		t.Errorf("%+v", p)
	}
}
