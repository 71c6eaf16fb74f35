package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"whorl/pipeline/stage"
)

// drawDesign draws a design without missing cells, of so many units (0 for no
// leave-one-out values).
func drawDesign(rng *rand.Rand, configurations, seeds, units int) *Design {
	d := &Design{}
	for s := range seeds {
		d.Seeds = append(d.Seeds, uint64(s+1))
	}
	common := make([]float64, seeds)
	for s := range common {
		common[s] = rng.NormFloat64()
	}
	for c := range configurations {
		d.Configurations = append(d.Configurations, fmt.Sprintf("c%d", c))
		row := make([]float64, seeds)
		for s := range row {
			row[s] = common[s] + 0.5*rng.NormFloat64()
		}
		d.Value = append(d.Value, row)
		if units == 0 {
			continue
		}
		own := make([]float64, units)
		for i := range own {
			own[i] = rng.NormFloat64() / float64(units)
		}
		cells := make([][]float64, seeds)
		for s := range cells {
			for i := range units {
				cells[s] = append(cells[s], row[s]+own[i]+0.3*rng.NormFloat64()/float64(units))
			}
		}
		d.Without = append(d.Without, cells)
	}
	return d
}

func analyze(t interface{ Fatal(...any) }, d *Design) *Analysis {
	a, err := Analyze(d, .95)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func near(t interface{ Errorf(string, ...any) }, what string, got, want float64) {
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// TestFormulas computes the method for a complete design as its description
// states it, by sums over the cells.
func TestFormulas(t *testing.T) {
	const g, n, m = 4, 5, 12
	d := drawDesign(rand.New(rand.NewPCG(1, 2)), g, n, m)
	a := analyze(t, d)

	mean := func(f func(k int) float64, count int) (sum float64) {
		for k := range count {
			sum += f(k) / float64(count)
		}
		return sum
	}
	ofC := func(c int) float64 { return mean(func(s int) float64 { return d.Value[c][s] }, n) }
	ofS := func(s int) float64 { return mean(func(c int) float64 { return d.Value[c][s] }, g) }
	grand := mean(ofC, g)
	var mse float64
	for c := range g {
		for s := range n {
			r := d.Value[c][s] - ofC(c) - ofS(s) + grand
			mse += r * r / float64((g-1)*(n-1))
		}
	}
	area := func(value func(c, i int) float64) (sum float64) {
		centred := func(c, i int) float64 {
			return value(c, i) - mean(func(c int) float64 { return value(c, i) }, g)
		}
		for c := range g {
			own := mean(func(i int) float64 { return centred(c, i) }, m)
			for i := range m {
				sum += (centred(c, i) - own) * (centred(c, i) - own)
			}
		}
		return float64(m-1) / float64(m) * sum / float64(g-1)
	}
	subj := area(func(c, i int) float64 { return mean(func(s int) float64 { return d.Without[c][s][i] }, n) })
	var cell float64
	for s := range n {
		cell += area(func(c, i int) float64 { return d.Without[c][s][i] }) / (n * n)
	}
	part := max(0, float64(n)/(n-1)*(subj-cell))
	v := max(mse/n, cell/4)
	total := v + part
	df := total * total / (v*v/((g-1)*(n-1)) + part*part/((g-1)*(m-1)))

	k := a.Pair(2, 1, Subjects)
	near(t, "difference", k.Value, ofC(2)-ofC(1))
	near(t, "standard error", k.SE, math.Sqrt(2*total))
	near(t, "degrees of freedom", k.DF, df)
	q := StudentizedRange{g, df}.Quantile(.95)
	if got := k.Adjusted.High - k.Value; math.Abs(got-q*math.Sqrt(total)) > 1e-7 {
		t.Errorf("half of the adjusted interval: got %v, want %v", got, q*math.Sqrt(total))
	}
	near(t, "half of the plain interval", k.Plain.High-k.Value, distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(.975)*math.Sqrt(2*total))
	these := a.Pair(2, 1, TestSet)
	near(t, "standard error on the test set", these.SE, math.Sqrt(2*v))
	near(t, "degrees of freedom on the test set", these.DF, (g-1)*(n-1))
}

// TestMissingCells compares with an ordinary regression on indicators.
func TestMissingCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, n := rapid.IntRange(2, 5).Draw(t, "configurations"), rapid.IntRange(2, 6).Draw(t, "seeds")
		d := drawDesign(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), g, n, 0)
		for c := range g {
			for s := range n {
				// Configuration 0 and seed 0 have all cells, so that the rest is linked.
				if c > 0 && s > 0 && rapid.Bool().Draw(t, "missing") {
					d.Value[c][s] = math.NaN()
				}
			}
		}
		a := analyze(t, d)
		var x, y []float64
		rows := 0
		for c := range g {
			for s := range n {
				if math.IsNaN(d.Value[c][s]) {
					continue
				}
				row := make([]float64, g+n-1)
				row[c] = 1
				if s > 0 {
					row[g+s-1] = 1
				}
				x, y, rows = append(x, row...), append(y, d.Value[c][s]), rows+1
			}
		}
		design := mat.NewDense(rows, g+n-1, x)
		var b, fit mat.VecDense
		if err := b.SolveVec(design, mat.NewVecDense(rows, y)); err != nil {
			t.Skip("ill-conditioned")
		}
		near(t, "difference", a.Means[1]-a.Means[0], b.AtVec(1)-b.AtVec(0))
		df := rows - (g + n - 1)
		if a.model.df != df {
			t.Fatalf("%d degrees of freedom, want %d", a.model.df, df)
		}
		if df < 2 {
			return
		}
		fit.MulVec(design, &b)
		var rss float64
		for i := range rows {
			rss += (y[i] - fit.AtVec(i)) * (y[i] - fit.AtVec(i))
		}
		var normal, inverse mat.Dense
		normal.Mul(design.T(), design)
		if err := inverse.Inverse(&normal); err != nil {
			t.Skip("ill-conditioned")
		}
		v := inverse.At(0, 0) + inverse.At(1, 1) - 2*inverse.At(0, 1)
		near(t, "standard error", a.Pair(1, 0, TestSet).SE, math.Sqrt(rss/float64(df)*v))
	})
}

// Two configurations on these prints: Student's paired t-test.
func TestPairIsStudents(t *testing.T) {
	d := drawDesign(rand.New(rand.NewPCG(3, 4)), 2, 6, 0)
	a := analyze(t, d)
	want := ofPairs(d.Value[0], d.Value[1])
	got := a.Pair(0, 1, TestSet)
	near(t, "difference", got.Value, want.mean)
	near(t, "standard error", got.SE, want.se)
	near(t, "p", got.Adjusted.P, want.p)
	near(t, "low", got.Plain.Low, want.interval(.95).Low)
}

// The order of configurations and seeds does not matter, nor does the unit.
func TestInvariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		d := drawDesign(rng, 3, 4, 5)
		k := analyze(t, d).Pair(0, 1, Subjects)
		turned := *d
		slices.Reverse(turned.Value)
		slices.Reverse(turned.Without)
		other := analyze(t, &turned).Pair(2, 1, Subjects)
		near(t, "difference", other.Value, k.Value)
		near(t, "p", other.Adjusted.P, k.Adjusted.P)
		for c := range d.Value {
			for s := range d.Value[c] {
				d.Value[c][s] = 8*d.Value[c][s] + 3
				for i := range d.Without[c][s] {
					d.Without[c][s][i] = 8*d.Without[c][s][i] + 3
				}
			}
		}
		scaled := analyze(t, d).Pair(2, 1, Subjects)
		near(t, "scaled difference", scaled.Value, 8*k.Value)
		near(t, "p of the scaled", scaled.Adjusted.P, k.Adjusted.P)
		if k.Adjusted.P < k.Plain.P {
			t.Fatalf("adjusted p %v below plain %v", k.Adjusted.P, k.Plain.P)
		}
		if (k.Adjusted.P < .05) != (k.Adjusted.Low > 0 || k.Adjusted.High < 0) {
			t.Fatalf("p and interval do not agree: %+v", k)
		}
	})
}

func TestNoVerdict(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct{ configurations, seeds, needed int }{{2, 2, 3}, {2, 1, 3}, {3, 1, 2}, {8, 1, 2}} {
		d := drawDesign(rng, c.configurations, c.seeds, 4)
		got := analyze(t, d).Compare("eer", 0, 1, stage.Minimize)
		if got.Verdict != Undecided || got.P != nil || got.Low != nil || got.SeedsNeeded != c.needed {
			t.Errorf("%d configurations, %d seeds: %+v", c.configurations, c.seeds, got)
		}
		if text := got.String(); !strings.Contains(text, "No verdict: too few seeds") || !strings.Contains(text, fmt.Sprintf("%d seeds of each would do", c.needed)) {
			t.Errorf("text: %s", text)
		}
	}
	if got := analyze(t, drawDesign(rng, 3, 2, 4)).Compare("eer", 0, 1, stage.Minimize); got.P == nil {
		t.Errorf("three configurations with two seeds: %+v", got)
	}
}

// Configurations that share no seeds are compared, without pairing.
func TestNoSharedSeeds(t *testing.T) {
	d := &Design{
		Configurations: []string{"a", "b"}, Seeds: []uint64{1, 2, 3, 4, 5, 6},
		Value: [][]float64{{1, 2, 3}, {math.NaN(), math.NaN(), math.NaN(), 11, 12, 13}},
	}
	a := analyze(t, d)
	c := a.Compare("loss", 0, 1, stage.Minimize)
	if c.Paired || c.Verdict != Better || c.Seeds != 3 {
		t.Errorf("%+v", c)
	}
	near(t, "standard error", a.Pair(0, 1, TestSet).SE, math.Sqrt(2./3))
	near(t, "degrees of freedom", a.Pair(0, 1, TestSet).DF, 4)
	if text := c.String(); !strings.Contains(text, "not paired") || !strings.Contains(text, "a is better than b: 10 lower") {
		t.Errorf("text: %s", text)
	}
}

func TestRefusals(t *testing.T) {
	for want, d := range map[string]*Design{
		"fewer than two":      {Configurations: []string{"a"}, Seeds: []uint64{1}, Value: [][]float64{{1}}},
		"no finished run":     {Configurations: []string{"a", "b"}, Seeds: []uint64{1}, Value: [][]float64{{1}, {}}},
		"1 names for 2":       {Configurations: []string{"a"}, Seeds: []uint64{1}, Value: [][]float64{{1}, {1}}},
		"values of 2 seeds":   {Configurations: []string{"a", "b"}, Seeds: []uint64{1}, Value: [][]float64{{1, 2}, {1}}},
		"1.5 is not a rate":   {Rate: true, Configurations: []string{"a", "b"}, Seeds: []uint64{1}, Value: [][]float64{{1.5}, {1}}},
		"of 1 configurations": {Configurations: []string{"a", "b"}, Seeds: []uint64{1}, Value: [][]float64{{1}, {1}}, Without: [][][]float64{nil}},
	} {
		if _, err := Analyze(d, .95); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if _, err := Analyze(drawDesign(rand.New(rand.NewPCG(1, 1)), 2, 3, 0), 1); err == nil {
		t.Error("takes a confidence of 1")
	}
}

// Rates near an end of 0..1 vary less: a pair of small ones has a narrower
// interval than a pair of larger ones in the same sweep.
func TestRates(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	d := &Design{Rate: true, Configurations: []string{"a", "b", "c", "d"}, Seeds: []uint64{1, 2, 3, 4, 5}}
	for _, p := range []float64{.01, .012, .3, .31} {
		var row []float64
		for range d.Seeds {
			row = append(row, distuv.Binomial{N: 500, P: p, Src: rng}.Rand()/500)
		}
		d.Value = append(d.Value, row)
	}
	a := analyze(t, d)
	small, large := a.Pair(0, 1, TestSet), a.Pair(2, 3, TestSet)
	if r := small.SE / large.SE; r < .15 || r > .35 { // sqrt(.011*.989/(.305*.695)) = .23
		t.Errorf("standard errors %v and %v", small.SE, large.SE)
	}
	for c := range d.Value { // no errors at all
		d.Value[c] = []float64{0, 0, 0, 0, 0}
	}
	if v := analyze(t, d).Compare("eer", 0, 1, stage.Minimize); v.Verdict != NoDifference || v.P != nil {
		t.Errorf("no errors at all: %+v", v)
	}
}
