package compare

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"whorl/biometrics"
)

// A Source is a source of variance: values of a metric from runs that differ in
// the seed of this source alone, such as the split of the data, augmentation or
// initial weights. Runs that share all other seeds are a group.
type Source struct {
	Name   string
	Groups [][]float64
}

// A Component is how much of the spread of a metric a source brings.
type Component struct {
	Name  string
	Runs  int
	DF    int
	SD    float64             // standard deviation
	SDs   biometrics.Interval // of the standard deviation, by chi squared: for values that are about normal
	Share float64             // of the sum of the sources' variances
}

// Components estimates the variance that each source brings, varied alone and
// pooled over its groups (Bouthillier et al., Accounting for variance in machine
// learning benchmarks, MLSys 2021). Sources may interact, so the sum of the
// variances is not that of all seeds varied together. It fails if a source has
// no group of two runs.
func Components(sources []Source, confidence float64) ([]Component, error) {
	if !(confidence > 0 && confidence < 1) {
		return nil, fmt.Errorf("compare: confidence %v is outside of 0..1", confidence)
	}
	out := make([]Component, len(sources))
	var sum float64
	for i, s := range sources {
		c := Component{Name: s.Name}
		var squares float64
		for _, group := range s.Groups {
			c.Runs += len(group)
			if n := len(group); n > 1 {
				squares += stat.Variance(group, nil) * float64(n-1)
				c.DF += n - 1
			}
		}
		if c.DF == 0 {
			return nil, fmt.Errorf("compare: no two runs differ in the seed of %s alone", s.Name)
		}
		v := variance{squares / float64(c.DF), float64(c.DF)}
		chi := distuv.ChiSquared{K: v.df}
		tail := (1 - confidence) / 2
		c.SD = math.Sqrt(v.value)
		c.SDs = biometrics.Interval{
			Low:  math.Sqrt(squares / chi.Quantile(1-tail)),
			High: math.Sqrt(squares / chi.Quantile(tail)),
		}
		sum += v.value
		out[i] = c
	}
	for i := range out {
		if sum == 0 {
			break
		}
		out[i].Share = out[i].SD * out[i].SD / sum
	}
	return out, nil
}
