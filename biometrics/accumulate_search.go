package biometrics

import (
	"fmt"
	"math"
	"slices"
)

// Searches accumulates identification searches, in which every probe is
// compared with a whole gallery, without keeping their scores. Each probe has
// one mate, whose score is known before.
type Searches struct {
	mate   []float32 // score of each probe with its mate
	better []int     // other gallery images that score at least as high
	best   []float32 // highest score of another gallery image
}

// NewSearches returns searches with the scores of the mates only.
func NewSearches(mate []float32) *Searches {
	s := &Searches{mate: mate, better: make([]int, len(mate)), best: make([]float32, len(mate))}
	for i := range s.best {
		s.best[i] = float32(math.Inf(-1))
	}
	return s
}

// Add takes the scores of a probe with some of the gallery. skip is the place
// of the mate among them, or negative if it is elsewhere.
func (s *Searches) Add(probe int, scores []float32, skip int) {
	mate, better, best := s.mate[probe], 0, s.best[probe]
	for i, v := range scores {
		if i == skip {
			continue
		}
		if !(v < mate) {
			better++
		}
		best = max(best, v)
	}
	s.better[probe] += better
	s.best[probe] = best
}

// Merge adds the comparisons of t, of the same probes.
func (s *Searches) Merge(t *Searches) {
	if len(s.mate) != len(t.mate) {
		panic("biometrics: Searches.Merge: different probes")
	}
	for i := range s.mate {
		s.better[i] += t.better[i]
		s.best[i] = max(s.best[i], t.best[i])
	}
}

// Ranks returns the rank of each probe's mate: 1 if no other gallery image
// scores as high.
func (s *Searches) Ranks() []int {
	ranks := make([]int, len(s.better))
	for i, n := range s.better {
		ranks[i] = n + 1
	}
	return ranks
}

// A DIR is the detection and identification rate of open-set identification
// (ISO/IEC 19795-1; Phillips, Grother, Micheals: Handbook of face recognition,
// 2011, chapter 21): the share of searches whose mate comes at Rank or better
// and scores at least the threshold.
type DIR struct {
	Rank      int
	FAR       float64 // share of searches without a mate in which any gallery image reaches the threshold
	Threshold float64 // the lowest score at which FAR is at most the requested one
	Rate      float64
}

// DIR returns the rate at a false alarm rate of at most far. Searches without
// a mate are the same ones with the mate left out of the gallery. It fails
// unless there are searches, 0 <= far < 1 and rank > 0.
func (s *Searches) DIR(far float64, rank int) (DIR, error) {
	n := len(s.mate)
	if n == 0 || !(far >= 0 && far < 1) || rank < 1 {
		return DIR{}, fmt.Errorf("no DIR of %d searches at rank %d and a FAR of %v", n, rank, far)
	}
	best := slices.Clone(s.best)
	slices.Sort(best)
	// The highest score that would be one false alarm too many.
	limit := best[n-1-int(math.Floor(far*float64(n)))]
	threshold := math.Nextafter32(limit, float32(math.Inf(1)))
	alarms, found := 0, 0
	for i := range s.mate {
		if s.best[i] >= threshold {
			alarms++
		}
		if s.mate[i] >= threshold && s.better[i] < rank {
			found++
		}
	}
	return DIR{Rank: rank, FAR: ratio(alarms, n), Threshold: float64(threshold), Rate: ratio(found, n)}, nil
}
