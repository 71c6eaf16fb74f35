package biometrics

import (
	"fmt"
	"math"
)

// LogLoss returns the mean negative log-likelihood of the truth, in nats,
// when scores are taken for the probability that a pair is genuine. As in
// scikit-learn, probabilities are first moved away from 0 and 1 by 2^-52. It
// fails if a score is outside of 0..1.
func (s *Scores) LogLoss() (float64, error) {
	const eps = 0x1p-52
	return s.meanLoss(func(p float64, genuine bool) float64 {
		p = min(max(p, eps), 1-eps)
		if genuine {
			return -math.Log(p)
		}
		return -math.Log1p(-p)
	})
}

// Brier returns the mean squared difference between the score, taken for the
// probability that a pair is genuine, and the truth (Brier, 1950, halved as
// usual for two classes). It fails if a score is outside of 0..1.
func (s *Scores) Brier() (float64, error) {
	return s.meanLoss(func(p float64, genuine bool) float64 {
		if genuine {
			p = 1 - p
		}
		return p * p
	})
}

// ECE returns the expected calibration error: pairs are put into bins of
// equal width by their score, and the distance between the mean score and the
// share of genuine pairs of a bin is averaged over the pairs (Naeini, Cooper
// and Hauskrecht, 2015). It fails if a score is outside of 0..1 or if bins
// is 0.
func (s *Scores) ECE(bins int) (float64, error) {
	if bins < 1 {
		return 0, fmt.Errorf("%d bins", bins)
	}
	if err := s.checkProbabilities(); err != nil {
		return 0, err
	}
	score := make([]float64, bins) // sum over the pairs of the bin
	genuine := make([]int, bins)
	for i, p := range s.value {
		b := min(int(p*float64(bins)), bins-1)
		score[b] += float64(p * float64(s.genuine[i]+s.impostor[i])) // conversion: no fused multiply-add
		genuine[b] += s.genuine[i]
	}
	var sum float64
	for b := range bins {
		sum += math.Abs(score[b] - float64(genuine[b]))
	}
	return sum / float64(s.genuines+s.impostors), nil
}

// meanLoss returns the mean over all pairs of a loss of probability and truth.
func (s *Scores) meanLoss(loss func(p float64, genuine bool) float64) (float64, error) {
	if err := s.checkProbabilities(); err != nil {
		return 0, err
	}
	var sum float64
	for i, p := range s.value {
		if n := s.genuine[i]; n > 0 {
			sum += float64(float64(n) * loss(p, true))
		}
		if n := s.impostor[i]; n > 0 {
			sum += float64(float64(n) * loss(p, false))
		}
	}
	return sum / float64(s.genuines+s.impostors), nil
}

func (s *Scores) checkProbabilities() error {
	for _, p := range []float64{s.value[0], s.value[len(s.value)-1]} {
		if p < 0 || p > 1 {
			return fmt.Errorf("score %v is not a probability: outside of 0..1", p)
		}
	}
	return nil
}
