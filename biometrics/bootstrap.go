package biometrics

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// A Bootstrap finds confidence intervals by resampling (Efron, 1979): the
// percentile interval of a figure over resamples of the data. Resample r
// depends on the seed and r alone.
//
// Pairs that share a print are not independent, so whole clusters of pairs
// are drawn: an argument named cluster gives each pair's, for instance its
// probe or subject, and nil says that each pair is one. Resamples in which
// the figure is undefined do not count.
type Bootstrap struct {
	Seed       uint64
	Replicates int     // 1000 is a usual number
	Confidence float64 // such as 0.95
}

// A Figure is what is measured of scores, such as
//
//	(*biometrics.Scores).AUC
//	func(s *biometrics.Scores) float64 { rate, _ := s.EER(); return rate }
type Figure func(*Scores) float64

// Interval returns the confidence interval of a figure. It fails if the
// scores are unfit for [New] or the figure is undefined on all of them.
func (b Bootstrap) Interval(score []float64, genuine []bool, cluster []int, figure Figure) (Interval, error) {
	ci, err := b.Intervals(score, genuine, cluster, figure)
	if err != nil {
		return Interval{}, err
	}
	return ci[0], nil
}

// Intervals returns the confidence interval of each figure, as Interval does
// of one, from the same resamples: they take most of the time.
func (b Bootstrap) Intervals(score []float64, genuine []bool, cluster []int, figures ...Figure) ([]Interval, error) {
	s, err := newResampler(score, genuine, cluster)
	if err != nil {
		return nil, err
	}
	for _, figure := range figures {
		if math.IsNaN(figure(s.all)) {
			return nil, errors.New("the figure is undefined on these scores")
		}
	}
	return b.intervals(len(s.clusters), len(figures), func(draws []int, measured []float64) {
		r := s.resample(draws)
		for i, figure := range figures {
			measured[i] = figure(r)
		}
	})
}

// Difference returns the confidence interval of the first system's figure
// less the second's, where both scored the same pairs and each resample draws
// the same pairs of both. It fails as Interval does.
func (b Bootstrap) Difference(first, second []float64, genuine []bool, cluster []int, figure Figure) (Interval, error) {
	f, err := newResampler(first, genuine, cluster)
	if err != nil {
		return Interval{}, fmt.Errorf("first system: %w", err)
	}
	s, err := newResampler(second, genuine, cluster)
	if err != nil {
		return Interval{}, fmt.Errorf("second system: %w", err)
	}
	if math.IsNaN(figure(f.all) - figure(s.all)) {
		return Interval{}, errors.New("the figure is undefined on these scores")
	}
	ci, err := b.intervals(len(f.clusters), 1, func(draws []int, measured []float64) {
		measured[0] = figure(f.resample(draws)) - figure(s.resample(draws))
	})
	if err != nil {
		return Interval{}, err
	}
	return ci[0], nil
}

// intervals returns the percentile intervals of so many figures, which measure
// finds of the clusters that a resample draws, of n with replacement.
func (b Bootstrap) intervals(n, figures int, measure func(draws []int, measured []float64)) ([]Interval, error) {
	if b.Replicates < 1 {
		return nil, fmt.Errorf("%d bootstrap replicates", b.Replicates)
	}
	if err := checkConfidence(b.Confidence); err != nil {
		return nil, err
	}
	defined := make([][]float64, figures) // values of each figure that are not NaN
	measured := make([]float64, figures)
	draws := make([]int, n)
	for r := range b.Replicates {
		rng := rand.New(rand.NewPCG(b.Seed, uint64(r)))
		for i := range draws {
			draws[i] = rng.IntN(n)
		}
		measure(draws, measured)
		for i, m := range measured {
			if !math.IsNaN(m) {
				defined[i] = append(defined[i], m)
			}
		}
	}
	out := make([]Interval, figures)
	tail := (1 - b.Confidence) / 2
	for i, v := range defined {
		if len(v) == 0 {
			return nil, errors.New("the figure is undefined on every resample")
		}
		slices.Sort(v)
		out[i] = Interval{
			stat.Quantile(tail, stat.LinInterp, v, nil),
			stat.Quantile(1-tail, stat.LinInterp, v, nil),
		}
	}
	return out, nil
}

// A resampler draws clusters of pairs without sorting the scores again.
type resampler struct {
	all      *Scores
	clusters [][]member // in the order in which they first occur
}

// A member is a pair of a cluster: the index of its score among the distinct
// ones, and its truth.
type member struct {
	at      int
	genuine bool
}

func newResampler(score []float64, genuine []bool, cluster []int) (*resampler, error) {
	if cluster != nil && len(cluster) != len(score) {
		return nil, fmt.Errorf("%d scores but %d clusters", len(score), len(cluster))
	}
	s, err := New(score, genuine)
	if err != nil {
		return nil, err
	}
	r := &resampler{all: s}
	index := map[int]int{}
	for i, v := range score {
		at, _ := slices.BinarySearch(s.value, v)
		id := i
		if cluster != nil {
			id = cluster[i]
		}
		c, ok := index[id]
		if !ok {
			c = len(r.clusters)
			index[id] = c
			r.clusters = append(r.clusters, nil)
		}
		r.clusters[c] = append(r.clusters[c], member{at, genuine[i]})
	}
	return r, nil
}

// resample returns the scores of the clusters drawn.
func (r *resampler) resample(draws []int) *Scores {
	genuine, impostor := make([]int, len(r.all.value)), make([]int, len(r.all.value))
	for _, c := range draws {
		for _, m := range r.clusters[c] {
			if m.genuine {
				genuine[m.at]++
			} else {
				impostor[m.at]++
			}
		}
	}
	out := new(Scores)
	for i, v := range r.all.value {
		if genuine[i]+impostor[i] == 0 {
			continue
		}
		out.value = append(out.value, v)
		out.genuine = append(out.genuine, genuine[i])
		out.impostor = append(out.impostor, impostor[i])
		out.genuines += genuine[i]
		out.impostors += impostor[i]
	}
	return out
}
