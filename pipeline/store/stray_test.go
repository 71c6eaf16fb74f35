package store

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestStrays checks that files which are none of ours hinder nobody.
func TestStrays(t *testing.T) {
	s := open(t)
	m := publish(t, s, "x", map[string]string{"a": "hello", "d/": "one\n"})
	for _, kind := range layout {
		names := []string{".DS_Store", "x"}
		if kind != "active" && kind != "locks" {
			names = append(names, "ab/x", "ab/.nfs01", "a/x", "ab/ab")
		}
		for _, name := range names {
			path := s.path(kind, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte("?"), 0o666)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if c, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || c.Manifests != 1 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
	if left, err := s.Recover(nil); err != nil || left != nil {
		t.Errorf("recover: %v, %v", left, err)
	}
	if _, err := s.Runs(); err != nil {
		t.Errorf("runs: %v", err)
	}
	if _, err := s.Collect(t.Context(), keep(map[string]bool{m.Key: true})); err != nil {
		t.Errorf("gc: %v", err)
	}
	if got, problem := lookup(t, s, m.Key); got == nil {
		t.Error(problem)
	}
}

// TestFoldersDeleted checks that a store whose folders were deleted has lost
// what was in them and nothing else.
func TestFoldersDeleted(t *testing.T) {
	s := open(t)
	for _, kind := range layout {
		publish(t, s, "x", map[string]string{"a": "hello"})
		if err := removeAll(s.path(kind)); err != nil {
			t.Fatal(err)
		}
		var err error
		if s, err = Open(s.dir); err != nil {
			t.Fatalf("without %s: %v", kind, err)
		}
		if left, err := s.Recover(nil); err != nil || left != nil {
			t.Errorf("without %s: %v, %v", kind, left, err)
		}
	}
}

// TestLostListing checks that a result which lacks something that no lookup
// asks for is made again after fsck, and is sound then.
func TestLostListing(t *testing.T) {
	s := open(t)
	m := publish(t, s, "x", map[string]string{"a": "hello"})
	if err := os.Remove(s.fanned("objects", m.Needs[0])); err != nil {
		t.Fatal(err)
	}
	if c, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || len(c.Lost) != 1 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
	if got, _ := lookup(t, s, m.Key); got != nil {
		t.Error("it is accepted")
	}
	publish(t, s, "x", map[string]string{"a": "hello"})
	if c, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || len(c.Lost)+len(c.Damaged) != 0 {
		t.Errorf("fsck, when it was made again: %+v, %v", c, err)
	}
}

// TestTouched checks that a file in the store which was touched, as in a copy of
// a store, is trusted if its content is right, and not otherwise (defect 23).
func TestTouched(t *testing.T) {
	s := open(t)
	m := publish(t, s, "x", map[string]string{"a": "hello", "d/": "one\n"})
	now := stamp.AddDate(50, 0, 0)
	for _, path := range []string{s.Path(m.Outputs[0]), filepath.Join(s.Path(m.Outputs[1]), "one")} {
		if err := os.Chtimes(path, now, now); err != nil {
			t.Fatal(err)
		}
		if got, problem := lookup(t, s, m.Key); got == nil {
			t.Errorf("%s was touched: %s", path, problem)
		}
		if c, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || len(c.Damaged)+len(c.Lost) > 0 {
			t.Errorf("fsck: %+v, %v", c, err)
		}
		if got, problem := lookup(t, s, m.Key); got == nil {
			t.Error("fsck found it right, and it is not trusted: ", problem)
		}
	}
}

// TestCollectLeftovers checks that gc removes the locks and half-written memos of
// dead processes.
func TestCollectLeftovers(t *testing.T) {
	s := open(t)
	left := []string{s.path("locks", KeyOf("x")), s.path("memo", ".memo-123")}
	for _, path := range left {
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, dryRun := range []bool{true, false} {
		o := keep(nil)
		o.DryRun = dryRun
		if _, err := s.Collect(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		for _, path := range left {
			if _, err := os.Stat(path); (err == nil) != dryRun {
				t.Errorf("dry run %v: %s: %v", dryRun, path, err)
			}
		}
	}
}

// TestCollectCheckpoints checks that gc keeps the checkpoints of kept results,
// however old, and of young work that is yet to be finished.
func TestCollectCheckpoints(t *testing.T) {
	s := open(t)
	long := time.Now().Add(-2 * unfinished)
	roots := map[string]bool{}
	for name, old := range map[string]bool{"kept": true, "shared": true, "refused": false, "given up": true, "unfinished": false} {
		cps := s.Checkpoints(KeyOf(name))
		if err := cps.Save(1, func(w io.Writer) error { _, err := io.WriteString(w, name); return err }); err != nil {
			t.Fatal(err)
		}
		if old {
			os.Chtimes(cps.dir, long, long)
		}
	}
	for text, name := range map[string]string{"a": "kept", "b": "shared", "c": "shared", "d": "refused"} {
		st, err := s.Stage()
		if err != nil {
			t.Fatal(err)
		}
		defer st.Discard()
		if err := st.Publish(&Manifest{Key: KeyOf(text), Text: text, Checkpoint: KeyOf(name)}, nil, nil); err != nil {
			t.Fatal(err)
		}
		roots[KeyOf(text)] = text == "a" || text == "b"
	}
	if _, err := s.Collect(t.Context(), keep(roots)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"kept": 1, "shared": 1, "refused": 0, "given up": 0, "unfinished": 1} {
		if step, r, err := s.Checkpoints(KeyOf(name)).Latest(9); err != nil || step != want {
			t.Errorf("%s: the newest is %d, want %d; %v", name, step, want, err)
		} else if r != nil {
			r.Close()
		}
	}
}
