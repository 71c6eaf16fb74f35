package siamese

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Ranks searches the gallery for every one of the probes given by rows, and
// returns at which rank the probe's mate was found: 1 is the best. mates are
// rows of gallery, one for each of rows, and among galleryRows. Images are
// ranked by logit, which differs even where the sigmoid rounds to the same value;
// an image with the same logit as the mate counts as better. report, which may be nil, receives
// from time to time how many of the len(rows)*len(galleryRows) pairs have been compared.
func (n *Network) Ranks(ctx context.Context, probes Images, rows []int, gallery Images, galleryRows []int, mates []int, report func(done int)) ([]int, error) {
	if err := n.Architecture.checkImages(probes, rows, gallery, galleryRows); err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	m, err := n.Matcher()
	if err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	place, err := places(rows, galleryRows, mates)
	if err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	own, err := m.PairLogits(ctx, probes, rows, gallery, mates)
	if err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	better := make([]atomic.Int64, len(rows))
	err = m.CompareImages(ctx, probes, rows, gallery, galleryRows, func(_ int, t *Tile) error {
		for i := range t.Probes {
			p, count := t.Probe+i, 0
			for j, z := range t.Row(i) {
				if !(z < own[p]) && t.Gallery+j != place[p] {
					count++
				}
			}
			better[p].Add(int64(count))
		}
		return nil
	}, report)
	if err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	ranks := make([]int, len(rows))
	for i := range ranks {
		ranks[i] = 1 + int(better[i].Load())
	}
	return ranks, nil
}

// places returns where each mate is among galleryRows.
func places(rows, galleryRows, mates []int) ([]int, error) {
	if len(mates) != len(rows) {
		return nil, fmt.Errorf("%d mates for %d probes", len(mates), len(rows))
	}
	at := make(map[int]int, len(galleryRows))
	for i, row := range galleryRows {
		at[row] = i
	}
	place := make([]int, len(mates))
	for i, mate := range mates {
		p, ok := at[mate]
		if !ok {
			return nil, fmt.Errorf("probe row %d: its mate, gallery row %d, is not in the gallery searched", rows[i], mate)
		}
		place[i] = p
	}
	return place, nil
}
