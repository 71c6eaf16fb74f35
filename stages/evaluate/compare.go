package evaluate

import (
	"context"
	"fmt"
	"math"
	"slices"

	"whorl/pipeline/stage"
	"whorl/siamese"
)

// A comparison is a pair with its score.
type comparison struct {
	probe, gallery int32 // rows
	genuine        bool  // the same finger
	related        bool  // another finger of the same person
	score          float64
}

// A compared is what the network makes of the pairs of a side.
type compared struct {
	pairs  []comparison // sampled pairs; with pairs all, each probe's mate and its highest impostors
	tally  *tally       // of the scores
	search *search      // with pairs all: each probe's search in the gallery
}

// compare scores the pairs of a side, two of each probe or all, and counts them
// in the tally.
func (d *data) compare(ctx context.Context, p Params, s side, network scorer, count *tally, report func(probes int)) (*compared, error) {
	if p.all() {
		return d.compareAll(ctx, s, network, count, report)
	}
	pairs, err := siamese.FixedPairs(d.seed, s.Name, s.Probes, d.ProbeOf, s.Gallery, d.GalleryOf)
	if err != nil {
		return nil, err
	}
	presented := slices.Clone(pairs) // by rows of the images presented
	for i := range presented {
		k, _ := slices.BinarySearch(s.Probes, presented[i].Probe)
		presented[i].Probe = s.rows[k]
	}
	scores, err := network.Score(ctx, s.images, d.Gallery, presented, func(done int) { report(done / 2) })
	if err != nil {
		return nil, err
	}
	if len(scores) != len(pairs) {
		return nil, fmt.Errorf("the network gave %d scores for %d pairs", len(scores), len(pairs))
	}
	out := &compared{pairs: make([]comparison, len(pairs)), tally: count}
	for i, pair := range pairs {
		if out.pairs[i], err = d.comparison(pair.Probe, pair.Gallery, scores[i]); err != nil {
			return nil, err
		}
		count.add(out.pairs[i])
	}
	return out, nil
}

// compareAll scores each probe with the whole gallery of the side.
func (d *data) compareAll(ctx context.Context, s side, network scorer, count *tally, report func(probes int)) (*compared, error) {
	out := &compared{tally: count, search: newSearch(len(s.Gallery))}
	of := make([]comparison, 0, len(s.Gallery)) // the pairs of a probe
	strangers := false
	use := func(i int, scores []float64) error {
		if len(scores) != len(s.Gallery) {
			return fmt.Errorf("the network gave %d scores for a gallery of %d", len(scores), len(s.Gallery))
		}
		of = of[:0]
		for k, row := range s.Gallery {
			c, err := d.comparison(s.Probes[i], row, scores[k])
			if err != nil {
				return err
			}
			count.add(c)
			if !c.related {
				of = append(of, c)
			}
		}
		strangers = strangers || len(of) > 1
		out.pairs = append(out.pairs, highest(of)...)
		return out.search.add(s.Probes[i], of, scores)
	}
	if err := network.ScoreAll(ctx, s.images, s.rows, d.Gallery, s.Gallery, use, func(done int) { report(done / len(s.Gallery)) }); err != nil {
		return nil, err
	}
	if !strangers {
		return nil, fmt.Errorf("all pairs: the %s part has no prints of two people, and pairs of one person do not count as impostors; use a larger share or more people", s.Name)
	}
	return out, nil
}

// highest are the mate of a probe and its highest impostors, by falling score.
func highest(of []comparison) []comparison {
	var mate, top []comparison
	for _, c := range of {
		if c.genuine {
			mate = append(mate, c)
			continue
		}
		at := len(top)
		for at > 0 && top[at-1].score < c.score {
			at--
		}
		if at < topImpostors {
			top = slices.Insert(top, at, c)
			top = top[:min(len(top), topImpostors)]
		}
	}
	return append(mate, top...)
}

// comparison puts a pair and its score together. It fails at a score that is
// not in 0..1, which only a network of broken weights gives.
func (d *data) comparison(probe, gallery int, score float64) (comparison, error) {
	p, g := &d.Presented[probe], &d.Enrolled[gallery]
	if math.IsNaN(score) || score < 0 || score > 1 {
		return comparison{}, fmt.Errorf("the network scores %s against %s with %v, not within 0 and 1: its weights are broken; train again, perhaps with a lower learning rate", p.Name, g.Name, score)
	}
	c := comparison{probe: int32(probe), gallery: int32(gallery), score: score}
	c.genuine = p.Identity() == g.Identity()
	c.related = !c.genuine && p.Subject == g.Subject
	return c, nil
}

// compareSides scores both sides and searches the gallery of the test side.
// The calibration side comes first: the test pairs are counted at its
// thresholds.
func (d *data) compareSides(ctx context.Context, t *stage.Task, p Params, network scorer, exact int) (*measurement, error) {
	m := &measurement{data: d, all: p.all()}
	searches := 0
	if !p.all() {
		searches = searchesOf(p, len(d.test.Probes))
	}
	// A probe is done with its pairs, and once more with its search.
	total := len(d.calibration.Probes) + len(d.test.Probes) + searches
	progress := func(phase string, before int) func(done int) {
		return func(done int) {
			t.Progress(stage.Progress{Phase: phase, Done: int64(before + done), Total: int64(total), Unit: "probes"})
		}
	}
	side := func(s side, count *tally, before int) (*compared, error) {
		report := progress(s.Name, before)
		report(0)
		c, err := d.compare(ctx, p, s, network, count, report)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		return c, nil
	}
	var err error
	if m.calibration, err = side(d.calibration, d.newTally(d.calibration, m.all, exact, nil), 0); err != nil {
		return nil, err
	}
	if m.thresholds, err = thresholdsFrom(t, p.Threshold, m.calibration.tally); err != nil {
		return nil, err
	}
	if m.test, err = side(d.test, d.newTally(d.test, m.all, exact, m.thresholds), len(d.calibration.Probes)); err != nil {
		return nil, err
	}
	if !p.all() {
		report := progress("rank", total-searches)
		report(0)
		if m.test.search, err = d.searchSample(ctx, searches, m.test.pairs, network, report); err != nil {
			return nil, err
		}
	}
	return m, nil
}
