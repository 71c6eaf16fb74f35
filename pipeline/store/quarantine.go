package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"whorl/pipeline/store/tree"
)

// SetAside moves what a [DamagedError] is of to where nobody takes it for good.
// Any other error it returns.
func (s *Store) SetAside(err error) error {
	var damaged *DamagedError
	if !errors.As(err, &damaged) {
		return err
	}
	return s.setAside(damaged.Path)
}

// setAside moves what is damaged to where nobody takes it for good.
func (s *Store) setAside(path string) error {
	to := s.path("damaged", fmt.Sprintf("%s-%d", filepath.Base(path), time.Now().UnixNano()))
	if err := s.disk.rename(path, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.disk.sync(filepath.Dir(path))
}

// Quarantine sets aside a damaged artifact, and with it every result that may
// have been computed from the damaged bytes. It returns those results.
func (s *Store) Quarantine(ctx context.Context, damaged *DamagedError) ([]Damage, error) {
	if err := s.setAside(damaged.Path); err != nil {
		return nil, err
	}
	r, ok := s.refOf(damaged.Path)
	if !ok {
		return nil, nil
	}
	return s.taint(ctx, map[ref]bool{r: true})
}

// refOf returns what the object or directory at a path in the store is.
func (s *Store) refOf(path string) (ref, bool) {
	rel, err := filepath.Rel(s.dir, path)
	if err != nil {
		return ref{}, false
	}
	part := strings.Split(rel, string(filepath.Separator))
	if len(part) < 3 {
		return ref{}, false
	}
	name, exec := strings.CutSuffix(part[2], executable)
	r := ref{tree.Regular, name}
	switch {
	case part[0] == "trees":
		r.mode = tree.Folder
	case part[0] != "objects":
		return ref{}, false
	case exec:
		r.mode = tree.Executable
	}
	return r, isDigest(name)
}

// taint sets aside the results that may have been computed from artifacts while
// these were damaged: those published after it was last known to be
// good. What was computed from their outputs goes too, unless another result
// vouches for these.
func (s *Store) taint(ctx context.Context, damaged map[ref]bool) ([]Damage, error) {
	var all []*Manifest
	if err := s.Manifests(func(m *Manifest) error {
		all = append(all, m)
		return ctx.Err()
	}, nil); err != nil {
		return nil, err
	}
	g := newLineage(all)
	good := map[ref]time.Time{} // when each was last known to be good
	for r := range damaged {
		good[r] = g.lastGood(r, s.lastCheck(), time.Now())
	}
	tainted := []Damage{}
	for _, m := range g.tainted(good) {
		path := s.fanned("keys", m.Key)
		if err := s.setAside(path); err != nil {
			return tainted, err
		}
		tainted = append(tainted, Damage{s.relative(path), fmt.Sprintf("stage %s of run %s may have read damaged bytes: %s", m.Stage, m.Run, inputOf(m, good))})
	}
	return tainted, nil
}

// inputOf names the first input of m that is among the damaged artifacts.
func inputOf(m *Manifest, damaged map[ref]time.Time) string {
	for name, r := range inputs(m.Text) {
		if _, ok := damaged[r]; ok {
			return "input " + name
		}
	}
	return "an input that is the output of another such result"
}

func (s *Store) relative(path string) string { return strings.TrimPrefix(path, s.dir+"/") }
