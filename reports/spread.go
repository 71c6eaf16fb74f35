package reports

import (
	"math"
	"slices"
)

// confidence of the intervals that a report gives.
const confidence = 0.95

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// median is the middle value, or the mean of the two middle ones.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// extent is the range of some values, leaving out those that are not finite.
// It is empty, with Min above Max, if there are none.
type extent struct{ Min, Max float64 }

func extentOf(values []float64) extent {
	e := extent{math.Inf(1), math.Inf(-1)}
	for _, v := range values {
		if finite(v) {
			e.Min, e.Max = min(e.Min, v), max(e.Max, v)
		}
	}
	return e
}

// valuesOf are a metric's values over the trials that measured it.
func valuesOf(trials []*trial, m metric) []float64 {
	var values []float64
	for _, t := range trials {
		if v, ok := t.metrics[m.Key]; ok {
			values = append(values, v)
		}
	}
	return values
}

// with is the extent that also holds the values.
func (e extent) with(values []float64) extent {
	o := extentOf(values)
	return extent{min(e.Min, o.Min), max(e.Max, o.Max)}
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}
