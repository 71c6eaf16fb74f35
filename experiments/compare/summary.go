package compare

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"whorl/biometrics"
)

// A Summary is what replicates made of a metric.
type Summary struct {
	N                      int // replicates that measured it
	Mean, Median, Min, Max float64
	SD                     float64             // of the replicates, with N-1; NaN if N < 2
	Interval               biometrics.Interval // of the mean, by Student's t; NaN if N < 2
}

// Summarize describes a metric ("stage.name") over the group's replicates. All
// figures are NaN if none measured it.
func (g Group) Summarize(metric string, confidence float64) Summary {
	var values []float64
	for _, o := range g.observations(metric) {
		values = append(values, o.value)
	}
	s := Summary{N: len(values), Min: math.NaN(), Max: math.NaN(), Median: math.NaN(), Mean: math.NaN()}
	if s.N > 0 {
		slices.Sort(values)
		s.Min, s.Max = values[0], values[s.N-1]
		s.Median = (values[(s.N-1)/2] + values[s.N/2]) / 2
		s.Mean = stat.Mean(values, nil)
	}
	s.SD = sd(values)
	s.Interval = around(s.Mean, s.SD/math.Sqrt(float64(s.N)), float64(s.N-1), confidence)
	return s
}

// sd is the standard deviation of a sample, NaN if it has fewer than two.
func sd(values []float64) float64 {
	if len(values) < 2 {
		return math.NaN()
	}
	return stat.StdDev(values, nil)
}

// around is the two-sided confidence interval of a mean with the given
// standard error and degrees of freedom.
func around(mean, se, df, confidence float64) biometrics.Interval {
	if math.IsNaN(mean) || math.IsNaN(se) {
		return biometrics.Interval{Low: math.NaN(), High: math.NaN()}
	}
	if se == 0 {
		return biometrics.Interval{Low: mean, High: mean}
	}
	half := se * distuv.StudentsT{Sigma: 1, Nu: df}.Quantile((1+confidence)/2)
	return biometrics.Interval{Low: mean - half, High: mean + half}
}
