package evaluate

import (
	"math"

	"whorl/biometrics"
)

// A rounding maps scores to fewer ones: each to the lower edge of a bin of its
// log odds, or to a threshold between the two, so that decisions at thresholds
// stay exact. Without bins it leaves scores as they are.
type rounding struct {
	bins  *biometrics.Accumulator // only its edges are used
	cuts  []float64               // thresholds
	edges map[float32]float64     // scores of the bins' edges, computed once
}

func newRounding(bits int, thresholds []threshold) *rounding {
	r := &rounding{bins: biometrics.NewAccumulator(bits), edges: map[float32]float64{}}
	for _, th := range thresholds {
		r.cuts = append(r.cuts, th.value)
	}
	return r
}

// lowest is the score below which log odds are not told apart.
var lowest = sigmoid(-maxLogOdds)

// down rounds a score.
func (r *rounding) down(score float64) float64 {
	if r == nil {
		return score
	}
	var e float64 // 0 for the lowest scores
	if score > lowest {
		edge := r.bins.Edge(float32(clampedLogOdds(score)))
		if e = r.score(edge); e > score { // log odds or edge were rounded up
			e = min(score, r.score(r.bins.Edge(math.Nextafter32(edge, float32(math.Inf(-1))))))
		}
	}
	for _, cut := range r.cuts {
		if e < cut && cut <= score {
			e = cut
		}
	}
	return e
}

// above raises a threshold above all scores that are rounded to less than it.
func (r *rounding) above(threshold float64) float64 {
	if r == nil || !(threshold > 0 && threshold < 1) {
		return threshold
	}
	return max(threshold, r.score(r.bins.Above(float32(clampedLogOdds(threshold)))))
}

func (r *rounding) score(edge float32) float64 {
	e, ok := r.edges[edge]
	if !ok {
		e = sigmoid(float64(edge))
		r.edges[edge] = e
	}
	return e
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
