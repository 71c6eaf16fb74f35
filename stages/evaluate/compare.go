package evaluate

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"

	"whorl/biometrics"
	"whorl/pipeline/stage"
	"whorl/siamese"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/prints"
)

// A comparison is a pair with its score.
type comparison struct {
	probe, gallery      int // rows
	presented, enrolled *prints.Print
	genuine             bool
	score               float64
}

// pairs makes one genuine pair and one of an impostor of every probe.
func (d *data) pairs(seed uint64, part dataset.Part) ([]siamese.Pair, error) {
	return siamese.FixedPairs(seed, part.Name, part.Probes, d.ProbeOf, part.Gallery, d.GalleryOf)
}

// comparisons puts pairs and scores together. It fails at a score that is
// not in 0..1, which only a network of broken weights gives.
func (d *data) comparisons(pairs []siamese.Pair, scores []float64) ([]comparison, error) {
	if len(scores) != len(pairs) {
		return nil, fmt.Errorf("the network gave %d scores for %d pairs", len(scores), len(pairs))
	}
	out := make([]comparison, len(pairs))
	for i, p := range pairs {
		c := comparison{p.Probe, p.Gallery, &d.Presented[p.Probe], &d.Enrolled[p.Gallery], p.Genuine, scores[i]}
		if math.IsNaN(c.score) || c.score < 0 || c.score > 1 {
			return nil, fmt.Errorf("the network scores %s against %s with %v, not within 0 and 1: its weights are broken; train again, perhaps with a lower learning rate", c.presented.Name, c.enrolled.Name, c.score)
		}
		out[i] = c
	}
	return out, nil
}

// searches returns the genuine pairs of so many of the test probes, or
// of all if sample is 0: those probes are to be searched for in the gallery.
func (d *data) searches(seed uint64, sample int, pairs []siamese.Pair) []siamese.Pair {
	if sample == 0 || sample > len(d.test.Probes) {
		sample = len(d.test.Probes)
	}
	drawn := dataset.Draw(seed, "evaluate rank", d.test.Probes, sample)
	var out []siamese.Pair
	for _, p := range pairs {
		if _, ok := slices.BinarySearch(drawn, p.Probe); ok && p.Genuine {
			out = append(out, p)
		}
	}
	return out
}

// search looks for the probe of each genuine pair in the whole gallery of the
// test part, and returns the cumulative match characteristic.
func (d *data) search(ctx context.Context, genuine []siamese.Pair, network scorer, report func(done int)) ([]float64, error) {
	var probes, mates []int
	for _, p := range genuine {
		probes, mates = append(probes, p.Probe), append(mates, p.Gallery)
	}
	ranks, err := network.Ranks(ctx, d.Probes, probes, d.Gallery, d.test.Gallery, mates, report)
	if err != nil {
		return nil, fmt.Errorf("search the gallery: %w", err)
	}
	if len(ranks) != len(probes) {
		return nil, fmt.Errorf("search the gallery: the network gave %d ranks for %d probes", len(ranks), len(probes))
	}
	return biometrics.CMC(ranks, len(d.test.Gallery))
}

// writeScores writes comparisons as CSV, one line each.
func writeScores(t *stage.Task, output string, comparisons []comparison) error {
	f, err := t.Create(output)
	if err != nil {
		return fmt.Errorf("write %s: %w", output, err)
	}
	w := csv.NewWriter(f)
	w.Write([]string{"probe", "gallery", "genuine", "score", "difficulty", "alteration", "probe_name", "gallery_name"})
	for _, c := range comparisons {
		genuine := "0"
		if c.genuine {
			genuine = "1"
		}
		w.Write([]string{
			strconv.Itoa(c.probe), strconv.Itoa(c.gallery), genuine,
			strconv.FormatFloat(c.score, 'g', -1, 64),
			c.presented.Difficulty.String(), c.presented.Alteration, c.presented.Name, c.enrolled.Name,
		})
	}
	w.Flush()
	if err := w.Error(); err != nil { // of any Write
		f.Close()
		return fmt.Errorf("write %s: %w", output, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", output, err)
	}
	return nil
}
