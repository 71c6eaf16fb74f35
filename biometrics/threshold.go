package biometrics

import "math"

// AtFMR returns the lowest threshold at which the false match rate is at most
// the given one: just above the highest of the scores whose impostors would
// make the rate exceed it. With fewer than 1/fmr impostor pairs it lies just
// above the highest impostor, and does not measure rates so low. It is NaN
// without impostors, and -Inf for a rate of 1 or more.
func (s *Scores) AtFMR(fmr float64) float64 {
	if s.impostors == 0 {
		return math.NaN()
	}
	const rounding = 1e-9 // of the product, so that 1% of 700 pairs is 7
	allowed := int(math.Floor(fmr*float64(s.impostors) + rounding))
	for i, fp := len(s.value)-1, 0; i >= 0; i-- {
		if fp += s.impostor[i]; fp > allowed {
			return math.Nextafter(s.value[i], math.Inf(1))
		}
	}
	return math.Inf(-1)
}
