package biometrics

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Clusters are the scores of an experiment with the cluster of each pair, such
// as the subject of its probe. Pairs of a cluster are correlated: intervals
// treat the clusters, not the pairs, as independent draws.
type Clusters struct {
	all *Scores
	of  [][]count // pairs of each cluster
}

// A count says how many pairs of a cluster have a score.
type count struct {
	at                int // index of the score among the distinct ones
	genuine, impostor int
}

// FewSubjects is the number of clusters below which intervals are unreliable:
// those of a bootstrap then cover 54 to 91% where 95% is asked for.
const FewSubjects = 10

// NewClusters takes the score, truth and cluster of each pair; clusters are
// numbered in the order in which they first occur. It fails as [New] does, and
// with fewer than two clusters.
func NewClusters(score []float64, genuine []bool, cluster []int) (*Clusters, error) {
	if len(cluster) != len(score) {
		return nil, fmt.Errorf("%d scores but %d clusters", len(score), len(cluster))
	}
	s, err := New(score, genuine)
	if err != nil {
		return nil, err
	}
	c := &Clusters{all: s}
	index, cell := map[int]int{}, map[[2]int]int{} // of the cluster; of cluster and score
	for i, v := range score {
		id, ok := index[cluster[i]]
		if !ok {
			id = len(c.of)
			index[cluster[i]] = id
			c.of = append(c.of, nil)
		}
		at, _ := slices.BinarySearch(s.value, v)
		k, ok := cell[[2]int{id, at}]
		if !ok {
			k = len(c.of[id])
			cell[[2]int{id, at}] = k
			c.of[id] = append(c.of[id], count{at: at})
		}
		if genuine[i] {
			c.of[id][k].genuine++
		} else {
			c.of[id][k].impostor++
		}
	}
	return c, c.check()
}

// JoinClusters takes the scores of all pairs and of the pairs of each cluster,
// already counted: for sets of pairs too large to be listed. A pair may be of
// two clusters, as an impostor pair is of the probe's and of the gallery's
// subject; [Clusters.LeaveOneOut] then leaves out every pair of the
// subject. It fails if there are fewer than two clusters, or if a cluster has
// pairs that are not among all.
func JoinClusters(all *Scores, of []*Scores) (*Clusters, error) {
	c := &Clusters{all: all}
	for i, s := range of {
		var counts []count
		for k, v := range s.value {
			at, ok := slices.BinarySearch(all.value, v)
			if !ok || s.genuine[k] > all.genuine[at] || s.impostor[k] > all.impostor[at] {
				return nil, fmt.Errorf("cluster %d has pairs of score %v that are not among all", i, v)
			}
			counts = append(counts, count{at, s.genuine[k], s.impostor[k]})
		}
		c.of = append(c.of, counts)
	}
	return c, c.check()
}

func (c *Clusters) check() error {
	if len(c.of) < 2 {
		return errors.New("fewer than two clusters: nothing tells how much they differ")
	}
	return nil
}

// Scores returns the scores of all pairs.
func (c *Clusters) Scores() *Scores { return c.all }

// Len returns the number of clusters.
func (c *Clusters) Len() int { return len(c.of) }

// LeaveOneOut returns a figure of the scores without one cluster at a time:
// the values from which a jackknife estimates how much the figure depends on
// the clusters. A value is NaN where the figure is undefined without the
// cluster.
func (c *Clusters) LeaveOneOut(figure Figure) []float64 {
	values := make([]float64, len(c.of))
	weights := make([]int, len(c.of))
	for i := range weights {
		weights[i] = 1
	}
	for i := range c.of {
		weights[i] = 0
		values[i] = measure(figure, c.weighted(weights))
		weights[i] = 1
	}
	return values
}

// measure is the figure, NaN of no scores.
func measure(figure Figure, s *Scores) float64 {
	if len(s.value) == 0 {
		return math.NaN()
	}
	return figure(s)
}

// weighted returns the scores with each cluster counted as often as its weight
// says. A pair of two clusters counts w1 + w2 - 1 times, which is w1 * w2 to
// first order, and a score not less than 0 times.
func (c *Clusters) weighted(weights []int) *Scores {
	genuine, impostor := slices.Clone(c.all.genuine), slices.Clone(c.all.impostor)
	for i, w := range weights {
		if w == 1 {
			continue
		}
		for _, n := range c.of[i] {
			genuine[n.at] += (w - 1) * n.genuine
			impostor[n.at] += (w - 1) * n.impostor
		}
	}
	out := new(Scores)
	for i, v := range c.all.value {
		g, m := max(0, genuine[i]), max(0, impostor[i])
		if g+m == 0 {
			continue
		}
		out.value = append(out.value, v)
		out.genuine = append(out.genuine, g)
		out.impostor = append(out.impostor, m)
		out.genuines += g
		out.impostors += m
	}
	return out
}
