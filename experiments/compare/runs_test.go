package compare

import (
	"errors"
	"math"
	"reflect"
	"testing"

	"whorl/experiments/track"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/leaveout"
)

// A run that failed is a missing cell; a subject that a run did not test leaves
// its value as it is.
func TestDesignOf(t *testing.T) {
	groups := []Group{group(1, "abs", .1, .2, .3), group(2, "subtract", .5, .6)}
	tables := map[string]*leaveout.Table{}
	for _, g := range groups {
		for _, r := range g.Runs {
			tables[r.ID] = &leaveout.Table{Unit: "subject", Units: []string{"7", "9"}, Metrics: map[string][]float64{"eer": {.05, .15}}}
		}
	}
	tables["abs1"].Units = []string{"9", "8"}
	d, err := DesignOf(groups, metric, func(r *track.Run, stage string) (*leaveout.Table, error) {
		if stage != "evaluate" {
			t.Errorf("asks for the table of %s", stage)
		}
		return tables[r.ID], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !d.Rate || d.Unit != "subject" || !reflect.DeepEqual(d.Seeds, []uint64{1, 2, 3}) {
		t.Errorf("%+v", d)
	}
	if !reflect.DeepEqual(d.Value[0], []float64{.1, .2, .3}) || !math.IsNaN(d.Value[1][0]) || d.Value[1][1] != .5 {
		t.Errorf("values %v", d.Value)
	}
	// Units in the order of their first occurrence: 9, 8, 7.
	if got := d.Without[0][0]; !reflect.DeepEqual(got, []float64{.05, .15, .1}) {
		t.Errorf("without each unit, seed 1: %v", got)
	}
	if got := d.Without[0][1]; !reflect.DeepEqual(got, []float64{.15, .2, .05}) {
		t.Errorf("without each unit, seed 2: %v", got)
	}
	if d.Without[1][0] != nil {
		t.Errorf("a run that is missing has values %v", d.Without[1][0])
	}
	if c := analyze(t, d).Compare(metric, 0, 1, stage.Minimize); c.Target != Subjects || c.Seeds != 2 {
		t.Errorf("%+v", c)
	}
	broken := errors.New("broken")
	if _, err := DesignOf(groups, metric, func(*track.Run, string) (*leaveout.Table, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if d, _ := DesignOf(groups, "train.loss", nil); d.Rate || d.Without != nil {
		t.Errorf("a loss of 9: %+v", d)
	}
}

func TestFactorsOf(t *testing.T) {
	set := func(merge string, rate float64) Group {
		return Group{Settings: []Setting{{"train.merge", merge}, {"train.lr", rate}, {"train.epochs", int64(3)}}}
	}
	groups := []Group{set("abs", .1), set("subtract", .1), set("abs", .2), set("subtract", .2)}
	got := FactorsOf(groups, map[string]any{"train.merge": "subtract", "train.lr": .7})
	want := []Factor{
		{"train.merge", []any{"subtract", "abs"}, []int{1, 0, 1, 0}},
		{"train.lr", []any{.1, .2}, []int{0, 0, 1, 1}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
