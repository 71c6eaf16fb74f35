package siamese

import (
	"context"
	"fmt"
	"sync"
)

// memory is how many numbers the embeddings of a block of images may take in
// CompareImages.
const memory = 1 << 25

// block is how many images are embedded at a time.
func (m *Matcher) block() int { return max(1, memory/m.length) }

// CompareImages calls visit with the logits of all pairs of the given rows of
// probes and gallery; tiles number them by their place among the rows. Images
// are embedded block by block, so that memory is bounded: probes once, the
// gallery once for each block of probes. report, which may be nil, is called
// by one goroutine at a time with the number of finished pairs.
func (m *Matcher) CompareImages(ctx context.Context, probes Images, rows []int, gallery Images, galleryRows []int, visit Visitor, report func(done int)) error {
	if err := m.network.Architecture.checkImages(probes, rows, gallery, galleryRows); err != nil {
		return fmt.Errorf("compare: %w", err)
	}
	if report != nil {
		visit = counted(visit, report)
	}
	var enrolled []float32
	for p := 0; p < len(rows); p += m.block() {
		embedded, err := m.embed(ctx, probes, rows[p:min(p+m.block(), len(rows))], nil)
		if err != nil {
			return fmt.Errorf("compare: probes: %w", err)
		}
		for g := 0; g < len(galleryRows); g += m.block() {
			if enrolled == nil || len(galleryRows) > m.block() {
				if enrolled, err = m.embed(ctx, gallery, galleryRows[g:min(g+m.block(), len(galleryRows))], nil); err != nil {
					return fmt.Errorf("compare: gallery: %w", err)
				}
			}
			if err := m.compare(ctx, embedded, enrolled, p, g, visit); err != nil {
				return fmt.Errorf("compare: %w", err)
			}
		}
	}
	return nil
}

// PairLogits returns the logit of each of the given rows of probes with the row
// of gallery of the same place in galleryRows, for instance its mate.
func (m *Matcher) PairLogits(ctx context.Context, probes Images, rows []int, gallery Images, galleryRows []int) ([]float32, error) {
	if len(rows) != len(galleryRows) {
		return nil, fmt.Errorf("compare: %d probes with %d gallery images, want as many", len(rows), len(galleryRows))
	}
	var logits []float32
	for at := 0; at < len(rows); at += m.block() {
		end := min(at+m.block(), len(rows))
		p, err := m.Embed(ctx, probes, rows[at:end], nil)
		if err != nil {
			return nil, fmt.Errorf("probes: %w", err)
		}
		g, err := m.Embed(ctx, gallery, galleryRows[at:end], nil)
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

// counted reports how many pairs a visitor has seen.
func counted(visit Visitor, report func(done int)) Visitor {
	var mu sync.Mutex
	done := 0
	return func(worker int, t *Tile) error {
		err := visit(worker, t)
		mu.Lock()
		defer mu.Unlock()
		done += t.Probes * t.Galleries
		report(done)
		return err
	}
}
