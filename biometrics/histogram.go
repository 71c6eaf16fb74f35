package biometrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// A Histogram counts the scores of each class in bins of equal width.
type Histogram struct {
	Edges             []float64 // one more than bins, ascending
	Genuine, Impostor []int     // pairs whose score is in [Edges[i], Edges[i+1]); the last bin holds its upper edge too
}

// Histogram counts the scores in so many bins of equal width from low to
// high. It fails if a score lies outside, or if bins is 0.
func (s *Scores) Histogram(bins int, low, high float64) (Histogram, error) {
	if bins < 1 || !(low < high) {
		return Histogram{}, fmt.Errorf("a histogram of %d bins from %v to %v", bins, low, high)
	}
	if first, last := s.value[0], s.value[len(s.value)-1]; first < low || last > high {
		return Histogram{}, fmt.Errorf("scores from %v to %v do not fit a histogram from %v to %v", first, last, low, high)
	}
	edges := floats.Span(make([]float64, bins+1), low, high)
	dividers := append([]float64(nil), edges...)
	dividers[bins] = math.Nextafter(high, math.Inf(1)) // stat.Histogram excludes the upper edge
	count := func(weight []int) []int {
		w := make([]float64, len(weight))
		for i, n := range weight {
			w[i] = float64(n)
		}
		counts := make([]int, bins)
		for i, n := range stat.Histogram(nil, dividers, s.value, w) {
			counts[i] = int(n)
		}
		return counts
	}
	return Histogram{edges, count(s.genuine), count(s.impostor)}, nil
}
