package biometrics

import "fmt"

// Subjects counts the scores of all pairs of an experiment and, less finely,
// those of each person, so that every person can be left out (the jackknife) of
// experiments whose scores are too many to keep.
type Subjects struct {
	total *Accumulator
	of    []*Accumulator // pairs of each person with all others
}

// NewSubjects returns empty counts for people 0 to n-1.
func NewSubjects(n int) *Subjects {
	s := &Subjects{total: NewAccumulator(FineBits), of: make([]*Accumulator, n)}
	for i := range s.of {
		s.of[i] = NewAccumulator(CoarseBits)
	}
	return s
}

// Add counts the score of a pair of prints of the given people.
func (s *Subjects) Add(score float32, genuine bool, probe, gallery int) {
	s.total.Add(score, genuine)
	s.of[probe].Add(score, genuine)
	if gallery != probe {
		s.of[gallery].Add(score, genuine)
	}
}

// Merge adds the counts of t, of the same number of people.
func (s *Subjects) Merge(t *Subjects) {
	if len(s.of) != len(t.of) {
		panic("biometrics: Subjects.Merge: different numbers of people")
	}
	s.total.Merge(t.total)
	for i, a := range t.of {
		s.of[i].Merge(a)
	}
}

// Len returns the number of people.
func (s *Subjects) Len() int { return len(s.of) }

// Total returns the counts of all pairs.
func (s *Subjects) Total() *Accumulator { return s.total }

// Of returns the counts of the pairs that person i is part of.
func (s *Subjects) Of(i int) *Accumulator { return s.of[i] }

// Jackknife returns a figure of all pairs and, for each person, of the pairs
// without that person. All are measured at the resolution CoarseBits,
// so that they differ only by the person. It fails if no pair is left.
func (s *Subjects) Jackknife(figure Figure) (all float64, without []float64, err error) {
	coarse := s.total.Coarse(CoarseBits)
	scores, err := coarse.Scores()
	if err != nil {
		return 0, nil, err
	}
	without = make([]float64, len(s.of))
	for i, a := range s.of {
		coarse.Remove(a)
		rest, err := coarse.Scores()
		if err != nil {
			return 0, nil, fmt.Errorf("without person %d: %w", i, err)
		}
		without[i] = figure(rest)
		coarse.Merge(a)
	}
	return figure(scores), without, nil
}
