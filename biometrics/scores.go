package biometrics

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Scores are the comparison scores of a verification experiment, sorted and
// counted: every figure is computed from them without another sort.
type Scores struct {
	value    []float64 // the distinct scores, ascending
	genuine  []int     // genuine pairs with that score
	impostor []int     // impostor pairs with that score

	genuines, impostors int // of all
}

// New takes the score of each pair and whether the pair is genuine. The
// slices are not kept. It fails without scores, if the lengths differ, or if a
// score is NaN or infinite.
func New(score []float64, genuine []bool) (*Scores, error) {
	if len(score) != len(genuine) {
		return nil, fmt.Errorf("%d scores but %d labels", len(score), len(genuine))
	}
	if len(score) == 0 {
		return nil, errors.New("no scores")
	}
	order := make([]int, len(score))
	for i, v := range score {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("score %d is %v, not a finite number", i, v)
		}
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case score[a] < score[b]:
			return -1
		case score[a] > score[b]:
			return 1
		}
		return 0
	})
	s := new(Scores)
	for _, i := range order {
		last := len(s.value) - 1
		if last < 0 || s.value[last] != score[i] {
			s.value = append(s.value, score[i]+0) // -0 becomes 0
			s.genuine = append(s.genuine, 0)
			s.impostor = append(s.impostor, 0)
			last++
		}
		if genuine[i] {
			s.genuine[last]++
			s.genuines++
		} else {
			s.impostor[last]++
			s.impostors++
		}
	}
	return s, nil
}

// Genuines returns the number of genuine pairs.
func (s *Scores) Genuines() int { return s.genuines }

// Impostors returns the number of impostor pairs.
func (s *Scores) Impostors() int { return s.impostors }

// ratio is a/b, and NaN when b is 0.
func ratio(a, b int) float64 {
	if b == 0 {
		return math.NaN()
	}
	return float64(a) / float64(b)
}
