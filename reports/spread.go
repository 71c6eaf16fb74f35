package reports

import (
	"math"
	"slices"
)

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// median is the middle value, or the mean of the two middle ones.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// A spread is what replicates made of a metric.
type spread struct {
	N                int
	Median, Min, Max float64 // NaN if N is 0
}

func spreadOf(trials []*trial, m metric) spread {
	var values []float64
	for _, t := range trials {
		if v, ok := t.metrics[m.Key]; ok && finite(v) {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return spread{Median: math.NaN(), Min: math.NaN(), Max: math.NaN()}
	}
	return spread{len(values), median(values), slices.Min(values), slices.Max(values)}
}
