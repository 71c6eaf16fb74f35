package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestCheckpoints(t *testing.T) {
	s := open(t)
	c := s.Checkpoints(KeyOf("c"))
	read := func(max int) (int, string) {
		t.Helper()
		step, r, err := c.Latest(max)
		if err != nil {
			t.Fatal(err)
		}
		if r == nil {
			return step, ""
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return step, string(b)
	}
	save := func(step int) {
		t.Helper()
		if err := c.Save(step, func(w io.Writer) error { _, err := fmt.Fprint(w, "state ", step); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if step, _ := read(99); step != 0 {
		t.Errorf("there is a step %d", step)
	}
	for step := 1; step <= 5; step++ {
		save(step)
	}
	for _, want := range []struct {
		max, step int
	}{{99, 5}, {5, 5}, {4, 4}, {3, 0}} { // 3 has been pruned
		step, text := read(want.max)
		if step != want.step || step > 0 && text != fmt.Sprint("state ", step) {
			t.Errorf("latest up to %d: %d %q", want.max, step, text)
		}
	}
	// One of another run at the same step, later than the clock of files ticks.
	old, err := filepath.Glob(filepath.Join(c.dir, "4-*"))
	earlier := time.Now().Add(-time.Minute)
	if err := errors.Join(err, os.Chtimes(old[0], earlier, earlier)); err != nil {
		t.Fatal(err)
	}
	if err := c.Save(4, func(w io.Writer) error { _, err := io.WriteString(w, "another 4"); return err }); err != nil {
		t.Fatal(err)
	}
	if step, text := read(4); step != 4 || text != "another 4" {
		t.Errorf("of two at a step: %d %q, want the newer", step, text)
	}
	save(2) // of a run that goes less far; what others left stays
	if step, _ := read(2); step != 2 {
		t.Errorf("latest up to 2: %d", step)
	}
	files, _ := filepath.Glob(filepath.Join(c.dir, "5-*"))
	if err := os.WriteFile(files[0], []byte("state 6"), 0o666); err != nil {
		t.Fatal(err)
	}
	if step, _ := read(99); step != 4 {
		t.Errorf("a damaged checkpoint: took %d, want 4", step)
	}
	if err := c.Save(6, func(w io.Writer) error { io.WriteString(w, "half"); return errors.New("no more") }); err == nil {
		t.Error("a failed write was kept")
	}
	if step, _ := read(99); step != 4 {
		t.Errorf("after a failed save: %d, want 4", step)
	}
}
