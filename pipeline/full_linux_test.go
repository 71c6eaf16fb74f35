package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// TestDiskFull fills the disk at many different points of a run: there is one
// clear error, and the store is sound and goes on once there is space.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=512k"); err != nil {
		t.Skip("it takes a small file system, which cannot be mounted here: ", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	s, err := store.Open(dir + "/artifacts")
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t)
	l.store = s
	big := stage.Kind{
		Name: "big", Inputs: port("in"), Outputs: port("out"), Params: struct {
			Size int `param:"size"`
		}{},
		Run: func(_ context.Context, t *stage.Task) error {
			size := t.Params.(struct {
				Size int `param:"size"`
			}).Size
			t.Logf("writing %d bytes", size)
			return t.WriteFile("out", bytes.Repeat([]byte{byte(size / 4096)}, size))
		},
	}
	if err := l.reg.Register(big); err != nil {
		t.Fatal(err)
	}
	const text = "stages:\n  a: {kind: write}\n  b: {kind: big, inputs: {in: a.out}}\n  c: {kind: length, inputs: {in: b.out}}\n"
	l.run(l.parse(text, "b.size=10"), pipeline.Options{})
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	free := int(st.Bavail) * int(st.Bsize)
	full, fitted := 0, 0
	for pages := -2; pages < 16; pages++ {
		size := free - pages*4096
		_, err := pipeline.NewEngine(s).Run(t.Context(), l.parse(text, fmt.Sprint("b.size=", size)), pipeline.Options{RunID: fmt.Sprint("r", pages)})
		switch {
		case err == nil:
			fitted++
		case errors.Is(err, unix.ENOSPC):
			if full++; strings.Count(err.Error(), "is full; what was published before is kept") != 1 {
				t.Errorf("the error does not say it clearly: %v", err)
			}
		default:
			t.Errorf("%d bytes: %v", size, err)
		}
		c, ferr := s.Fsck(t.Context(), store.FsckOptions{})
		if ferr != nil || len(c.Damaged)+len(c.Lost) > 0 {
			t.Fatalf("%d bytes, error %v: fsck: %+v, %v", size, err, c, ferr)
		}
		if m, problem, _ := s.Lookup(keyOfStage(l, text, "a")); m == nil {
			t.Fatalf("what was done is lost: %s", problem)
		}
		// Make space again: only the first run is kept.
		files, err := s.Runs()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pipeline.NewEngine(s).Collect(t.Context(), pipeline.CollectOptions{Keep: []string{files[len(files)-1].ID}, Grace: -1}); err != nil {
			t.Fatal(err)
		}
		for _, f := range files[:len(files)-1] {
			if err := s.RemoveRun(t.Context(), f.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if full == 0 || fitted == 0 {
		t.Errorf("the disk was full %d times, and sufficed %d times: the test is blind", full, fitted)
	}
	got, _ := l.run(l.parse(text, "b.size=20"), pipeline.Options{})
	equal(t, "with space again", got, "a:cached b:ran c:ran")
}

func keyOfStage(l *lab, text, name string) string {
	st, err := explain.Status(l.t.Context(), l.store, l.parse(text), name)
	if err != nil {
		l.t.Fatal(err)
	}
	return st[len(st)-1].Key
}
