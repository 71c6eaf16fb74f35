package compare

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"whorl/biometrics"
	"whorl/experiments/track"
)

const metric = "evaluate.eer"

func run(seed uint64, merge string, value float64) *track.Run {
	return &track.Run{
		ID: fmt.Sprint(merge, seed), State: "done", Data: "synthetic", Seed: seed,
		Params:  []track.Param{{Stage: "train", Name: "epochs", Value: int64(15)}, {Stage: "train", Name: "merge", Value: merge}},
		Metrics: []track.Metric{{Stage: "train", Name: "loss", Value: 9}, {Stage: "evaluate", Name: "eer", Value: value}},
	}
}

// group makes replicates with the seeds from first on.
func group(first uint64, merge string, values ...float64) Group {
	g := Group{Settings: []Setting{{"train.merge", merge}}}
	for i, v := range values {
		g.Runs = append(g.Runs, run(first+uint64(i), merge, v))
	}
	return g
}

func TestDiffering(t *testing.T) {
	a, b := run(1, "abs", 0), run(1, "subtract", 0)
	if got := Differing([]*track.Run{a, a}); len(got) != 0 {
		t.Errorf("%v between equal runs", got)
	}
	if got := Differing(nil); got != nil {
		t.Errorf("%v without runs", got)
	}
	b.Seed, b.Data = 2, "/socofing"
	b.Params = append(b.Params, track.Param{Stage: "split", Name: "size", Value: []any{int64(9)}})
	want := []string{"train.merge", "split.size", Data, Seed}
	if got := Differing([]*track.Run{a, b, a}); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	c, d := run(1, "abs", 0), run(1, "abs", 0)
	d.Params[0].Value = 15.0 // not the integer
	if got := Differing([]*track.Run{c, d}); !slices.Equal(got, []string{"train.epochs"}) {
		t.Errorf("%v, want train.epochs", got)
	}
}

func TestReplicates(t *testing.T) {
	runs := []*track.Run{run(1, "subtract", 0), run(2, "subtract", 0), run(1, "abs", 0), run(2, "abs", 0), run(3, "subtract", 0)}
	var got []string
	for _, g := range Replicates(runs) {
		got = append(got, fmt.Sprint(g.Name(), " ", len(g.Runs)))
	}
	if want := []string{"train.merge=subtract 3", "train.merge=abs 2"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if g := Replicates(runs[:2]); len(g) != 1 || g[0].Name() != "" {
		t.Errorf("runs that differ in their seed only: %+v", g)
	}
}

// Student's own data (1908), hours of sleep gained by two drugs, with what R's
// t.test says of them.
var (
	drug1 = []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}
	drug2 = []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
)

func TestCompareAgreesWithR(t *testing.T) {
	approx := cmpopts.EquateApprox(0, 5e-8)
	paired := Compare(group(1, "a", drug1...), group(1, "b", drug2...), metric, 0.95)
	want := Difference{
		Metric: metric, Mean: -1.58, Interval: biometrics.Interval{Low: -2.4598858, High: -0.7001142},
		P: 0.00283289, Paired: true, N: [2]int{10, 10},
	}
	if diff := cmp.Diff(want, paired, approx); diff != "" {
		t.Errorf("paired (-want +got):\n%s", diff)
	}
	if !paired.Significant() {
		t.Error("the paired difference is significant")
	}
	if got, want := paired.String(), "-1.58 [-2.46, -0.7001], p = 0.0028, 10 paired replicates"; got != want {
		t.Errorf("%q, want %q", got, want)
	}

	unpaired := Compare(group(1, "a", drug1...), group(100, "b", drug2...), metric, 0.95)
	want.Interval, want.P, want.Paired = biometrics.Interval{Low: -3.3654832, High: 0.2054832}, 0.07939414, false
	if diff := cmp.Diff(want, unpaired, approx); diff != "" {
		t.Errorf("unpaired (-want +got):\n%s", diff)
	}
	if unpaired.Significant() {
		t.Error("the unpaired difference is not significant")
	}

	s := group(1, "a", drug1...).Summarize(metric, 0.95)
	wantSummary := Summary{
		N: 10, Mean: 0.75, Median: 0.35, Min: -1.6, Max: 3.7, SD: 1.78901,
		Interval: biometrics.Interval{Low: -0.5297804, High: 2.0297804},
	}
	if diff := cmp.Diff(wantSummary, s, cmpopts.EquateApprox(0, 5e-7)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// A second run of the same parameters and seed has the same bits: it must not
// count as evidence. Nor must runs that failed, or metrics that are NaN.
func TestOnlyIndependentObservationsCount(t *testing.T) {
	a, b := group(1, "a", 1, 2, 4), group(1, "b", 0, 0, 0)
	want := Compare(a, b, metric, 0.95)
	failed := run(4, "a", 9)
	failed.State = "failed"
	a.Runs = append(a.Runs, run(1, "a", 1), run(2, "a", 2), failed, run(5, "a", math.NaN()), run(6, "a", math.Inf(1)))
	if diff := cmp.Diff(want, Compare(a, b, metric, 0.95)); diff != "" {
		t.Errorf("-without +with copies:\n%s", diff)
	}
	if n := a.Summarize(metric, 0.95).N; n != 3 {
		t.Errorf("%d observations, want 3", n)
	}
}

func TestTooFewReplicates(t *testing.T) {
	for name, c := range map[string]struct {
		a, b Group
		n    [2]int
		mean float64
	}{
		"one pair":      {group(1, "a", 3), group(1, "b", 1), [2]int{1, 1}, 2},
		"one and two":   {group(1, "a", 3), group(2, "b", 1, 2), [2]int{1, 2}, 1.5},
		"none and some": {Group{}, group(1, "b", 1, 2), [2]int{0, 2}, math.NaN()},
	} {
		d := Compare(c.a, c.b, metric, 0.95)
		if d.N != c.n || !math.IsNaN(d.P) || !math.IsNaN(d.Interval.Low) || d.Significant() {
			t.Errorf("%s: %+v", name, d)
		}
		if d.Mean != c.mean && !(math.IsNaN(d.Mean) && math.IsNaN(c.mean)) {
			t.Errorf("%s: mean %v, want %v", name, d.Mean, c.mean)
		}
	}
	s := Group{}.Summarize(metric, 0.95)
	if s.N != 0 || !math.IsNaN(s.Mean) || !math.IsNaN(s.Interval.High) {
		t.Errorf("summary of none: %+v", s)
	}
}

func TestNoSpread(t *testing.T) {
	same := Compare(group(1, "a", 1, 1), group(1, "b", 1, 1), metric, 0.95)
	if same.P != 1 || same.Significant() {
		t.Errorf("equal: %+v", same)
	}
	apart := Compare(group(1, "a", 3, 3), group(7, "b", 1, 1), metric, 0.95)
	if apart.P != 0 || !apart.Significant() || apart.Interval != (biometrics.Interval{Low: 2, High: 2}) {
		t.Errorf("apart: %+v", apart)
	}
}

// Exchanging the groups changes the sign and nothing else, and P agrees with
// the interval.
func TestCompareProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sample := rapid.SliceOfN(rapid.Float64Range(0, 1), 2, 12)
		first := rapid.Uint64Range(1, 20).Draw(t, "first seed of b")
		a, b := group(1, "a", sample.Draw(t, "a")...), group(first, "b", sample.Draw(t, "b")...)
		d, r := Compare(a, b, metric, 0.9), Compare(b, a, metric, 0.9)
		approx := cmpopts.EquateApprox(0, 1e-9)
		mirrored := Difference{
			Metric: metric, Mean: -r.Mean, Interval: biometrics.Interval{Low: -r.Interval.High, High: -r.Interval.Low},
			P: r.P, Paired: r.Paired, N: [2]int{r.N[1], r.N[0]},
		}
		if diff := cmp.Diff(mirrored, d, approx); diff != "" {
			t.Fatalf("-mirrored +got:\n%s", diff)
		}
		if math.Abs(d.P-0.1) > 1e-6 && d.Significant() != (d.P < 0.1) {
			t.Fatalf("P and the interval disagree: %v", d)
		}
	})
}

func TestHolm(t *testing.T) {
	got := Holm([]float64{0.01, 0.04, math.NaN(), 0.03, 0.005})
	want := []float64{0.03, 0.06, math.NaN(), 0.06, 0.02} // p.adjust(method = "holm")
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := Holm([]float64{0.9, 0.8}); got[0] != 1 || got[1] != 1 {
		t.Errorf("%v, want 1 at most", got)
	}
}
