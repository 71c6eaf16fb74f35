package compare

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"whorl/biometrics"
)

// A Target says about what a comparison speaks.
type Target string

const (
	// TestSet is about the units that were tested: what would other seeds give
	// on the same people?
	TestSet Target = "test set"
	// Subjects is about the population that the units are a sample of: what
	// would other seeds give on other people?
	Subjects Target = "subjects"
)

// An Analysis compares the configurations of a design by the pooled two-way
// jackknife: the noise of the seeds is estimated from all configurations
// together, the configuration x unit part from the leave-one-out values, and
// all pairs are tested by Tukey's studentised range, so that the chance of any
// false difference among all of them is 1-Confidence at most. It is not for
// several goroutines at once.
type Analysis struct {
	Design     *Design
	Confidence float64
	Means      []float64 // least-squares means by configuration; over the seeds where no trial failed
	Blocked    bool      // by seed; false where the configurations share no seeds
	NoSubjects string    // why there is no answer for Subjects; empty if there is

	model *model
	mse   float64 // of the seeds, within a configuration; NaN if unknown
	units *jackknife
	tukey map[float64]float64 // critical values by degrees of freedom, as far as they were needed
	scale []float64           // standard deviation of each configuration relative to the pooled one
}

// Analyze fits a design. It fails if the design has fewer than two
// configurations, or one without a value, or if a Rate is not within 0..1.
//
// The variance of a rate p is taken to be in proportion to p(1-p), as that of a
// binomial rate is. The pooled variances are those of the average configuration;
// each configuration's are scaled by its mean.
func Analyze(d *Design, confidence float64) (*Analysis, error) {
	if !(confidence > 0 && confidence < 1) {
		return nil, fmt.Errorf("compare: confidence %v is outside of 0..1", confidence)
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	m := newModel(d)
	a := &Analysis{Design: d, Confidence: confidence, Blocked: m.blocked, model: m, tukey: map[float64]float64{}}
	means, seed := m.means(d.at)
	a.Means = means
	a.mse = m.residualSquare(means, seed)
	units, reason := d.units()
	a.NoSubjects = reason
	if units > 0 {
		a.units = newJackknife(m, units)
		// A metric that takes few values can agree in all runs by chance: the
		// sampling within the runs then bounds the noise from below.
		a.mse = max(a.mse, a.units.within/4)
	}
	a.scale = a.scales()
	return a, nil
}

// scales are the standard deviations of the configurations relative to the
// pooled one: 1, or those of rates. A mean is taken to be at least one standard
// error from 0 and from 1, where the variance of a rate is 0.
func (a *Analysis) scales() []float64 {
	scale := make([]float64, len(a.Means))
	for c := range scale {
		scale[c] = 1
	}
	if !a.Design.Rate || !(a.mse > 0) {
		return scale
	}
	var sum float64
	for c, mean := range a.Means {
		one := make([]float64, len(a.Means))
		one[c] = 1
		v := a.mse * a.model.leverage(one)
		if a.units != nil {
			v += a.units.part
		}
		margin := min(0.5, math.Sqrt(v))
		p := min(max(mean, margin), 1-margin)
		scale[c] = p * (1 - p)
		sum += scale[c] / float64(len(a.Means))
	}
	for c := range scale {
		scale[c] = math.Sqrt(scale[c] / sum)
	}
	return scale
}

// leastDF is the fewest residual degrees of freedom with which a verdict is
// given. With one, as two configurations with two seeds have, an interval is 9
// times as wide as the spread of the differences.
const leastDF = 2

// Testable reports whether a verdict is possible.
func (a *Analysis) Testable() bool { return a.model.df >= leastDF && a.mse > 0 }

// A Contrast is a weighted sum of the configurations' means, with how far it
// can be trusted. Plain holds for this contrast alone, Adjusted for all of its
// family together. Intervals and P are NaN where no test is possible.
type Contrast struct {
	Value    float64
	SE       float64 // standard error
	DF       float64 // degrees of freedom, after Satterthwaite (1946)
	Plain    Test
	Adjusted Test
}

// A Test is a two-sided confidence interval, and the probability of a value as
// far from 0 if the true one is 0.
type Test struct {
	biometrics.Interval
	P float64
}

var untested = Test{biometrics.Interval{Low: math.NaN(), High: math.NaN()}, math.NaN()}

// Pair returns the difference of the means of configuration x less y. Adjusted
// is Tukey's, for all pairs of the design (Tukey-Kramer where cells are
// missing).
func (a *Analysis) Pair(x, y int, target Target) Contrast {
	k := a.plainPair(x, y, target)
	if math.IsNaN(k.SE) || len(a.Means) == 2 { // Tukey's test of two is Student's
		k.Adjusted = k.Plain
		return k
	}
	// The range is in units of the standard error of one mean.
	half := a.critical(k.DF) * k.SE
	k.Adjusted.Interval = biometrics.Interval{Low: k.Value - half, High: k.Value + half}
	q := StudentizedRange{len(a.Means), k.DF}
	k.Adjusted.P = max(k.Plain.P, q.Survival(math.Abs(k.Value)/k.SE*math.Sqrt2))
	return k
}

// plainPair is Pair without the adjustment.
func (a *Analysis) plainPair(x, y int, target Target) Contrast {
	weights := make([]float64, len(a.Means))
	weights[x], weights[y] = 1, -1
	k, ok := a.spread(weights, target)
	k.Value = a.Means[x] - a.Means[y]
	if ok {
		k.Plain = plain(k, a.Confidence)
	}
	return k
}

// critical returns the number of standard errors of a difference by which a
// pair differs, at the confidence of the analysis.
func (a *Analysis) critical(df float64) float64 {
	c, ok := a.tukey[df]
	if !ok {
		c = StudentizedRange{len(a.Means), df}.Quantile(a.Confidence) / math.Sqrt2
		a.tukey[df] = c
	}
	return c
}

// spread returns the standard error and degrees of freedom of a difference of
// two means, and whether it can be tested.
func (a *Analysis) spread(weights []float64, target Target) (Contrast, bool) {
	k := Contrast{SE: math.NaN(), DF: math.NaN(), Plain: untested, Adjusted: untested}
	if !a.Testable() || target == Subjects && a.units == nil {
		return k, false
	}
	weights = a.scaled(weights)
	seeds := variance{a.mse * a.model.leverage(weights), float64(a.model.df)}
	var units variance
	if target == Subjects {
		g := len(a.Means)
		units = variance{a.units.part * sumOfSquares(weights), float64((g - 1) * (a.units.units - 1))}
	}
	total := seeds.plus(units)
	k.SE, k.DF = math.Sqrt(total.value), total.df
	return k, true
}

// scaled returns the weights times the scales of the configurations, which
// gives the variance of a weighted sum of means from the pooled variance.
func (a *Analysis) scaled(weights []float64) []float64 {
	out := make([]float64, len(weights))
	for c, w := range weights {
		out[c] = w * a.scale[c]
	}
	return out
}

// plain tests a contrast by Student's t.
func plain(k Contrast, confidence float64) Test {
	t := distuv.StudentsT{Sigma: 1, Nu: k.DF}
	half := t.Quantile((1+confidence)/2) * k.SE
	return Test{
		biometrics.Interval{Low: k.Value - half, High: k.Value + half},
		2 * t.CDF(-math.Abs(k.Value)/k.SE),
	}
}

// A variance is an estimate with its degrees of freedom.
type variance struct{ value, df float64 }

// plus adds independent estimates (Satterthwaite 1946).
func (v variance) plus(w variance) variance {
	switch {
	case !(w.value > 0):
		return v
	case !(v.value > 0):
		return w
	}
	sum := v.value + w.value
	return variance{sum, sum * sum / (v.value*v.value/v.df + w.value*w.value/w.df)}
}

func sumOfSquares(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	return sum
}
