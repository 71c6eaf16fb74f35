package synth

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"whorl/fingerprint"
)

func TestWriteTree(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "prints")
	o := Options{Subjects: 2, Seed: 7}
	var calls, most atomic.Int64
	err := WriteTree(t.Context(), dir, o, func(done, total int) {
		calls.Add(1)
		if total != 200 {
			t.Errorf("told of %d files, want 200", total)
		}
		if done == total {
			most.Add(1)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if o.Files() != 200 || calls.Load() != 200 || most.Load() != 1 {
		t.Errorf("%d files by Files, %d reports, %d of them the last; want 200, 200, 1", o.Files(), calls.Load(), most.Load())
	}
	want := map[fingerprint.Subset]int{fingerprint.Real: 20, fingerprint.Easy: 60, fingerprint.Medium: 60, fingerprint.Hard: 60}
	files := readTree(t, dir)
	for s, n := range want {
		seen := make(map[string]bool)
		for file := range files {
			if path.Dir(file) != s.Dir() {
				continue
			}
			label, a, err := fingerprint.ParseName(path.Base(file))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Admits(a); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			if label.Subject < 1 || label.Subject > 2 || label.Gender != Gender(7, label.Subject) {
				t.Errorf("%s: label %v", file, label)
			}
			seen[fmt.Sprint(label.Identity(), a)] = true
		}
		if len(seen) != n {
			t.Errorf("%s: %d different prints, want %d", s, len(seen), n)
		}
	}
	if len(files) != 200 {
		t.Errorf("%d files, want 200 and nothing else", len(files))
	}
}

// The bytes do not depend on how many cores there are, nor on how many
// subjects come after.
func TestTreeIsTheSameOnAnyCores(t *testing.T) {
	var trees [3]map[string][32]byte
	for i, procs := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(procs)
		dir := t.TempDir()
		err := WriteTree(t.Context(), dir, Options{Subjects: 1 + i/2, Seed: 1}, nil)
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		trees[i] = readTree(t, dir)
	}
	for i := 1; i < len(trees); i++ {
		for name, digest := range trees[0] {
			if trees[i][name] != digest {
				t.Errorf("tree %d: %s differs", i, name)
			}
		}
	}
}

func TestWriteTreeRefuses(t *testing.T) {
	for _, top := range []string{"Real", "Altered"} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, top), 0o777); err != nil {
			t.Fatal(err)
		}
		err := WriteTree(t.Context(), dir, Options{Subjects: 1}, nil)
		if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, top)+" exists already") {
			t.Errorf("with a %s: error %v", top, err)
		}
		if files, _ := os.ReadDir(dir); len(files) != 1 {
			t.Errorf("with a %s: %d entries afterwards, want 1", top, len(files))
		}
	}
	for _, n := range []int{-1, 0, MaxSubjects + 1} {
		dir := filepath.Join(t.TempDir(), "new")
		if err := WriteTree(t.Context(), dir, Options{Subjects: n}, nil); err == nil || !strings.Contains(err.Error(), "must be from 1 to 65535") {
			t.Errorf("%d subjects: error %v", n, err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%d subjects: the directory was made", n)
		}
	}
}

func TestWriteTreeLeavesNoPart(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	err := WriteTree(ctx, dir, Options{Subjects: 20}, func(done, _ int) {
		if done == 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want that it was cancelled", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("left %v", files)
	}
}

// readTree returns the digest of every file by its path with slashes.
func readTree(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	files := make(map[string][32]byte)
	tree := os.DirFS(dir)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(tree, name)
		files[name] = sha256.Sum256(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
