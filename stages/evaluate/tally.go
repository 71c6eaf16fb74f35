package evaluate

import (
	"fmt"
	"maps"
	"slices"

	"whorl/biometrics"
	"whorl/fingerprint"
)

// exactPairs is up to how many pairs of a side are counted with their scores as
// they are.
const exactPairs = 1 << 20

// A tally counts the scores of a side's pairs. Of more than a given number of
// pairs it counts rounded scores, and more coarsely those of each cluster, so
// that its memory does not grow with the number of pairs. Decisions at the
// thresholds that it was given are exact all the same.
type tally struct {
	data         *data
	all          bool
	fine, coarse *rounding           // nil: none
	coarser      map[float64]float64 // of fine scores, computed once

	groups   map[group]counts
	related  counts                      // of pairs of one person's different fingers; with pairs all they are in nothing else
	clusters []counts                    // of each subject of the probes; or of each probe, if there is one subject
	parts    map[group]map[uint16]counts // as groups, by the probe's subject
	ofProbe  map[int32]int
	ofPerson map[uint16]int // empty if there is one subject
}

// A group is the probes of one difficulty and alteration.
type group struct {
	difficulty fingerprint.Subset
	alteration string
}

func everyGroup(group) bool { return true }

// counts are pairs by score.
type counts map[float64]biometrics.Count

func (c counts) add(score float64, genuine bool) {
	n := c[score]
	if genuine {
		n.Genuine++
	} else {
		n.Impostor++
	}
	c[score] = n
}

func (c counts) merge(other counts) {
	for score, n := range other {
		all := c[score]
		all.Genuine += n.Genuine
		all.Impostor += n.Impostor
		c[score] = all
	}
}

func (d *data) newTally(s side, all bool, exact int, thresholds []threshold) *tally {
	t := &tally{
		data: d, all: all, coarser: map[float64]float64{},
		groups: map[group]counts{}, parts: map[group]map[uint16]counts{}, related: counts{}, ofProbe: map[int32]int{}, ofPerson: map[uint16]int{},
	}
	pairs := 2 * len(s.Probes)
	if all {
		pairs = len(s.Probes) * len(s.Gallery)
	}
	if pairs > exact {
		t.fine, t.coarse = newRounding(biometrics.FineBits, thresholds), newRounding(biometrics.CoarseBits, thresholds)
	}
	subjects := d.subjects(s)
	n := len(subjects)
	if n == 1 {
		n = len(s.Probes)
	} else {
		for i, subject := range subjects {
			t.ofPerson[subject] = i
		}
	}
	for i, row := range s.Probes {
		t.ofProbe[int32(row)] = i
		if len(subjects) > 1 {
			t.ofProbe[int32(row)] = t.ofPerson[d.Presented[row].Subject]
		}
	}
	t.clusters = make([]counts, n)
	for i := range t.clusters {
		t.clusters[i] = counts{}
	}
	return t
}

// add counts a pair.
func (t *tally) add(c comparison) {
	score := t.fine.down(c.score)
	if c.related {
		t.related.add(score, false)
		if t.all {
			return
		}
	}
	p := &t.data.Presented[c.probe]
	g := group{p.Difficulty, alterationGroup(p.Alteration)}
	if t.groups[g] == nil {
		t.groups[g], t.parts[g] = counts{}, map[uint16]counts{}
	}
	if t.parts[g][p.Subject] == nil {
		t.parts[g][p.Subject] = counts{}
	}
	t.groups[g].add(score, c.genuine)
	coarse := t.coarsen(score)
	t.parts[g][p.Subject].add(coarse, c.genuine)
	t.clusters[t.ofProbe[c.probe]].add(coarse, c.genuine)
	if person := t.data.Enrolled[c.gallery].Subject; t.all && person != p.Subject {
		if i, ok := t.ofPerson[person]; ok {
			t.clusters[i].add(coarse, c.genuine)
		}
	}
}

// coarsen rounds a score that is rounded finely. Both computing it from the
// fine score makes the scores of clusters and of all pairs the same.
func (t *tally) coarsen(score float64) float64 {
	if t.coarse == nil {
		return score
	}
	c, ok := t.coarser[score]
	if !ok {
		c = t.coarse.down(score)
		t.coarser[score] = c
	}
	return c
}

// scores are those of some groups. It fails if these have no pairs.
func (t *tally) scores(want func(group) bool) (*biometrics.Scores, error) {
	sum := counts{}
	for g, of := range t.groups {
		if !want(g) {
			continue
		}
		sum.merge(of)
	}
	s, err := biometrics.Counted(sum)
	if err != nil {
		return nil, fmt.Errorf("count scores: %w", err)
	}
	return s, nil
}

// alterations are those that the groups have, sorted.
func (t *tally) alterations() []string {
	seen := map[string]bool{}
	for g := range t.groups {
		if g.alteration != "" {
			seen[g.alteration] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// joined are the scores of the clusters, of which all are those of the tally.
func (t *tally) joined(all *biometrics.Scores) (*biometrics.Clusters, error) {
	all, err := all.Map(t.coarsen)
	if err != nil {
		return nil, err
	}
	of := make([]*biometrics.Scores, len(t.clusters))
	for i, c := range t.clusters {
		if of[i], err = biometrics.Counted(c); err != nil {
			return nil, fmt.Errorf("cluster %d: %w", i, err)
		}
	}
	return biometrics.JoinClusters(all, of)
}

// bySubject are the scores of some groups by the subject of the probe, of which
// all are those of the groups; ok is false if there is one subject.
func (t *tally) bySubject(all *biometrics.Scores, want func(group) bool) (c *biometrics.Clusters, ok bool, err error) {
	sums := map[uint16]counts{}
	for g, subjects := range t.parts {
		if !want(g) {
			continue
		}
		for subject, of := range subjects {
			if sums[subject] == nil {
				sums[subject] = counts{}
			}
			sums[subject].merge(of)
		}
	}
	if len(sums) < 2 {
		return nil, false, nil
	}
	if all, err = all.Map(t.coarsen); err != nil {
		return nil, false, err
	}
	var of []*biometrics.Scores
	for _, subject := range slices.Sorted(maps.Keys(sums)) {
		s, err := biometrics.Counted(sums[subject])
		if err != nil {
			return nil, false, err
		}
		of = append(of, s)
	}
	c, err = biometrics.JoinClusters(all, of)
	return c, err == nil, err
}
