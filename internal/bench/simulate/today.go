package main

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"whorl/experiments/compare"
)

// today reports whether the test that reports made before calls any of equal
// configurations different: Student's paired t-test of each against the best by
// median, p-values adjusted after Holm.
func today(d *compare.Design) bool {
	best := 0
	for c := range d.Value {
		if median(d.Value[c]) < median(d.Value[best]) {
			best = c
		}
	}
	least := 1.0
	for c := range d.Value {
		if c != best {
			least = min(least, paired(d.Value[c], d.Value[best]))
		}
	}
	return least*float64(len(d.Value)-1) < 1-confidence
}

// todayPair reports whether it tells configuration x from y, x being the best.
func todayPair(d *compare.Design, x, y int, larger bool) bool {
	sign := 1.0
	if larger {
		sign = -1
	}
	for c := range d.Value {
		if sign*median(d.Value[c]) < sign*median(d.Value[x]) {
			return false
		}
	}
	return paired(d.Value[x], d.Value[y])*float64(len(d.Value)-1) < 1-confidence
}

// paired is the two-sided p-value of Student's paired t-test, 1 if all pairs
// differ by the same.
func paired(a, b []float64) float64 {
	differences := make([]float64, len(a))
	for i := range a {
		differences[i] = a[i] - b[i]
	}
	mean, sd := stat.MeanStdDev(differences, nil)
	if !(sd > 0) {
		return 1
	}
	n := float64(len(a))
	return 2 * distuv.StudentsT{Sigma: 1, Nu: n - 1}.CDF(-math.Abs(mean)/sd*math.Sqrt(n))
}

func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
