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
// out of n independent trials, at a confidence such as 0.95. It fails unless
// 0 <= k <= n, n > 0 and 0 < confidence < 1.
func Wilson(k, n int, confidence float64) (Interval, error) {
	if err := checkProportion(k, n); err != nil {
		return Interval{}, err
	}
	if err := checkConfidence(confidence); err != nil {
		return Interval{}, err
	}
	z := distuv.UnitNormal.Quantile((1 + confidence) / 2)
	return wilson(float64(k)/float64(n), float64(n), z), nil
}

// wilson is the score interval of a rate p of n trials, whose ends lie z
// standard errors from p.
func wilson(p, n, z float64) Interval {
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	ci := Interval{max(0, centre-half), min(1, centre+half)}
	if p == 0 {
		ci.Low = 0 // exactly, where rounding leaves a trace
	}
	if p == 1 {
		ci.High = 1
	}
	return ci
}

// A Share is k of n trials.
type Share struct{ K, N int }

// ClusteredWilson returns the interval of a proportion whose trials come in
// clusters: Wilson's, with the effective number of trials n/deff and the
// quantile of Student's t with m-1 degrees of freedom, for m clusters that
// have trials. The design effect deff is the jackknife variance of the rate by
// cluster over p(1-p)/n, and at least 1 (Kish 1965; Korn and Graubard 1998).
//
// No error in n never has a higher upper end than one error in n. It fails
// with fewer than two clusters that have trials.
func ClusteredWilson(clusters []Share, confidence float64) (Interval, error) {
	var all Share
	for i, c := range clusters {
		if c.K < 0 || c.K > c.N {
			return Interval{}, fmt.Errorf("no proportion: cluster %d is %d of %d", i+1, c.K, c.N)
		}
		all.K += c.K
		all.N += c.N
	}
	return clusteredWilson(all, clusters, confidence)
}

// clusteredWilson is ClusteredWilson where a trial may be of two clusters.
func clusteredWilson(all Share, clusters []Share, confidence float64) (Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return Interval{}, err
	}
	if err := checkProportion(all.K, all.N); err != nil {
		return Interval{}, err
	}
	var without []float64
	for _, c := range clusters {
		if c.N > 0 && c.N < all.N {
			without = append(without, ratio(all.K-c.K, all.N-c.N))
		}
	}
	m := len(without)
	if m < 2 {
		return Interval{}, fmt.Errorf("an interval of %d of %d: fewer than two clusters have trials", all.K, all.N)
	}
	p, n := ratio(all.K, all.N), float64(all.N)
	effect := 1.0
	if 0 < all.K && all.K < all.N {
		effect = max(1, jackknifeVariance(without)/(p*(1-p)/n))
	}
	return wilson(p, n/effect, studentQuantile(confidence, m-1)), nil
}

// FMR returns the interval of the false match rate at a threshold that was
// chosen on other scores; see [ClusteredWilson].
func (c *Clusters) FMR(threshold, confidence float64) (Interval, error) {
	at := c.all.At(threshold)
	return clusteredWilson(Share{at.FP, at.FP + at.TN}, c.shares(threshold, func(n count) int { return n.impostor }, true), confidence)
}

// FNMR returns the interval of the false non-match rate at a threshold that
// was chosen on other scores; see [ClusteredWilson].
func (c *Clusters) FNMR(threshold, confidence float64) (Interval, error) {
	at := c.all.At(threshold)
	return clusteredWilson(Share{at.FN, at.FN + at.TP}, c.shares(threshold, func(n count) int { return n.genuine }, false), confidence)
}

// shares counts, by cluster, the pairs of a class and those of them that are
// called a match, or are not.
func (c *Clusters) shares(threshold float64, class func(count) int, match bool) []Share {
	out := make([]Share, len(c.of))
	for i, counts := range c.of {
		for _, n := range counts {
			k := class(n)
			out[i].N += k
			if (c.all.value[n.at] >= threshold) == match {
				out[i].K += k
			}
		}
	}
	return out
}

// studentQuantile is how many standard errors a two-sided interval of so many
// degrees of freedom reaches.
func studentQuantile(confidence float64, df int) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: float64(df)}.Quantile((1 + confidence) / 2)
}

// jackknifeVariance is the variance of a figure, from its values without one
// of m clusters at a time (Tukey 1958).
func jackknifeVariance(without []float64) float64 {
	m := float64(len(without))
	var mean, sum float64
	for _, v := range without {
		mean += v / m
	}
	for _, v := range without {
		sum += (v - mean) * (v - mean)
	}
	return (m - 1) / m * sum
}

func checkProportion(k, n int) error {
	if n < 1 || k < 0 || k > n {
		return fmt.Errorf("no proportion: %d of %d", k, n)
	}
	return nil
}

func checkConfidence(c float64) error {
	if !(c > 0 && c < 1) {
		return fmt.Errorf("confidence %v is outside of 0..1", c)
	}
	return nil
}
