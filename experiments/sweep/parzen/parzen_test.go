package parzen

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The mass of all parts is 1, and a quantile has its share below it.
func TestNormal(t *testing.T) {
	for _, n := range []Normal{{0, 1, -1, 2}, {-1, 0.01, -1, 2}, {5, 0.1, 0, 5}, {0.5, 100, 0, 1}} {
		sum := 0.0
		for i := range 100 {
			w := (n.High - n.Low) / 100
			sum += n.Mass(n.Low+float64(i)*w, n.Low+float64(i+1)*w)
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("%+v: the masses have the sum %v", n, sum)
		}
		for _, u := range []float64{0, 1e-9, 0.1, 0.5, 0.999} {
			if got := n.Mass(n.Low, n.Quantile(u)); math.Abs(got-u) > 1e-9 {
				t.Errorf("%+v: %v lies below quantile %v", n, got, u)
			}
		}
	}
	// Far in a tail, where differences of the distribution function cancel.
	n := Normal{0, 0.01, 0, 1}
	if got, want := n.Mass(0.2, 0.21), 2*2.75362e-89; math.Abs(got/want-1) > 1e-4 {
		t.Errorf("mass of a tail: %v, want %v", got, want)
	}
}

// The shares of categories, and of cells of discrete numbers, have the sum 1.
func TestScoreIsADistribution(t *testing.T) {
	axes := []Axis{{Choices: 3}, {Low: -0.5, High: 4.5, Step: 1}}
	e := New(axes, [][]float64{{0, 1}, {2, 4}, {2, 0}}, ByAge(3))
	sum := 0.0
	for c := range 3 {
		for x := range 5 {
			sum += math.Exp(e.LogScore([]float64{float64(c), float64(x)}))
		}
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("the sum is %v, want 1", sum)
	}
}

// Samples follow the score, here of categories and discrete numbers.
func TestSample(t *testing.T) {
	axes := []Axis{{Choices: 2}, {Low: -0.5, High: 2.5, Step: 1}}
	e := New(axes, [][]float64{{0, 2}, {1, 0}}, ByRank(2))
	r := rand.New(rand.NewPCG(1, 2))
	counts := map[[2]int]float64{}
	const n = 100_000
	for range n {
		x := e.Sample(r)
		counts[[2]int{int(x[0]), int(math.Round(x[1]))}]++
	}
	for c := range 2 {
		for x := range 3 {
			want := math.Exp(e.LogScore([]float64{float64(c), float64(x)}))
			if got := counts[[2]int{c, x}] / n; math.Abs(got-want) > 0.01 {
				t.Errorf("category %d, number %d: drawn with frequency %v, want %v", c, x, got, want)
			}
		}
	}
}

func TestWeights(t *testing.T) {
	age := ByAge(35)
	if age[0] != 1.0/35 || math.Abs(age[9]-1) > 1e-12 || age[34] != 1 || age[4] <= age[3] {
		t.Errorf("weights by age: %v", age)
	}
	sum := 0.0
	for _, w := range ByRank(7) {
		sum += w
	}
	if math.Abs(sum-7) > 1e-12 {
		t.Errorf("weights by rank have the sum %v, want 7", sum)
	}
}
