package store

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// derive publishes a result that was computed from an artifact.
func derive(t *testing.T, s *Store, stage string, from Artifact, content string) *Manifest {
	t.Helper()
	return publish(t, s, fmt.Sprintf("stage %s\ninput in %c %s\n", stage, from.mode(), from.Digest), map[string]string{"o": content})
}

// TestTaint checks that fsck sets aside what may have been computed from damaged
// bytes, and what was computed from that, and nothing else (defect 1).
func TestTaint(t *testing.T) {
	s := open(t)
	a := publish(t, s, "a", map[string]string{"o": "12345"})
	b := derive(t, s, "b", a.Outputs[0], "from a")
	c := derive(t, s, "c", b.Outputs[0], "from b")
	other := publish(t, s, "other", map[string]string{"o": "67890"})
	d := derive(t, s, "d", other.Outputs[0], "from other")
	rot(t, s.Path(a.Outputs[0]))
	found, err := s.Fsck(t.Context(), FsckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var tainted []string
	for _, x := range found.Tainted {
		tainted = append(tainted, x.Path)
	}
	want := []string{s.relative(s.fanned("keys", b.Key)), s.relative(s.fanned("keys", c.Key))}
	slices.Sort(want)
	if !slices.Equal(tainted, want) || len(found.Damaged) != 1 {
		t.Errorf("tainted %v, want %v; damaged %v", tainted, want, found.Damaged)
	}
	for _, m := range []*Manifest{a, b, c} {
		if got, _ := lookup(t, s, m.Key); got != nil {
			t.Errorf("%s is accepted", m.Text)
		}
	}
	if got, problem := lookup(t, s, d.Key); got == nil {
		t.Errorf("d is refused: %s", problem)
	}
	if found, err = s.Fsck(t.Context(), FsckOptions{}); err != nil || !found.Sound() {
		t.Errorf("fsck again: %+v, %v", found, err)
	}
}

// TestTaintAfterCheck checks that what was computed before the last complete check
// of the store is not tainted by damage that came later.
func TestTaintAfterCheck(t *testing.T) {
	s := open(t)
	a := publish(t, s, "a", map[string]string{"o": "12345"})
	before := derive(t, s, "before", a.Outputs[0], "before")
	if found, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || !found.Sound() {
		t.Fatalf("%+v, %v", found, err)
	}
	after := derive(t, s, "after", a.Outputs[0], "after")
	rot(t, s.Path(a.Outputs[0]))
	found, err := s.Fsck(t.Context(), FsckOptions{})
	if err != nil || len(found.Tainted) != 1 {
		t.Errorf("%+v, %v", found, err)
	}
	if got, problem := lookup(t, s, before.Key); got == nil {
		t.Errorf("what was computed before the check is refused: %s", problem)
	}
	if got, _ := lookup(t, s, after.Key); got != nil {
		t.Error("what was computed after the check is accepted")
	}
}

// TestLastGood checks when an artifact counts as known to be good, also if the
// clock was set.
func TestLastGood(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 1, 1, hour, 0, 0, 0, time.UTC) }
	made := func(hour int) *Manifest {
		return &Manifest{Started: at(hour), Published: at(hour), Outputs: []Artifact{{Name: "o", Digest: "x"}}}
	}
	read := func(hour int) *Manifest {
		return &Manifest{Started: at(hour), Published: at(hour), Text: "input in f x\n"}
	}
	r := ref{'f', "x"}
	for name, c := range map[string]struct {
		all     []*Manifest
		checked time.Time
		want    time.Time
	}{
		"published":              {[]*Manifest{made(1)}, time.Time{}, at(1)},
		"published again":        {[]*Manifest{made(1), made(3)}, time.Time{}, at(3)},
		"checked since":          {[]*Manifest{made(1)}, at(4), at(4)},
		"checked before":         {[]*Manifest{made(3)}, at(2), at(3)},
		"published in future":    {[]*Manifest{made(1), made(23)}, time.Time{}, time.Time{}},
		"checked in future":      {[]*Manifest{made(1)}, at(23), at(1)},
		"read before it existed": {[]*Manifest{made(3), read(2)}, time.Time{}, time.Time{}},
		"read after":             {[]*Manifest{made(3), read(4)}, time.Time{}, at(3)},
		"of nobody":              {nil, at(4), time.Time{}},
	} {
		if got := newLineage(c.all).lastGood(r, c.checked, at(12)); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
