package compare

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// spendingPower is the exponent of the error that a sequential design has spent
// after a share t of its seeds: alpha * t^spendingPower (Kim and DeMets,
// Biometrika 74, 1987). 1 decides early, 3 is close to O'Brien and Fleming. The
// simulation of `make simulate` compares them.
const spendingPower = 1.5

// SpendingLevels returns the two-sided significance level of each look of a
// design that looks after min, min+1, ... max seeds, so that the chance of any
// false rejection at any of them is alpha (Lan and DeMets, Biometrika 70, 1983).
//
// The looks of a test of a mean with known variance are correlated as those of a
// Brownian motion; the levels come from its recursion (Armitage, McPherson and
// Rowe 1969) and hold well for p-values of Student's t and the studentised range
// (Jennison and Turnbull 2000, section 4.4). It fails unless 1 <= min <= max and
// 0 < alpha < 1.
func SpendingLevels(min, max int, alpha float64) ([]float64, error) {
	return spendingLevels(min, max, alpha, spendingPower)
}

func spendingLevels(first, last int, alpha, power float64) ([]float64, error) {
	if first < 1 || last < first {
		return nil, fmt.Errorf("compare: a sequential design from %d to %d seeds", first, last)
	}
	if !(alpha > 0 && alpha < 1) {
		return nil, fmt.Errorf("compare: error rate %v is outside of 0..1", alpha)
	}
	walk := brownian{}
	var levels []float64
	spent := 0.0
	for n := first; n <= last; n++ {
		t := float64(n) / float64(last)
		total := alpha * math.Pow(t, power)
		bound := walk.next(t, total-spent)
		spent = total
		levels = append(levels, 2*distuv.UnitNormal.CDF(-bound))
	}
	return levels, nil
}

// A brownian is the density of a Brownian motion that has not left its bounds
// at the looks so far, at the nodes of a quadrature.
type brownian struct {
	time float64
	at   []float64
	mass []float64 // weight times density
}

const nodesOfWalk = 96

// next returns the bound, in standard deviations, that the walk leaves at a
// time with the given probability, having stayed within the bounds before.
func (b *brownian) next(time, leave float64) float64 {
	outside := func(x float64) float64 { // probability of |W(time)| > x
		if b.at == nil {
			return 2 * distuv.UnitNormal.CDF(-x/math.Sqrt(time))
		}
		step := math.Sqrt(time - b.time)
		var sum float64
		for i, from := range b.at {
			sum += b.mass[i] * (distuv.UnitNormal.CDF((from-x)/step) + distuv.UnitNormal.CDF((-x-from)/step))
		}
		return sum
	}
	bound := root(func(x float64) float64 { return leave - outside(x) }, 0, 12*math.Sqrt(time))
	at, weight := nodes(nodesOfWalk, -bound, bound)
	next := make([]float64, len(at))
	for k, to := range at {
		if b.at == nil {
			sd := math.Sqrt(time)
			next[k] = weight[k] * distuv.UnitNormal.Prob(to/sd) / sd
			continue
		}
		step := math.Sqrt(time - b.time)
		for i, from := range b.at {
			next[k] += weight[k] * b.mass[i] * distuv.UnitNormal.Prob((to-from)/step) / step
		}
	}
	*b = brownian{time: time, at: at, mass: next}
	return bound / math.Sqrt(time)
}
