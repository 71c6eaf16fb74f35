package siamese

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"whorl/siamese/kernel"
)

// A Matcher compares many images with many. Each image goes through the branch
// once and becomes an embedding; a pair of embeddings costs what the network
// does after the merge, and less where a layer after it is linear: with
// [Subtract], W(a-b) = Wa - Wb, so that the first layer of the head, too, runs
// once an image.
//
// A Matcher is safe for use by several goroutines. The logit of a pair depends
// on the two images alone: its bits are the same in any tile, beside any other
// images, and at any GOMAXPROCS.
type Matcher struct {
	network  *Network
	workers  int
	length   int // of an embedding
	encoders encoders
	pairs    comparer
}

// A comparer computes the logits of pairs of embeddings.
type comparer interface {
	// tile is how many probes and gallery images to compare at a time.
	tile() (probes, gallery int)
	worker() pairWorker
}

// A pairWorker is a comparer with the working memory of one goroutine.
type pairWorker interface {
	// compare writes the logit of probe i and gallery image j to
	// z[i*stride+j]. stride is a multiple of kernel.Panel; what lies between
	// the number of gallery images and stride may be overwritten.
	compare(z []float32, stride int, probes, gallery []float32)
}

// Matcher returns a matcher of the network, which must not change afterwards.
func (n *Network) Matcher() (*Matcher, error) {
	m := &Matcher{network: n, workers: runtime.GOMAXPROCS(0)}
	if err := m.plan(); err != nil {
		return nil, fmt.Errorf("matcher: %w", err)
	}
	return m, nil
}

// Len returns the length of an embedding.
func (m *Matcher) Len() int { return m.length }

// A Tile holds the logits of some probes with some gallery images.
type Tile struct {
	Probe, Gallery    int // the first of each, as numbered in the call
	Probes, Galleries int // how many of each
	logits            []float32
	stride            int
}

// Row returns the logits of probe Probe+i with the Galleries images from
// Gallery. It is valid until the visitor returns.
func (t *Tile) Row(i int) []float32 {
	return t.logits[i*t.stride:][:t.Galleries:t.Galleries]
}

// A Visitor takes the tiles of a comparison. Several goroutines call it, in no
// fixed order, each with its own worker number below [Matcher.Workers]; calls
// with the same number do not overlap.
type Visitor func(worker int, t *Tile) error

// Workers returns how many goroutines compare at a time: GOMAXPROCS when the
// Matcher was made.
func (m *Matcher) Workers() int { return m.workers }

// Compare calls visit with the logits of all pairs of the embeddings of probes
// and gallery, as [Matcher.Embed] made them. Memory does not grow with the number of
// pairs. The first error of a visitor, or the context's, ends the comparison.
func (m *Matcher) Compare(ctx context.Context, probes, gallery []float32, visit Visitor) error {
	return m.compare(ctx, probes, gallery, 0, 0, visit)
}

func (m *Matcher) compare(ctx context.Context, probes, gallery []float32, firstProbe, firstGallery int, visit Visitor) error {
	if len(probes)%m.length != 0 || len(gallery)%m.length != 0 {
		return fmt.Errorf("compare: %d and %d numbers, want embeddings of %d", len(probes), len(gallery), m.length)
	}
	p, g := len(probes)/m.length, len(gallery)/m.length
	if p == 0 || g == 0 {
		return nil
	}
	rows, cols := m.tileFor(p, g)
	down, across := ceil(p, rows), ceil(g, cols)
	team := kernel.NewTeam(min(m.workers, down*across))
	workers := make([]struct {
		pairs pairWorker
		tile  Tile
	}, team.Workers())
	var first firstError
	team.Do(down*across, func(worker, chunk int) {
		if err := ctx.Err(); err != nil {
			first.set(err)
		}
		if first.is() {
			return
		}
		w := &workers[worker]
		if w.pairs == nil {
			w.pairs = m.pairs.worker()
			w.tile.stride = ceil(cols, kernel.Panel) * kernel.Panel
			w.tile.logits = kernel.Make(rows * w.tile.stride)
		}
		i, j := chunk/across*rows, chunk%across*cols
		t := &w.tile
		t.Probes, t.Galleries = min(rows, p-i), min(cols, g-j)
		w.pairs.compare(t.logits, t.stride, probes[i*m.length:][:t.Probes*m.length], gallery[j*m.length:][:t.Galleries*m.length])
		t.Probe, t.Gallery = firstProbe+i, firstGallery+j
		first.set(visit(worker, t))
	})
	return first.err
}

// tileFor returns the shape of the tiles for p probes and g gallery images:
// the comparer's, stretched along the gallery if there are few probes.
func (m *Matcher) tileFor(p, g int) (rows, cols int) {
	rows, cols = m.pairs.tile()
	pairs := rows * cols
	rows = min(rows, p)
	return rows, min(max(cols, pairs/rows), g)
}

// Logits returns the logit of each probe's embedding with the gallery's of the
// same number.
func (m *Matcher) Logits(ctx context.Context, probes, gallery []float32) ([]float32, error) {
	if len(probes) != len(gallery) || len(probes)%m.length != 0 {
		return nil, fmt.Errorf("compare: %d and %d numbers, want as many embeddings of %d each", len(probes), len(gallery), m.length)
	}
	logits := make([]float32, len(probes)/m.length)
	team := kernel.NewTeam(min(m.workers, len(logits)))
	workers, z := make([]pairWorker, team.Workers()), make([][kernel.Panel]float32, team.Workers())
	team.Do(len(logits), func(worker, i int) {
		if ctx.Err() != nil {
			return
		}
		if workers[worker] == nil {
			workers[worker] = m.pairs.worker()
		}
		workers[worker].compare(z[worker][:], kernel.Panel, probes[i*m.length:][:m.length], gallery[i*m.length:][:m.length])
		logits[i] = z[worker][0]
	})
	return logits, ctx.Err()
}

// firstError keeps the first error that it is given.
type firstError struct {
	mu  sync.Mutex
	err error
}

func (f *firstError) set(err error) {
	if err != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.err == nil {
			f.err = err
		}
	}
}

func (f *firstError) is() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err != nil
}

func ceil(n, of int) int { return (n + of - 1) / of }
