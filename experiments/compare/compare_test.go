package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"whorl/biometrics"
	"whorl/pipeline/record"
)

const metric = "evaluate.eer"

func run(seed uint64, merge string, value float64) *record.Run {
	return &record.Run{
		ID: fmt.Sprint(merge, seed), State: "done", Data: "synthetic", Seed: seed,
		Stages: []record.Stage{
			{
				Name: "train", Params: []record.Param{{Name: "epochs", Value: int64(15)}, {Name: "merge", Value: merge}},
				Metrics: record.Metrics{{Name: "loss", Value: 9}},
			},
			{Name: "evaluate", Metrics: record.Metrics{{Name: "eer", Value: value}}},
		},
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
	if got := Differing([]*record.Run{a, a}); len(got) != 0 {
		t.Errorf("%v between equal runs", got)
	}
	if got := Differing(nil); got != nil {
		t.Errorf("%v without runs", got)
	}
	b.Seed, b.Data = 2, "/socofing"
	b.Stages = append(b.Stages, record.Stage{Name: "split", Params: []record.Param{{Name: "size", Value: []any{int64(9)}}}})
	want := []string{"train.merge", "split.size", Data, Seed}
	if got := Differing([]*record.Run{a, b, a}); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	c, d := run(1, "abs", 0), run(1, "abs", 0)
	d.Stages[0].Params[0].Value = 15.0 // not the integer
	if got := Differing([]*record.Run{c, d}); !slices.Equal(got, []string{"train.epochs"}) {
		t.Errorf("%v, want train.epochs", got)
	}
}

func TestReplicates(t *testing.T) {
	runs := []*record.Run{run(1, "subtract", 0), run(2, "subtract", 0), run(1, "abs", 0), run(2, "abs", 0), run(3, "subtract", 0)}
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
		Metric: metric, Mean: -1.58, SE: 0.38895870, Interval: biometrics.Interval{Low: -2.4598858, High: -0.7001142},
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
	want.SE, want.Interval, want.P, want.Paired = 0.84909104, biometrics.Interval{Low: -3.3654832, High: 0.2054832}, 0.07939414, false
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

// Without spread there is nothing to tell a difference by: R's t.test refuses,
// the data being "essentially constant".
func TestNoSpread(t *testing.T) {
	third := 1.0 / 3
	for name, test := range map[string]struct {
		a, b Group
		mean float64
	}{
		"equal":               {group(1, "a", 1, 1), group(1, "b", 1, 1), 0},
		"equal at any seed":   {group(1, "a", 1, 1), group(3, "b", 1, 1), 0},
		"apart":               {group(1, "a", 3, 3), group(7, "b", 1, 1), 2},
		"apart but for noise": {group(1, "a", 0.1, 0.1+0x1p-56, 0.1), group(1, "b", third, third, third), 0.1 - third},
		"far below the other": {group(1, "a", 1, 1), group(7, "b", 4.2e-81, 2.1e-81), 1},
		"all zero":            {group(1, "a", 0, 0, 0), group(7, "b", 0, 0), 0},
	} {
		d := Compare(test.a, test.b, metric, 0.95)
		if d.SE != 0 || !math.IsNaN(d.P) || !math.IsNaN(d.Interval.Low) || d.Significant() || math.Abs(d.Mean-test.mean) > 1e-15 {
			t.Errorf("%s: %+v", name, d)
		}
		if got, want := d.String(), fmt.Sprintf("%+.4g without spread: ", test.mean); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if s := group(1, "a", 0.1, 0.1, 0.1).Summarize(metric, 0.95); s.SD != 0 || !math.IsNaN(s.Interval.Low) {
		t.Errorf("summary of equal values: %+v", s)
	}
}

// Where the degrees of freedom are 1 or 2 Student's t has a closed form:
// p = 1 - 2/pi atan|t| and p = 1 - |t|/sqrt(2+t^2).
func TestCompareAgreesWithClosedForms(t *testing.T) {
	const t1, t2 = 12.706204736174705, 4.302652729749464 // quantiles at 0.975
	for name, test := range map[string]struct {
		a, b         Group
		mean, se, tq float64
		p            float64
	}{
		// Differences 1 and 3: mean 2, SD sqrt 2, t = 2.
		"two pairs": {group(1, "a", 2, 7), group(1, "b", 1, 4), 2, 1, t1, 1 - 2/math.Pi*math.Atan(2)},
		// Equal variances of 2, two of each: t = -5/sqrt 2 at 2 degrees.
		"two and two": {group(1, "a", 0, 2), group(7, "b", 5, 7), -5, math.Sqrt2, t2, 1 - math.Sqrt(12.5/14.5)},
		// One without spread leaves the degrees of the other: 9/3 at 2.
		"one without spread": {group(1, "a", 0, 3, 6), group(7, "b", 1, 1), 2, math.Sqrt(3), t2, 1 - math.Sqrt(4.0/3/(2+4.0/3))},
		// Pairs that all differ by 2: Welch's test, of variances of 2.
		"alike pairs": {group(1, "a", 3, 5), group(1, "b", 1, 3), 2, math.Sqrt2, t2, 1 - math.Sqrt(0.5)},
		// The same a hundred orders of magnitude up and down.
		"huge": {group(1, "a", 0, 3e200, 6e200), group(7, "b", 1e200, 1e200), 2e200, math.Sqrt(3) * 1e200, t2, 1 - math.Sqrt(0.4)},
		"tiny": {group(1, "a", 0, 3e-200, 6e-200), group(7, "b", 1e-200, 1e-200), 2e-200, math.Sqrt(3) * 1e-200, t2, 1 - math.Sqrt(0.4)},
	} {
		d := Compare(test.a, test.b, metric, 0.95)
		near := func(got, want float64) bool { return math.Abs(got-want) <= 1e-9*math.Abs(want) }
		if !near(d.Mean, test.mean) || !near(d.SE, test.se) || !near(d.P, test.p) ||
			!near(d.Interval.Low, test.mean-test.tq*test.se) || !near(d.Interval.High, test.mean+test.tq*test.se) {
			t.Errorf("%s: %+v, want mean %g, SE %g, p %g", name, d, test.mean, test.se, test.p)
		}
	}
}

// Exchanging the groups changes the sign and nothing else, whatever the
// magnitudes; P agrees with the interval, and both are known where there
// is a spread.
func TestCompareProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Custom(func(t *rapid.T) float64 {
			return math.Ldexp(rapid.Float64Range(-1, 1).Draw(t, "fraction"), rapid.IntRange(-1000, 1000).Draw(t, "exponent"))
		})
		sample := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 1), value, rapid.SampledFrom([]float64{0, 0.5, 1})), 2, 12)
		first := rapid.Uint64Range(1, 20).Draw(t, "first seed of b")
		a, b := group(1, "a", sample.Draw(t, "a")...), group(first, "b", sample.Draw(t, "b")...)
		d, r := Compare(a, b, metric, 0.9), Compare(b, a, metric, 0.9)
		mirrored := Difference{
			Metric: metric, Mean: -r.Mean, SE: r.SE, Interval: biometrics.Interval{Low: -r.Interval.High, High: -r.Interval.Low},
			P: r.P, Paired: r.Paired, N: [2]int{r.N[1], r.N[0]},
		}
		if diff := cmp.Diff(mirrored, d, cmpopts.EquateApprox(1e-9, 0), cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("-mirrored +got:\n%s", diff)
		}
		known := !math.IsNaN(d.P)
		if known != (d.SE > 0) || known == math.IsNaN(d.Interval.Low) || known == math.IsNaN(d.Interval.High) {
			t.Fatalf("a spread of %g gives %+v", d.SE, d)
		}
		if known && math.Abs(d.P-0.1) > 1e-6 && d.Significant() != (d.P < 0.1) {
			t.Fatalf("P and the interval disagree: %v", d)
		}
	})
}

// The unit that a metric is measured in decides nothing.
func TestCompareKnowsNoUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sample := rapid.SliceOfN(rapid.Float64Range(0.001, 1), 2, 8)
		as, bs := sample.Draw(t, "a"), sample.Draw(t, "b")
		first := rapid.Uint64Range(1, 20).Draw(t, "first seed of b")
		exponent := rapid.IntRange(-900, 900).Draw(t, "exponent")
		scaled := func(vs []float64) []float64 {
			to := slices.Clone(vs)
			for i := range to {
				to[i] = math.Ldexp(to[i], exponent)
			}
			return to
		}
		d := Compare(group(1, "a", as...), group(first, "b", bs...), metric, 0.9)
		s := Compare(group(1, "a", scaled(as)...), group(first, "b", scaled(bs)...), metric, 0.9)
		if s.P != d.P && !(math.IsNaN(s.P) && math.IsNaN(d.P)) {
			t.Fatalf("p = %g, and %g of all values times 2^%d", d.P, s.P, exponent)
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

// An integer and a float are not the same setting.
func TestReplicatesOfOtherTypes(t *testing.T) {
	a, b := run(1, "abs", 0), run(1, "abs", 0)
	b.Stages[0].Params[0].Value = 15.0
	if groups := Replicates([]*record.Run{a, b}); len(groups) != 2 {
		t.Errorf("%d groups, want 2", len(groups))
	}
}
