package compare

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"whorl/biometrics"
)

// A Target is the population that a comparison is about.
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
	NoSubjects string    // why Subjects has no answer; empty if it has

	model  *model
	stable []float64 // means on the scale of the test
	mse    float64   // of the seeds, within a configuration; NaN if unknown
	units  *jackknife
	tukey  map[float64]float64 // critical values by degrees of freedom, as far as they were needed
}

// Analyze fits a design. It fails if the design has fewer than two
// configurations, or one without a value, or if a Rate is not within 0..1.
//
// Rates are tested on the scale asin(sqrt(rate)), on which their spread depends
// little on their size and is less skewed (Bartlett 1947); differences, standard
// errors and intervals are brought back to the rates.
func Analyze(d *Design, confidence float64) (*Analysis, error) {
	if !(confidence > 0 && confidence < 1) {
		return nil, fmt.Errorf("compare: confidence %v is outside of 0..1", confidence)
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	m := newModel(d)
	a := &Analysis{Design: d, Confidence: confidence, Blocked: m.blocked, model: m, tukey: map[float64]float64{}}
	a.Means, _ = m.means(d.at)
	m.design = d.stabilised()
	stable, seed := m.means(m.design.at)
	a.stable = stable
	a.mse = m.residualSquare(stable, seed)
	units, reason := d.units()
	a.NoSubjects = reason
	if units > 0 {
		a.units = newJackknife(m, units)
		// A metric that takes few values can agree in all runs by chance: the
		// sampling within the runs then bounds the noise from below.
		a.mse = max(a.mse, a.units.within/4)
	}
	return a, nil
}

// slope is that by which a weighted sum of the means, and its standard error, are
// larger than on the scale of the test, where the standard error is se. It is the
// ratio of the two sums, so that the test is that of the scale, but stays within
// a factor of 2 of the mean slope of sin(x)^2: where the two sums disagree, as
// they can where one configuration varies more than another, the test is that of
// the rates. A mean is taken to be at least se from the ends, where the slope is
// 0.
func (a *Analysis) slope(weights []float64, se float64) float64 {
	if !a.Design.Rate {
		return 1
	}
	margin := min(math.Pi/4, se)
	var rates, stable, tangent, sum float64
	for c, w := range weights {
		if w == 0 {
			continue
		}
		rates += w * a.Means[c]
		stable += w * a.stable[c]
		tangent += math.Abs(w) * math.Sin(2*min(max(a.stable[c], margin), math.Pi/2-margin))
		sum += math.Abs(w)
	}
	tangent /= sum
	if ratio := rates / stable; ratio > 0 {
		return min(max(ratio, tangent/2), 2*tangent)
	}
	if rates == 0 {
		return tangent
	}
	return 2 * tangent
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
	seeds := variance{a.mse * a.model.leverage(weights), float64(a.model.df)}
	var units variance
	if target == Subjects {
		g := len(a.Means)
		units = variance{a.units.part * sumOfSquares(weights), float64((g - 1) * (a.units.units - 1))}
	}
	total := seeds.plus(units)
	se := math.Sqrt(total.value)
	k.SE, k.DF = se*a.slope(weights, se), total.df
	return k, true
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
