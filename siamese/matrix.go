package siamese

import (
	"context"
	"fmt"
	"slices"

	"whorl/siamese/kernel"
)

// ScoreAll compares each of the given probe rows with each of the gallery rows
// and calls use with the scores of the i-th probe, in [0, 1], one for each of
// galleryRows, in the order of rows; the slice is valid until use returns. Every
// image goes through the branch once. The scores are those of [Network.Score]
// to float rounding. report, which may be nil, receives the number of
// compared pairs from time to time.
func (n *Network) ScoreAll(ctx context.Context, probes Images, rows []int, gallery Images, galleryRows []int, use func(i int, scores []float64) error, report func(done int)) error {
	if err := n.Architecture.checkImages(probes, rows, gallery, galleryRows); err != nil {
		return fmt.Errorf("score all pairs: %w", err)
	}
	m, err := n.Matcher()
	if err != nil {
		return fmt.Errorf("score all pairs: %w", err)
	}
	enrolled, err := m.Embed(ctx, gallery, galleryRows, nil)
	if err != nil {
		return fmt.Errorf("score all pairs: %w", err)
	}
	const atOnce = 1 << 20 // pairs whose scores are held
	width := len(galleryRows)
	scores := make([]float64, 0, atOnce)
	i := 0
	for some := range slices.Chunk(rows, max(1, atOnce/max(1, width))) {
		presented, err := m.Embed(ctx, probes, some, nil)
		if err != nil {
			return fmt.Errorf("score all pairs: %w", err)
		}
		scores = slices.Grow(scores[:0], len(some)*width)[:len(some)*width]
		err = m.Compare(ctx, presented, enrolled, func(_ int, t *Tile) error {
			for p := range t.Probes {
				of := scores[(t.Probe+p)*width+t.Gallery:]
				for g, z := range t.Row(p) {
					of[g] = kernel.Sigmoid(float64(z))
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("score all pairs: %w", err)
		}
		for k := range some {
			if err := use(i, scores[k*width:][:width]); err != nil {
				return err
			}
			i++
		}
		if report != nil {
			report(i * width)
		}
	}
	return nil
}
