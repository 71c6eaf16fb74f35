package store

import (
	"iter"
	"strings"
	"time"

	"whorl/pipeline/store/tree"
)

// A lineage tells which results were computed from which artifacts.
type lineage struct {
	makers, readers map[ref][]*Manifest // by output, and by input
}

// A ref identifies the content of an artifact.
type ref struct {
	mode   tree.Mode
	digest string
}

func (a Artifact) ref() ref { return ref{a.mode(), a.Digest} }

func newLineage(all []*Manifest) *lineage {
	g := &lineage{map[ref][]*Manifest{}, map[ref][]*Manifest{}}
	for _, m := range all {
		for _, a := range m.Outputs {
			g.makers[a.ref()] = append(g.makers[a.ref()], m)
		}
		for _, r := range inputs(m.Text) {
			g.readers[r] = append(g.readers[r], m)
		}
	}
	return g
}

// inputs returns the names and contents of the inputs that a key's text lists:
// "input NAME MODE DIGEST", or "input NAME DIGEST" in older stores, which may be
// of any mode.
func inputs(text string) iter.Seq2[string, ref] {
	return func(yield func(name string, r ref) bool) {
		for l := range strings.Lines(text) {
			f := strings.Fields(l)
			if len(f) < 3 || f[0] != "input" {
				continue
			}
			modes := []tree.Mode{tree.Regular, tree.Executable, tree.Folder}
			if len(f) == 4 && len(f[2]) == 1 {
				modes = []tree.Mode{tree.Mode(f[2][0])}
			}
			for _, mode := range modes {
				if !yield(f[1], ref{mode, f[len(f)-1]}) {
					return
				}
			}
		}
	}
}

// published returns when a result's outputs were known to be good: their
// digests had just been computed.
func (m *Manifest) published() time.Time {
	if !m.Published.IsZero() {
		return m.Published
	}
	return m.Started.Add(time.Duration(m.Seconds * float64(time.Second)))
}

// lastGood returns when an artifact was last known to be good: when a result
// with it was published last, or when the whole store was checked after that.
// A time in the future, as after the clock was set back, proves nothing.
func (g *lineage) lastGood(r ref, checked, now time.Time) time.Time {
	var good, first time.Time
	for _, m := range g.makers[r] {
		t := m.published()
		if t.After(now) {
			return time.Time{}
		}
		if first.IsZero() || t.Before(first) {
			first = t
		}
		if t.After(good) {
			good = t
		}
	}
	for _, m := range g.readers[r] {
		// Nothing can be computed from what does not exist: the clock was set
		// back, and no order can be told.
		if m.Started.Before(first) {
			return time.Time{}
		}
	}
	if checked.After(good) && !checked.After(now) && !first.IsZero() && first.Before(checked) {
		good = checked
	}
	return good
}

// tainted returns the results that may have been computed from the damaged
// artifacts, or from what these results in turn yielded.
func (g *lineage) tainted(good map[ref]time.Time) []*Manifest {
	var list []*Manifest
	is := map[*Manifest]bool{}
	add := func(m *Manifest) {
		if !is[m] {
			is[m] = true
			list = append(list, m)
		}
	}
	for r, since := range good {
		for _, m := range g.readers[r] {
			if !m.published().Before(since) {
				add(m)
			}
		}
	}
	for i := 0; i < len(list); i++ { // which grows meanwhile
		for _, a := range list[i].Outputs {
			if g.vouchedFor(a.ref(), is) {
				continue
			}
			for _, m := range g.readers[a.ref()] {
				add(m)
			}
		}
	}
	return list
}

// vouchedFor reports whether a result that is not tainted has the artifact.
func (g *lineage) vouchedFor(r ref, tainted map[*Manifest]bool) bool {
	for _, m := range g.makers[r] {
		if !tainted[m] {
			return true
		}
	}
	return false
}
