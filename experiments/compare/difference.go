package compare

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"whorl/biometrics"
)

// A Difference is how much larger a metric is in one group than in another.
type Difference struct {
	Metric   string
	Mean     float64             // of the first group's less the second's
	Interval biometrics.Interval // of Mean
	P        float64             // two-sided: how likely as large a difference is if there is none
	Paired   bool                // by seed
	N        [2]int              // replicates that it rests on, in each group
}

// Compare compares a metric ("stage.name") between two groups of replicates:
// by Student's paired t-test over the seeds that both have, if there are two
// or more, else by Welch's t-test. With fewer than two replicates in either
// group nothing is known of their spread, and the interval and P are NaN.
func Compare(a, b Group, metric string, confidence float64) Difference {
	as, bs := a.observations(metric), b.observations(metric)
	bySeed := make(map[uint64]float64, len(bs))
	for _, o := range bs {
		bySeed[o.seed] = o.value
	}
	var differences []float64
	for _, o := range as {
		if v, ok := bySeed[o.seed]; ok {
			differences = append(differences, o.value-v)
		}
	}
	if n := len(differences); n > 1 || n == 1 && len(as) == 1 && len(bs) == 1 {
		d := test(stat.Mean(differences, nil), sd(differences)/math.Sqrt(float64(n)), float64(n-1), confidence)
		d.Metric, d.Paired, d.N = metric, true, [2]int{n, n}
		return d
	}
	d := welch(values(as), values(bs), confidence)
	d.Metric = metric
	return d
}

func values(all []observation) []float64 {
	vs := make([]float64, len(all))
	for i, o := range all {
		vs[i] = o.value
	}
	return vs
}

// welch compares the means of two independent samples without taking their
// variances for equal (Welch 1947).
func welch(a, b []float64, confidence float64) Difference {
	na, nb := float64(len(a)), float64(len(b))
	mean := stat.Mean(a, nil) - stat.Mean(b, nil)
	va, vb := sd(a)*sd(a)/na, sd(b)*sd(b)/nb
	df := (va + vb) * (va + vb) / (va*va/(na-1) + vb*vb/(nb-1))
	d := test(mean, math.Sqrt(va+vb), df, confidence)
	d.N = [2]int{len(a), len(b)}
	return d
}

// test tells a mean with the given standard error and degrees of freedom from
// zero.
func test(mean, se, df, confidence float64) Difference {
	d := Difference{Mean: mean, Interval: around(mean, se, df, confidence), P: math.NaN()}
	switch {
	case math.IsNaN(mean) || math.IsNaN(se):
	case se > 0:
		d.P = 2 * distuv.StudentsT{Sigma: 1, Nu: df}.CDF(-math.Abs(mean/se))
	case mean == 0:
		d.P = 1
	default:
		d.P = 0
	}
	return d
}

// Significant reports whether the interval excludes zero: whether the groups
// differ, at the confidence that it was made for.
func (d Difference) Significant() bool { return d.Interval.Low > 0 || d.Interval.High < 0 }

// String states the difference with what it rests on, such as
// "+0.0123 [+0.0040, +0.0206], p = 0.012, 5 paired replicates".
func (d Difference) String() string {
	n := fmt.Sprintf("%d and %d replicates", d.N[0], d.N[1])
	if d.Paired {
		n = fmt.Sprintf("%d paired replicates", d.N[0])
	}
	if math.IsNaN(d.P) {
		return fmt.Sprintf("%+.4g, of unknown significance: %s", d.Mean, n)
	}
	return fmt.Sprintf("%+.4g [%+.4g, %+.4g], p = %.2g, %s", d.Mean, d.Interval.Low, d.Interval.High, d.P, n)
}
