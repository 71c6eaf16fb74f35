package biometrics

import "fmt"

// CMC returns the cumulative match characteristic of identification searches
// in a gallery: element k-1 is the share of searches whose mate came at rank
// k or better, for k from 1 to size. Ranks count from 1. It fails
// without ranks, or if one is outside of 1..size.
func CMC(ranks []int, size int) ([]float64, error) {
	if len(ranks) == 0 {
		return nil, fmt.Errorf("no ranks")
	}
	if size < 1 {
		return nil, fmt.Errorf("a gallery of %d", size)
	}
	at := make([]int, size)
	for i, r := range ranks {
		if r < 1 || r > size {
			return nil, fmt.Errorf("rank %d of search %d is outside of 1..%d", r, i, size)
		}
		at[r-1]++
	}
	curve := make([]float64, size)
	var found int
	for k, n := range at {
		found += n
		curve[k] = ratio(found, len(ranks))
	}
	return curve, nil
}
