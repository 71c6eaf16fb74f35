package store

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

func collect(t *testing.T, s *Store, o CollectOptions) *Collected {
	t.Helper()
	c, err := s.Collect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestUndo checks that a collection can be undone until its grace is over, and
// that its bytes go for good then.
func TestUndo(t *testing.T) {
	s := open(t)
	m := publish(t, s, "x", map[string]string{"a": "hello", "d/": "one\ntwo/three\n"})
	o := keep(nil)
	o.Grace = time.Hour
	if c := collect(t, s, o); c.Results != 1 || c.Artifacts == 0 || time.Until(c.Until) > time.Hour {
		t.Errorf("%+v", c)
	}
	if got, _ := lookup(t, s, m.Key); got != nil {
		t.Error("it was not removed")
	}
	if c, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || !c.Sound() || c.Objects != 0 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
	results, artifacts, err := s.Undo(t.Context())
	if err != nil || results != 1 || artifacts == 0 {
		t.Errorf("undo: %d, %d, %v", results, artifacts, err)
	}
	if got, problem := lookup(t, s, m.Key); got == nil {
		t.Errorf("it did not come back: %s", problem)
	}
	if c, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || !c.Sound() || c.Manifests != 1 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
	if _, _, err := s.Undo(t.Context()); !errors.Is(err, ErrNothingToUndo) {
		t.Errorf("undone twice: %v", err)
	}

	collect(t, s, o)
	s.purge(time.Now().Add(59 * time.Minute))
	if left, _ := os.ReadDir(s.path("undo")); len(left) != 1 {
		t.Errorf("the grace is not over: %v", left)
	}
	s.purge(time.Now().Add(61 * time.Minute))
	if left, _ := os.ReadDir(s.path("undo")); len(left) != 0 {
		t.Errorf("the grace is over: %v", left)
	}
}

// TestUndoKeepsNew checks that what was made since a collection is not replaced
// by what comes back.
func TestUndoKeepsNew(t *testing.T) {
	s := open(t)
	publish(t, s, "x", map[string]string{"a": "old"})
	o := keep(nil)
	o.Grace = time.Hour
	collect(t, s, o)
	m := publish(t, s, "x", map[string]string{"a": "new"})
	if _, _, err := s.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, _ := lookup(t, s, m.Key)
	if got == nil || got.Outputs[0] != m.Outputs[0] {
		t.Errorf("got %+v", got)
	}
}

// TestCollectByContent checks that an artifact which a kept run has made is kept,
// although its key has another result since (defect 6).
func TestCollectByContent(t *testing.T) {
	s := open(t)
	first := publish(t, s, "x", map[string]string{"a": "first", "d/": "one\n"})
	second := publish(t, s, "x", map[string]string{"a": "second", "d/": "two\n"})
	roots := &Roots{Keys: map[string]bool{first.Key: true}, Artifacts: append(first.Outputs, second.Outputs...)}
	collect(t, s, CollectOptions{Roots: func() (*Roots, error) { return roots, nil }, ForgetMissing: true})
	for _, a := range roots.Artifacts {
		if _, err := s.Verify(t.Context(), a, true); err != nil {
			t.Error(err)
		}
	}
}

// TestCollectMissingRecords checks that nothing is removed on the strength of an
// absence (defect 14).
func TestCollectMissingRecords(t *testing.T) {
	s := open(t)
	m := publish(t, s, "x", map[string]string{"a": "hello"}) // of run r
	o := keep(nil)
	o.ForgetMissing = false
	var missing *MissingRecordsError
	if _, err := s.Collect(t.Context(), o); !errors.As(err, &missing) || len(missing.Runs) != 1 || missing.Runs[0] != "r" {
		t.Errorf("the record is missing: %v", err)
	}
	if got, problem := lookup(t, s, m.Key); got == nil {
		t.Fatal(problem)
	}
	if err := s.WriteRun("r", []byte(`{"ID": "r"}`)); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveRun(t.Context(), "r"); err != nil {
		t.Fatal(err)
	}
	if c := collect(t, s, o); c.Results != 1 {
		t.Errorf("the record was removed by intent: %+v", c)
	}
}

// TestEvict checks that above a size what is cheapest to compute again goes
// first, and never what is pinned.
func TestEvict(t *testing.T) {
	s := open(t)
	made := map[string]*Manifest{}
	for name, seconds := range map[string]float64{"cheap": 1, "dear": 100, "pinned": 0.1} {
		st, err := s.Stage()
		if err != nil {
			t.Fatal(err)
		}
		defer st.Discard()
		content := make([]byte, 1000)
		copy(content, name)
		if err := os.WriteFile(st.OutDir()+"/o", content, 0o644); err != nil {
			t.Fatal(err)
		}
		want := []Artifact{{Name: "o"}}
		trees, err := st.Digest(t.Context(), want)
		if err != nil {
			t.Fatal(err)
		}
		m := &Manifest{Key: KeyOf(name), Text: name, Seconds: seconds}
		if err := st.Publish(m, want, trees); err != nil {
			t.Fatal(err)
		}
		made[name] = m
	}
	roots := &Roots{Keys: map[string]bool{}, Pinned: made["pinned"].Outputs}
	for _, m := range made {
		roots.Keys[m.Key] = true
		roots.Artifacts = append(roots.Artifacts, m.Outputs...)
	}
	for _, c := range []struct {
		limit   int64
		evicted int
		left    string
	}{{3000, 0, "cheap dear pinned "}, {2500, 1, "dear pinned "}, {10, 1, "pinned "}} {
		o := CollectOptions{Roots: func() (*Roots, error) { return roots, nil }, MaxBytes: c.limit}
		dry := o
		dry.DryRun = true
		would, did := collect(t, s, dry), collect(t, s, o)
		if *would != *did || did.Evicted != c.evicted || did.Results != c.evicted {
			t.Errorf("at most %d bytes: would %+v, did %+v", c.limit, would, did)
		}
		left := ""
		for _, name := range []string{"cheap", "dear", "pinned"} {
			if _, err := s.Verify(context.Background(), made[name].Outputs[0], true); err == nil {
				left += name + " "
			}
		}
		if left != c.left {
			t.Errorf("at most %d bytes: left %q, want %q", c.limit, left, c.left)
		}
	}
}
