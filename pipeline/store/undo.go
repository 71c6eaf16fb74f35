package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// An undo is a folder of what one collection removed, laid out as the store is.
// Its name is the time until which the collection can be undone.
type undo struct {
	s     *Store
	dir   string
	until time.Time
	made  map[string]bool // folders
}

const undoTime = "20060102T150405.000000000Z"

func (s *Store) newUndo(until time.Time) (*undo, error) {
	t := &undo{s: s, dir: s.path("undo", until.UTC().Format(undoTime)), until: until, made: map[string]bool{}}
	if err := s.disk.mkdir(t.dir); err != nil {
		return nil, err
	}
	return t, nil
}

// take moves a file or directory of the store there.
func (t *undo) take(path string) error {
	folder := filepath.Join(t.dir, filepath.Dir(path))
	if !t.made[folder] {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return err
		}
		for dir := folder; len(dir) > len(t.dir); dir = filepath.Dir(dir) {
			if err := follow(dir); err != nil {
				return err
			}
		}
		t.made[folder] = true
	}
	err := t.s.disk.rename(t.s.path(path), filepath.Join(t.dir, path))
	if err != nil && (errors.Is(err, fs.ErrNotExist) || readOnly(err)) {
		t.s.notice("%s cannot be removed: %v", t.s.path(path), err)
		return nil
	}
	return err
}

// purge removes for good what can no longer be brought back.
func (s *Store) purge(now time.Time) {
	names, err := os.ReadDir(s.path("undo"))
	if err != nil || len(names) == 0 {
		return
	}
	lock, err := os.Open(s.path("undo"))
	if err != nil {
		return
	}
	defer lock.Close()
	if ok, _ := flock(lock, unix.LOCK_EX); !ok {
		return // somebody brings it back, or removes it
	}
	for _, d := range names {
		if until, err := time.Parse(undoTime, d.Name()); err == nil && now.After(until) {
			s.discard(s.path("undo", d.Name()))
		}
	}
}

// ErrNothingToUndo says that no collection can be undone any more.
var ErrNothingToUndo = errors.New("there is nothing to bring back: no collection was made, or its time to be undone is over")

// Undo brings back what collections removed whose grace is not over. It returns
// how many results and artifacts came back. It returns [ErrBusy] if a run goes on.
func (s *Store) Undo(ctx context.Context) (results, artifacts int, err error) {
	g, err := s.guard(unix.LOCK_EX)
	if err != nil {
		return 0, 0, err
	}
	defer g.Release()
	lock, err := os.Open(s.path("undo"))
	if err != nil {
		return 0, 0, err
	}
	defer lock.Close()
	if ok, err := flock(lock, unix.LOCK_EX); !ok {
		return 0, 0, errors.Join(err, ErrBusy)
	}
	names, err := os.ReadDir(s.path("undo"))
	if err != nil {
		return 0, 0, err
	}
	found := false
	for _, d := range slices.Backward(names) { // the newest first
		until, err := time.Parse(undoTime, d.Name())
		if err != nil || time.Now().After(until) {
			continue
		}
		found = true
		for _, kind := range []string{"objects", "trees", "checkpoints", "damaged", "keys"} { // results last
			n, err := s.restore(ctx, s.path("undo", d.Name()), kind)
			if err != nil {
				return results, artifacts, fmt.Errorf("bring back: %w", err)
			}
			switch kind {
			case "keys":
				results += n
			case "objects", "trees":
				artifacts += n
			}
		}
		s.discard(s.path("undo", d.Name()))
	}
	if !found {
		return 0, 0, ErrNothingToUndo
	}
	return results, artifacts, nil
}

// restore moves what a collection removed back to its place, unless there is something.
func (s *Store) restore(ctx context.Context, from, kind string) (n int, err error) {
	depth := 2 // keys/ab/KEY
	if kind == "checkpoints" || kind == "damaged" {
		depth = 1
	}
	paths, err := filepath.Glob(filepath.Join(escapeGlob(from), kind, strings.Repeat("*/", depth-1)+"*"))
	if err != nil {
		return 0, err
	}
	folders := map[string]bool{}
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		to := s.path(strings.TrimPrefix(path, from+"/"))
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		if err := s.disk.mkdir(filepath.Dir(to)); err != nil {
			return n, err
		}
		if err := s.disk.rename(path, to); err != nil {
			return n, err
		}
		folders[filepath.Dir(to)] = true
		n++
	}
	for dir := range folders {
		if err := s.disk.sync(dir); err != nil {
			return n, err
		}
	}
	return n, nil
}

// escapeGlob makes a pattern that matches only path itself.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
