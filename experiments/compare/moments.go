package compare

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"whorl/biometrics"
)

// An estimate is a mean with how far it can be trusted.
type estimate struct {
	mean float64
	se   float64 // standard error; 0 without spread, NaN if there are too few values
	df   float64 // degrees of freedom
	p    float64 // two-sided, of a mean of zero; NaN if se is 0 or NaN
}

// noise is the standard error, as a share of the largest value, up to which
// rounding alone makes values that are equal differ.
const noise = 10 * 0x1p-52

// estimated tells a mean from zero by Student's t. Values up to largest went
// into it; what is below their rounding is no spread.
func estimated(mean, se, df, largest float64) estimate {
	if se <= noise*largest {
		se = 0
	}
	e := estimate{mean, se, df, math.NaN()}
	if se > 0 {
		e.p = 2 * distuv.StudentsT{Sigma: 1, Nu: df}.CDF(-math.Abs(mean/se))
	}
	return e
}

// interval is the two-sided confidence interval of the mean, NaN if nothing is
// known of its spread.
func (e estimate) interval(confidence float64) biometrics.Interval {
	if !(e.se > 0) {
		return biometrics.Interval{Low: math.NaN(), High: math.NaN()}
	}
	half := e.se * distuv.StudentsT{Sigma: 1, Nu: e.df}.Quantile((1+confidence)/2)
	return biometrics.Interval{Low: e.mean - half, High: e.mean + half}
}

// times scales what was estimated by a power of two, which is exact.
func (e estimate) times(exponent int) estimate {
	e.mean, e.se = math.Ldexp(e.mean, exponent), math.Ldexp(e.se, exponent)
	return e
}

// normal returns the samples scaled by one power of two, such that the largest
// value lies in [1/2, 1): their squares then neither vanish nor overflow.
func normal(samples ...[]float64) (scaled [][]float64, exponent int) {
	_, exponent = math.Frexp(largest(samples...))
	for _, s := range samples {
		to := make([]float64, len(s))
		for i, v := range s {
			to[i] = math.Ldexp(v, -exponent)
		}
		scaled = append(scaled, to)
	}
	return scaled, exponent
}

// largest is the largest absolute value.
func largest(samples ...[]float64) float64 {
	most := 0.0
	for _, s := range samples {
		for _, v := range s {
			most = max(most, math.Abs(v))
		}
	}
	return most
}

// standardError is that of a sample's mean, NaN if it has fewer than two
// values.
func standardError(sample []float64) float64 {
	if len(sample) < 2 {
		return math.NaN()
	}
	return stat.StdDev(sample, nil) / math.Sqrt(float64(len(sample)))
}

// ofMean estimates the mean of a sample.
func ofMean(sample []float64) estimate {
	scaled, exponent := normal(sample)
	s := scaled[0]
	return estimated(stat.Mean(s, nil), standardError(s), float64(len(s)-1), largest(s)).times(exponent)
}

// ofPairs estimates the mean of a[i]-b[i] (Student 1908).
func ofPairs(a, b []float64) estimate {
	scaled, exponent := normal(a, b)
	a, b = scaled[0], scaled[1]
	differences := make([]float64, len(a))
	for i := range a {
		differences[i] = a[i] - b[i]
	}
	return estimated(stat.Mean(differences, nil), standardError(differences), float64(len(a)-1), largest(a, b)).times(exponent)
}

// ofTwo estimates the difference of the means of two independent samples,
// without taking their variances for equal (Welch 1947).
func ofTwo(a, b []float64) estimate {
	scaled, exponent := normal(a, b)
	a, b = scaled[0], scaled[1]
	sa, sb := standardError(a), standardError(b)
	se := math.Hypot(sa, sb)
	// The Welch-Satterthwaite degrees of freedom, of the shares that the two
	// have in the variance: written with the variances themselves, their
	// squares would vanish long before they do.
	share := sa / se * (sa / se)
	df := 1 / (share*share/float64(len(a)-1) + (1-share)*(1-share)/float64(len(b)-1))
	return estimated(stat.Mean(a, nil)-stat.Mean(b, nil), se, df, largest(a, b)).times(exponent)
}
