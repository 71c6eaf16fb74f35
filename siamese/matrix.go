package siamese

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"whorl/siamese/kernel"
)

// ScoreAll compares each of the given probe rows with each of the gallery rows
// and calls use with the scores of the i-th probe, in [0, 1], one for each of
// galleryRows; the slice is valid until use returns. Every image goes through
// the branch once, not once for each pair. The scores are those of
// [Network.Score] to float rounding. report, which may be nil, is told from
// time to time how many of the pairs have been compared.
func (n *Network) ScoreAll(ctx context.Context, probes Images, rows []int, gallery Images, galleryRows []int, use func(i int, scores []float64) error, report func(done int)) error {
	a := n.Architecture
	if err := errors.Join(probes.check("probes", a.Height, a.Width), gallery.check("gallery", a.Height, a.Width)); err != nil {
		return fmt.Errorf("score all pairs: %w", err)
	}
	s, err := n.searcher()
	if err != nil {
		return fmt.Errorf("score all pairs: %w", err)
	}
	if report != nil {
		done := 0
		s.compared = func(pairs int) { done += pairs; report(done) }
	}
	scores := make([]float64, len(galleryRows))
	i := 0
	for block := range slices.Chunk(rows, s.block()) {
		logits, err := s.search(ctx, probes, block, gallery, galleryRows)
		if err != nil {
			return fmt.Errorf("score all pairs: %w", err)
		}
		for of := range slices.Chunk(logits, len(galleryRows)) {
			for k, z := range of {
				scores[k] = kernel.Sigmoid(float64(z))
			}
			if err := use(i, scores); err != nil {
				return err
			}
			i++
		}
	}
	return nil
}
