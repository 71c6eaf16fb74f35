package biometrics

import "math"

// AUC returns the area under the ROC curve: the probability that a genuine
// pair scores higher than an impostor pair, where equal scores count one
// half. It is counted as the Mann-Whitney statistic in whole numbers and
// divided once, so that it is exact to the last bit. It is NaN unless there
// are both genuine and impostor pairs.
func (s *Scores) AUC() float64 {
	if s.genuines == 0 || s.impostors == 0 {
		return math.NaN()
	}
	var below, twice int // impostors below the score; twice the statistic
	for i := range s.value {
		twice += s.genuine[i] * (2*below + s.impostor[i])
		below += s.impostor[i]
	}
	return float64(twice) / 2 / (float64(s.genuines) * float64(s.impostors))
}

// AveragePrecision returns the sum over the operating points, by falling
// threshold, of the precision weighted by the rise in recall; without
// interpolation, as scikit-learn's average_precision_score. It is NaN if no
// pair is genuine.
func (s *Scores) AveragePrecision() float64 {
	if s.genuines == 0 {
		return math.NaN()
	}
	var sum float64
	var c Confusion
	for i := len(s.value) - 1; i >= 0; i-- {
		c.TP += s.genuine[i]
		c.FP += s.impostor[i]
		sum += float64(float64(s.genuine[i]) * c.Precision()) // conversion: no fused multiply-add
	}
	return sum / float64(s.genuines)
}
