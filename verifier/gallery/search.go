package gallery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"whorl/siamese"
)

// A Candidate is an enrolled print that a search found.
type Candidate struct {
	Index int
	Name  string
	Logit float32
}

// Search compares a probe's embedding with every print and returns the k with
// the highest logits, best first, the one enrolled earlier of equals; fewer if
// the gallery has fewer. It is exact. The matcher is of the network that made
// the gallery.
func (g *Gallery) Search(ctx context.Context, m *siamese.Matcher, probe []float32, k int) ([]Candidate, error) {
	switch {
	case k < 1:
		return nil, fmt.Errorf("search gallery: the best %d of it", k)
	case m.Len() != g.header.length || len(probe) != m.Len():
		return nil, fmt.Errorf("search gallery: embeddings of %d numbers, the network's have %d and the probe's %d", g.header.length, m.Len(), len(probe))
	case g.embeddings == nil:
		return nil, errors.New("search gallery: it is closed")
	}
	k = min(k, g.Len())
	best := make([]top, siamese.Workers())
	err := m.Compare(ctx, probe, g.embeddings, func(worker int, t *siamese.Tile) error {
		best[worker].add(k, t.Gallery, t.Row(0))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("search gallery: %w", err)
	}
	var all []Candidate
	for _, b := range best {
		all = append(all, b.found...)
	}
	slices.SortFunc(all, better)
	all = all[:min(k, len(all))]
	for i := range all {
		all[i].Name = g.Name(all[i].Index)
	}
	return all, nil
}

// better orders candidates, the best first.
func better(a, b Candidate) int {
	return cmp.Or(cmp.Compare(b.Logit, a.Logit), cmp.Compare(a.Index, b.Index))
}

// A top is the best candidates of a worker, best first.
type top struct {
	found []Candidate
	_     [64]byte // a cache line between workers
}

// add takes the logits of the prints from first on.
func (t *top) add(k, first int, logits []float32) {
	for i, z := range logits {
		if len(t.found) == k && !(z >= t.found[k-1].Logit) {
			continue
		}
		c := Candidate{Index: first + i, Logit: z}
		at, _ := slices.BinarySearchFunc(t.found, c, better)
		if len(t.found) == k {
			if at == k {
				continue
			}
			t.found = t.found[:k-1]
		}
		t.found = slices.Insert(t.found, at, c)
	}
}
