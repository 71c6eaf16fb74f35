package compare

import (
	"math"
	"slices"
)

// Holm adjusts the p-values of several comparisons, so that the chance of
// calling any true equality a difference stays what it would be for one (Holm
// 1979). NaNs stay NaN and do not count.
func Holm(p []float64) []float64 {
	adjusted := slices.Clone(p)
	var order []int // of the p-values, ascending
	for i, v := range p {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case p[i] < p[j]:
			return -1
		case p[i] > p[j]:
			return 1
		}
		return 0
	})
	least := 0.0
	for rank, i := range order {
		least = max(least, min(1, p[i]*float64(len(order)-rank)))
		adjusted[i] = least
	}
	return adjusted
}
