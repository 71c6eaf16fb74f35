package compare

import (
	"math"
	"slices"

	"whorl/biometrics"
)

// A Summary is what replicates made of a metric.
type Summary struct {
	N                      int // replicates that measured it
	Mean, Median, Min, Max float64
	SD                     float64             // of the replicates, with N-1; NaN if N < 2
	Interval               biometrics.Interval // of the mean, by Student's t; NaN if SD is 0 or NaN
}

// Summarize describes a metric ("stage.name") over the group's replicates. All
// figures are NaN if none measured it.
func (g Group) Summarize(metric string, confidence float64) Summary {
	sample := slices.Sorted(slices.Values(values(g.observations(metric))))
	s := Summary{N: len(sample), Min: math.NaN(), Max: math.NaN(), Median: math.NaN()}
	if s.N > 0 {
		s.Min, s.Max = sample[0], sample[s.N-1]
		s.Median = (sample[(s.N-1)/2] + sample[s.N/2]) / 2
	}
	e := ofMean(sample)
	s.Mean, s.SD, s.Interval = e.mean, e.se*math.Sqrt(float64(s.N)), e.interval(confidence)
	return s
}
