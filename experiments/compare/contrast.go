package compare

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// poolBelow is the probability below which the F of a contrast's own seed noise
// against the pooled noise lets it be pooled (Bancroft 1964 gives 0.75 as the
// level that keeps the error of the final test near its nominal one).
const poolBelow = 0.75

// Contrast returns a weighted sum of the configurations' means, whose weights
// sum to 0, such as the effect of a parameter averaged over the other
// parameters. Adjusted is left untested: it depends on the family.
//
// Unlike in a pair of single configurations, noise that several configurations
// share does not average out: the interaction of a parameter's value with a
// seed, or with a subject. The subjects' part is therefore estimated from the
// leave-one-out values of the contrast itself, with M-1 degrees of freedom, and
// the seeds' part from the contrast by seed, unless that agrees with the pooled
// noise.
func (a *Analysis) Contrast(weights []float64, target Target) Contrast {
	k := Contrast{SE: math.NaN(), DF: math.NaN(), Plain: untested, Adjusted: untested}
	for c, w := range weights {
		if w != 0 {
			k.Value += w * a.Means[c]
		}
	}
	if !a.Testable() || target == Subjects && a.units == nil {
		return k
	}
	total := a.seedVariance(weights)
	if target == Subjects {
		total = total.plus(a.unitVariance(weights))
	}
	se := math.Sqrt(total.value)
	k.SE, k.DF = se*a.slope(weights, se), total.df
	k.Plain = plain(k, a.Confidence)
	return k
}

// seedVariance is the variance by the seeds of a contrast: pooled, or its
// own.
func (a *Analysis) seedVariance(weights []float64) variance {
	pooled := variance{a.mse * a.model.leverage(weights), float64(a.model.df)}
	var bySeed []float64
	d := a.model.design
seeds:
	for s := range d.Seeds {
		var v float64
		for c, w := range weights {
			if w == 0 {
				continue
			}
			if !d.measured(c, s) {
				continue seeds
			}
			v += w * d.at(c, s)
		}
		bySeed = append(bySeed, v)
	}
	n := float64(len(bySeed))
	if n < 2 || !a.Blocked {
		return pooled
	}
	var mean, square float64
	for _, v := range bySeed {
		mean += v / n
	}
	for _, v := range bySeed {
		square += (v - mean) * (v - mean)
	}
	// Seeds that miss a cell are not used, so that the variance by seed is that
	// of as many seeds.
	own := variance{square / (n - 1) / n, n - 1}
	f := distuv.F{D1: own.df, D2: pooled.df}
	if f.CDF(own.value/pooled.value) < poolBelow {
		return pooled
	}
	return own
}

// unitVariance is the variance by the subjects of a contrast, without what is
// sampling within a run and shrinks with the seeds.
func (a *Analysis) unitVariance(weights []float64) variance {
	n := 1 / a.units.inverse
	if !(n > 1) {
		return variance{}
	}
	within := a.units.within * a.model.leverage(weights)
	part := n / (n - 1) * (a.units.of(weights) - within)
	return variance{max(0, part), float64(a.units.units - 1)}
}

// bonferroni adjusts the tests of a family so that the chance of any false
// difference among them is 1-confidence at most (Dunn 1961). Contrasts that
// could not be tested do not count.
func bonferroni(family []*Contrast, confidence float64) {
	m := 0
	for _, k := range family {
		if !math.IsNaN(k.SE) {
			m++
		}
	}
	for _, k := range family {
		if !math.IsNaN(k.SE) {
			k.Adjusted = plain(*k, 1-(1-confidence)/float64(m))
			k.Adjusted.P = min(1, float64(m)*k.Adjusted.P)
		}
	}
}
