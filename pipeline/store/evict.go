package store

import (
	"cmp"
	"slices"
)

// evict takes results out of those that are kept, until these are no larger
// than they are to be: first what is the cheapest to compute again for the bytes
// that it takes. What is pinned stays.
func (c *collector) evict() {
	if c.o.MaxBytes <= 0 {
		return
	}
	sizes := map[string]int64{}
	for _, m := range c.kept {
		for path, n := range m.files() {
			sizes[path] = max(sizes[path], n)
		}
	}
	pinned := map[string]int64{}
	for _, a := range c.roots.Pinned {
		if isDigest(a.Digest) {
			addFiles(pinned, a)
		}
	}
	for _, a := range c.roots.Artifacts {
		if isDigest(a.Digest) {
			addFiles(sizes, a)
		}
	}
	var total int64
	for _, n := range sizes {
		total += n
	}
	order := slices.Clone(c.kept)
	slices.SortFunc(order, func(a, b *Manifest) int {
		return cmp.Or(cmp.Compare(a.price(), b.price()), cmp.Compare(a.Key, b.Key))
	})
	gone := map[*Manifest]bool{}
	for _, m := range order {
		if total <= c.o.MaxBytes {
			break
		}
		if m.bytes() == 0 || m.holds(pinned) {
			continue
		}
		gone[m] = true
		c.mark(m, -1)
		for path := range m.files() {
			if _, pin := pinned[path]; c.reference[path] == 0 && !pin {
				total -= sizes[path]
			}
		}
	}
	c.Evicted, c.Results = len(gone), 0
	c.kept = slices.DeleteFunc(c.kept, func(m *Manifest) bool { return gone[m] })
	for _, m := range order {
		if gone[m] {
			c.refused = append(c.refused, m)
		}
	}
}

// price is how many seconds it costs to have a byte of a result again.
func (m *Manifest) price() float64 { return m.Seconds / float64(max(1, m.bytes())) }

func (m *Manifest) bytes() (n int64) {
	for _, a := range m.Outputs {
		n += a.Bytes
	}
	return n
}

func (m *Manifest) holds(pinned map[string]int64) bool {
	f := map[string]int64{}
	for _, a := range m.Outputs {
		addFiles(f, a)
	}
	for path := range f {
		if _, ok := pinned[path]; ok {
			return true
		}
	}
	return false
}

// evictable reports whether an artifact that a root names may go all the same:
// its result was evicted, can make it again, and it is not pinned.
func (c *collector) evictable(a Artifact) bool {
	if c.Evicted == 0 {
		return false
	}
	f := map[string]int64{}
	addFiles(f, a)
	pinned := map[string]int64{}
	for _, p := range c.roots.Pinned {
		if isDigest(p.Digest) {
			addFiles(pinned, p)
		}
	}
	evicted := false
	for path := range f {
		if _, ok := pinned[path]; ok {
			return false
		}
		n, named := c.reference[path]
		evicted = evicted || named && n == 0
	}
	return evicted
}
