package biometrics

import "fmt"

// A ReliabilityBin compares the scores of a bin, taken for probabilities, with
// the truth: of calibrated scores Mean and Genuine are about equal.
type ReliabilityBin struct {
	Low     float64 `json:"low"` // edges of the bin
	High    float64 `json:"high"`
	Pairs   int     `json:"pairs"`
	Mean    float64 `json:"mean"`    // of the scores
	Genuine float64 `json:"genuine"` // share of genuine pairs
}

// Reliability returns the reliability curve in so many bins of equal width,
// leaving out empty ones: those over which [Scores.ECE] averages. It fails as
// ECE does.
func (s *Scores) Reliability(bins int) ([]ReliabilityBin, error) {
	if bins < 1 {
		return nil, fmt.Errorf("%d bins", bins)
	}
	if err := s.checkProbabilities(); err != nil {
		return nil, err
	}
	sum, genuine, pairs := make([]float64, bins), make([]int, bins), make([]int, bins)
	for i, p := range s.value {
		b := min(int(p*float64(bins)), bins-1)
		n := s.genuine[i] + s.impostor[i]
		sum[b] += float64(p * float64(n))
		genuine[b] += s.genuine[i]
		pairs[b] += n
	}
	var curve []ReliabilityBin
	for b, n := range pairs {
		if n == 0 {
			continue
		}
		curve = append(curve, ReliabilityBin{
			Low: float64(b) / float64(bins), High: float64(b+1) / float64(bins), Pairs: n,
			Mean: sum[b] / float64(n), Genuine: float64(genuine[b]) / float64(n),
		})
	}
	return curve, nil
}
