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
type Bootstrap struct {
	Seed       uint64
	Replicates int     // 1000 is a usual number
	Confidence float64 // such as 0.95
}

// Interval returns the confidence interval of a figure such as the AUC,
//
//	b.Interval(score, genuine, probe, (*biometrics.Scores).AUC)
//
// Pairs that share a print are not independent, so whole clusters of pairs
// are drawn: cluster gives each pair's, for instance its probe or subject,
// and nil says that each pair is one. Resamples in which the figure is
// undefined do not count. It fails if the scores are unfit for [New] or the
// figure is undefined on all of them.
func (b Bootstrap) Interval(score []float64, genuine []bool, cluster []int, figure func(*Scores) float64) (Interval, error) {
	if b.Replicates < 1 {
		return Interval{}, fmt.Errorf("%d bootstrap replicates", b.Replicates)
	}
	if err := checkConfidence(b.Confidence); err != nil {
		return Interval{}, err
	}
	if cluster != nil && len(cluster) != len(score) {
		return Interval{}, fmt.Errorf("%d scores but %d clusters", len(score), len(cluster))
	}
	s, err := New(score, genuine)
	if err != nil {
		return Interval{}, err
	}
	if math.IsNaN(figure(s)) {
		return Interval{}, errors.New("the figure is undefined on these scores")
	}
	members := clusters(s, score, genuine, cluster)
	var figures []float64
	for r := range b.Replicates {
		rng := rand.New(rand.NewPCG(b.Seed, uint64(r)))
		if f := figure(s.resample(rng, members)); !math.IsNaN(f) {
			figures = append(figures, f)
		}
	}
	if len(figures) == 0 {
		return Interval{}, errors.New("the figure is undefined on every resample")
	}
	slices.Sort(figures)
	tail := (1 - b.Confidence) / 2
	return Interval{
		stat.Quantile(tail, stat.LinInterp, figures, nil),
		stat.Quantile(1-tail, stat.LinInterp, figures, nil),
	}, nil
}

// A member is a pair of a cluster: the index of its score among the distinct
// ones, and its truth.
type member struct {
	at      int
	genuine bool
}

// clusters returns the members of each cluster, in the order in which the
// clusters first occur.
func clusters(s *Scores, score []float64, genuine []bool, cluster []int) [][]member {
	var out [][]member
	index := map[int]int{}
	for i, v := range score {
		at, _ := slices.BinarySearch(s.value, v)
		id := i
		if cluster != nil {
			id = cluster[i]
		}
		c, ok := index[id]
		if !ok {
			c = len(out)
			index[id] = c
			out = append(out, nil)
		}
		out[c] = append(out[c], member{at, genuine[i]})
	}
	return out
}

// resample draws as many clusters as there are, with replacement.
func (s *Scores) resample(rng *rand.Rand, clusters [][]member) *Scores {
	genuine, impostor := make([]int, len(s.value)), make([]int, len(s.value))
	for range clusters {
		for _, m := range clusters[rng.IntN(len(clusters))] {
			if m.genuine {
				genuine[m.at]++
			} else {
				impostor[m.at]++
			}
		}
	}
	out := new(Scores)
	for i, v := range s.value {
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
