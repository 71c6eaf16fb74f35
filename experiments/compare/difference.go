package compare

import (
	"fmt"
	"math"

	"whorl/biometrics"
)

// A Difference is how much larger a metric is in one group than in another.
//
// The interval and P rest on the spread of the replicates. Where that is
// unknown, with fewer than two of them in a group, or none, the values of each
// group being all the same, no test can be made: both are NaN, and SE tells
// which it is.
type Difference struct {
	Metric   string
	Mean     float64             // of the first group's less the second's
	SE       float64             // standard error of Mean: 0 without spread, NaN with too few replicates
	Interval biometrics.Interval // of Mean
	P        float64             // two-sided: the probability of as large a difference if the true one is 0
	Paired   bool                // by seed
	N        [2]int              // replicates that it rests on, in each group
}

// Compare compares a metric ("stage.name") between two groups of replicates:
// by Student's paired t-test over the seeds that both have, if there are two
// or more, else by Welch's t-test. Pairs that all differ by the same amount,
// as happens with metrics that take few values, do not show their spread; for
// them too Welch's test is used, which treats all variation between seeds as
// noise and so is conservative.
func Compare(a, b Group, metric string, confidence float64) Difference {
	as, bs := a.observations(metric), b.observations(metric)
	d := Difference{Metric: metric, N: [2]int{len(as), len(bs)}}
	e := ofTwo(values(as), values(bs))
	pairedA, pairedB := sameSeeds(as, bs)
	if n := len(pairedA); n > 1 {
		if pairs := ofPairs(pairedA, pairedB); pairs.se > 0 {
			e, d.Paired, d.N = pairs, true, [2]int{n, n}
		}
	}
	d.Mean, d.SE, d.P, d.Interval = e.mean, e.se, e.p, e.interval(confidence)
	return d
}

// sameSeeds returns the values of the seeds that both have, in the order of as.
func sameSeeds(as, bs []observation) (a, b []float64) {
	bySeed := make(map[uint64]float64, len(bs))
	for _, o := range bs {
		bySeed[o.seed] = o.value
	}
	for _, o := range as {
		if v, ok := bySeed[o.seed]; ok {
			a, b = append(a, o.value), append(b, v)
		}
	}
	return a, b
}

func values(all []observation) []float64 {
	vs := make([]float64, len(all))
	for i, o := range all {
		vs[i] = o.value
	}
	return vs
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
	switch {
	case d.SE == 0:
		return fmt.Sprintf("%+.4g without spread: %s", d.Mean, n)
	case math.IsNaN(d.P):
		return fmt.Sprintf("%+.4g, of unknown significance: %s", d.Mean, n)
	}
	return fmt.Sprintf("%+.4g [%+.4g, %+.4g], p = %.2g, %s", d.Mean, d.Interval.Low, d.Interval.High, d.P, n)
}
