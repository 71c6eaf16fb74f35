package biometrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// An Interval is a two-sided confidence interval, both ends included.
type Interval struct {
	Low, High float64
}

// Wilson returns the score interval of Wilson (1927) for a proportion of k
// out of n, at a confidence such as 0.95. It covers close to the confidence
// on average. It fails unless 0 <= k <= n, n > 0 and 0 < confidence < 1.
func Wilson(k, n int, confidence float64) (Interval, error) {
	if err := checkProportion(k, n, confidence); err != nil {
		return Interval{}, err
	}
	z := distuv.UnitNormal.Quantile((1 + confidence) / 2)
	p, m := float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	ci := Interval{max(0, centre-half), min(1, centre+half)}
	if k == 0 {
		ci.Low = 0 // exactly, where rounding leaves a trace
	}
	if k == n {
		ci.High = 1
	}
	return ci, nil
}

// ClopperPearson returns the exact interval of Clopper and Pearson (1934) for
// a proportion of k out of n. It covers at least the confidence, whatever the
// true proportion. It fails as [Wilson] does.
func ClopperPearson(k, n int, confidence float64) (Interval, error) {
	if err := checkProportion(k, n, confidence); err != nil {
		return Interval{}, err
	}
	tail := (1 - confidence) / 2
	ci := Interval{0, 1}
	if k > 0 {
		ci.Low = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(tail)
	}
	if k < n {
		ci.High = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(1 - tail)
	}
	return ci, nil
}

func checkProportion(k, n int, confidence float64) error {
	if n < 1 || k < 0 || k > n {
		return fmt.Errorf("no proportion: %d of %d", k, n)
	}
	return checkConfidence(confidence)
}

func checkConfidence(c float64) error {
	if !(c > 0 && c < 1) {
		return fmt.Errorf("confidence %v is outside of 0..1", c)
	}
	return nil
}
