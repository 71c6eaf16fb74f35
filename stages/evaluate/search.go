package evaluate

import (
	"context"
	"fmt"
	"slices"

	"whorl/biometrics"
	"whorl/stages/internal/dataset"
)

// A proportion is k of n.
type proportion struct{ k, n int }

func (p proportion) value() float64 { return float64(p.k) / float64(p.n) }

// A search is what came of searching the gallery for probes. Equal scores
// count as better than the mate's.
type search struct {
	size   int   // of the gallery
	probes []int // rows of the probes
	ranks  []int // of each probe's mate, from 1

	// With pairs all, for each probe: the mate's score, and the highest score
	// of another person's print, which is what a search finds where the
	// probe's person is not enrolled.
	mates, strangers []float64
}

func newSearch(size int) *search { return &search{size: size} }

// add takes the search of a probe: its comparisons, without those of other
// fingers of the same person, and the scores of the whole gallery.
func (s *search) add(probe int, pairs []comparison, gallery []float64) error {
	mate, stranger, found := 0.0, 0.0, false
	for _, c := range pairs {
		if c.genuine {
			mate, found = c.score, true
		} else {
			stranger = max(stranger, c.score)
		}
	}
	if !found {
		return fmt.Errorf("probe row %d: the gallery has no image of its finger", probe)
	}
	rank := 0 // the mate counts itself
	for _, score := range gallery {
		if score >= mate {
			rank++
		}
	}
	s.probes, s.ranks = append(s.probes, probe), append(s.ranks, rank)
	s.mates, s.strangers = append(s.mates, mate), append(s.strangers, stranger)
	return nil
}

// within is the share of searches whose mate came at the rank or better.
func (s *search) within(rank int) proportion {
	k := 0
	for _, r := range s.ranks {
		if r <= rank {
			k++
		}
	}
	return proportion{k, len(s.ranks)}
}

// cmc is the cumulative match characteristic.
func (s *search) cmc() ([]float64, error) { return biometrics.CMC(s.ranks, s.size) }

// falsePositives is the share of searches, by probes whose person is not
// enrolled, that return anything at the threshold: the false positive
// identification rate (ISO/IEC 19795-1).
func (s *search) falsePositives(threshold float64) proportion {
	k := 0
	for _, score := range s.strangers {
		if score >= threshold {
			k++
		}
	}
	return proportion{k, len(s.strangers)}
}

// detected is the share of searches that return the mate, first, at the
// threshold: the detection and identification rate at rank 1.
func (s *search) detected(threshold float64) proportion {
	k := 0
	for i, score := range s.mates {
		if score >= threshold && s.ranks[i] == 1 {
			k++
		}
	}
	return proportion{k, len(s.mates)}
}

// thresholdAt is the lowest threshold at which the false positive
// identification rate is at most the given one.
func (s *search) thresholdAt(rate float64) (float64, error) {
	scores, err := biometrics.New(s.strangers, make([]bool, len(s.strangers)))
	if err != nil {
		return 0, err
	}
	return scores.AtFMR(rate), nil
}

// searchesOf is how many of n probes are searched for.
func searchesOf(p Params, n int) int {
	if p.RankProbes == 0 || p.RankProbes > n {
		return n
	}
	return p.RankProbes
}

// searchSample searches the test side's whole gallery for n of its probes,
// whose mates are those of the genuine pairs.
func (d *data) searchSample(ctx context.Context, n int, pairs []comparison, network scorer, report func(done int)) (*search, error) {
	drawn := dataset.Draw(d.seed, "evaluate rank", d.test.Probes, n)
	var probes, rows, mates []int
	for _, c := range pairs {
		if _, ok := slices.BinarySearch(drawn, int(c.probe)); ok && c.genuine {
			k, _ := slices.BinarySearch(d.test.Probes, int(c.probe))
			probes = append(probes, int(c.probe))
			rows, mates = append(rows, d.test.rows[k]), append(mates, int(c.gallery))
		}
	}
	s := newSearch(len(d.test.Gallery))
	s.probes = probes
	var err error
	s.ranks, err = network.Ranks(ctx, d.test.images, rows, d.Gallery, d.test.Gallery, mates, func(done int) { report(done / len(d.test.Gallery)) })
	if err != nil {
		return nil, fmt.Errorf("search the gallery: %w", err)
	}
	if len(s.ranks) != len(rows) {
		return nil, fmt.Errorf("search the gallery: the network gave %d ranks for %d probes", len(s.ranks), len(rows))
	}
	return s, nil
}
