package biometrics

import "sort"

// An Isotonic turns a score into the probability that the pair is genuine by a
// function that never falls: Probability at the given Scores, which ascend,
// linear between them and constant beyond.
type Isotonic struct {
	Scores        []float64 `json:"scores"`
	Probabilities []float64 `json:"probabilities"`
}

// FitIsotonic fits the probability by least squares among all functions that
// never fall, by pooling adjacent violators (Ayer et al., 1955; Zadrozny and
// Elkan, "Transforming classifier scores into accurate multiclass probability
// estimates", KDD 2002). Of a run of equal probabilities only the ends are
// kept.
func FitIsotonic(s *Scores) Isotonic {
	type block struct {
		low, high     int // indices of the scores
		genuine, size int
	}
	var blocks []block
	for i := range s.value {
		b := block{i, i, s.genuine[i], s.genuine[i] + s.impostor[i]}
		for len(blocks) > 0 {
			last := blocks[len(blocks)-1]
			if last.genuine*b.size < b.genuine*last.size { // in whole numbers, so exact
				break
			}
			b = block{last.low, b.high, last.genuine + b.genuine, last.size + b.size}
			blocks = blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	var f Isotonic
	for _, b := range blocks {
		p := float64(b.genuine) / float64(b.size)
		f.Scores, f.Probabilities = append(f.Scores, s.value[b.low]), append(f.Probabilities, p)
		if b.high > b.low {
			f.Scores, f.Probabilities = append(f.Scores, s.value[b.high]), append(f.Probabilities, p)
		}
	}
	return f
}

// Probability returns the probability at a score.
func (f Isotonic) Probability(score float64) float64 {
	i := sort.SearchFloat64s(f.Scores, score)
	switch {
	case i == len(f.Scores):
		return f.Probabilities[i-1]
	case i == 0 || f.Scores[i] == score:
		return f.Probabilities[i]
	}
	t := (score - f.Scores[i-1]) / (f.Scores[i] - f.Scores[i-1])
	low, high := f.Probabilities[i-1], f.Probabilities[i]
	return min(high, low+float64(t*(high-low))) // never falls, in spite of rounding
}
