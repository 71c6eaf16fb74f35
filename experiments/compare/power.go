package compare

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Power returns the chance that a true difference of two of G configurations is
// shown, where its standard error is se with df degrees of freedom: that of
// |T| > c for the noncentral t and Tukey's critical value c.
func Power(difference, se, df float64, configurations int, confidence float64) float64 {
	c := StudentizedRange{configurations, df}.Quantile(confidence) / math.Sqrt2
	shift := math.Abs(difference) / se
	return overScale(df, math.Inf(1), func(s float64) float64 {
		return distuv.UnitNormal.CDF(shift-c*s) + distuv.UnitNormal.CDF(-shift-c*s)
	})
}

// mostSeeds bounds the search for a number of seeds.
const mostSeeds = 1000

// SeedsFor returns the least number of seeds of each of so many configurations
// with which a difference is shown with the given power, where seeds have the
// standard deviation sd and the subjects a variance part within one
// configuration that does not shrink with the seeds (0 for the test set), known
// with unitDF degrees of freedom. ok is false if 1000 do not suffice: then other
// subjects are needed, not more seeds.
func SeedsFor(difference, sd float64, configurations int, part, unitDF, confidence, power float64) (n int, ok bool) {
	enough := func(n int) bool {
		total := variance{2 * sd * sd / float64(n), float64((configurations - 1) * (n - 1))}.plus(variance{2 * part, unitDF})
		if total.df < leastDF {
			return false
		}
		return Power(difference, math.Sqrt(total.value), total.df, configurations, confidence) >= power
	}
	if difference == 0 || !enough(mostSeeds) {
		return 0, false
	}
	low, high := LeastSeeds(configurations)-1, mostSeeds
	for high-low > 1 {
		if m := (low + high) / 2; enough(m) {
			high = m
		} else {
			low = m
		}
	}
	return high, true
}

// LeastSeeds returns the fewest seeds with which so many configurations can be
// compared at all.
func LeastSeeds(configurations int) int {
	n := 2
	for (configurations-1)*(n-1) < leastDF {
		n++
	}
	return n
}

// SeedsFor returns the least number of seeds with which a difference from
// configuration x to y would be shown with the given power, as [SeedsFor] does
// from the spread of this design.
func (a *Analysis) SeedsFor(difference float64, x, y int, target Target, power float64) (n int, ok bool) {
	if !a.Testable() || target == Subjects && a.units == nil {
		return 0, false
	}
	scale := math.Hypot(a.scale[x], a.scale[y]) / math.Sqrt2
	var part, df float64
	if target == Subjects {
		part = a.units.part * scale * scale
		df = float64((len(a.Means) - 1) * (a.units.units - 1))
	}
	return SeedsFor(difference, math.Sqrt(a.mse)*scale, len(a.Means), part, df, a.Confidence, power)
}
