package siamese

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Ranks searches the gallery for every one of the probes given by rows, and
// returns at which rank the probe's mate was found: 1 is the best. mates are
// rows of gallery, one for each of rows, and among galleryRows. Images are
// ranked by logit, which tells apart what the sigmoid rounds to the same; one
// with the mate's own logit counts as better. report, which may be nil, is told
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
	own, err := m.mateLogits(ctx, probes, rows, gallery, mates)
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

// mateLogits returns the logit of every probe with its mate.
func (m *Matcher) mateLogits(ctx context.Context, probes Images, rows []int, gallery Images, mates []int) ([]float32, error) {
	var logits []float32
	for at := 0; at < len(rows); at += m.block() {
		end := min(at+m.block(), len(rows))
		p, err := m.Embed(ctx, probes, rows[at:end], nil)
		if err != nil {
			return nil, fmt.Errorf("probes: %w", err)
		}
		g, err := m.Embed(ctx, gallery, mates[at:end], nil)
		if err != nil {
			return nil, fmt.Errorf("gallery: %w", err)
		}
		z, err := m.Logits(ctx, p, g)
		if err != nil {
			return nil, err
		}
		logits = append(logits, z...)
	}
	return logits, nil
}
