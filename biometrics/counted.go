package biometrics

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// A Count says how many pairs of each class have a score.
type Count struct{ Genuine, Impostor int }

// Counted returns the scores of pairs that are counted already, by score. It
// fails if there is no pair, or if a score is NaN or infinite.
func Counted(counts map[float64]Count) (*Scores, error) {
	values := make([]float64, 0, len(counts))
	for v, c := range counts {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%d scores are %v, not a finite number", c.Genuine+c.Impostor, v)
		}
		if c != (Count{}) {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return nil, errors.New("no scores")
	}
	slices.Sort(values)
	s := &Scores{value: values}
	for _, v := range values {
		c := counts[v]
		s.genuine, s.impostor = append(s.genuine, c.Genuine), append(s.impostor, c.Impostor)
		s.genuines += c.Genuine
		s.impostors += c.Impostor
	}
	return s, nil
}

// Map returns what a function makes of the scores. It fails if it makes NaN or
// an infinity of one.
func (s *Scores) Map(f func(score float64) float64) (*Scores, error) {
	counts := make(map[float64]Count, len(s.value))
	for i, v := range s.value {
		to := f(v) + 0 // -0 becomes 0
		c := counts[to]
		c.Genuine += s.genuine[i]
		c.Impostor += s.impostor[i]
		counts[to] = c
	}
	return Counted(counts)
}
