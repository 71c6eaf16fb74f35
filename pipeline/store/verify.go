package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"

	"whorl/pipeline/store/tree"
)

// vouched are the artifacts whose content this process has seen to be what their
// names say, as they were then. An artifact that a stat finds unchanged since need
// not be read again.
type vouched struct {
	mu sync.Mutex
	by map[string]*tree.Tree // by path
}

func (v *vouched) get(path string) *tree.Tree {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.by[path]
}

func (v *vouched) put(path string, t *tree.Tree) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.by == nil {
		v.by = map[string]*tree.Tree{}
	}
	v.by[path] = t
}

// Verify checks that an artifact's content is what its digest says. It reads all of
// it, unless a stat tells that it has not changed since this process, or another
// since the machine was started, read it; with rehash it reads it in any case.
// The tree that it returns tells later whether the artifact was left alone:
// see [tree.Tree.Unchanged]. Of a missing or damaged artifact the error is a
// [*DamagedError].
//
// Where only permissions, times or the listing of a directory are wrong, which
// the content tells, they are put right.
func (s *Store) Verify(ctx context.Context, a Artifact, rehash bool) (*tree.Tree, error) {
	path := s.Path(a)
	memo := s.Memo()
	if rehash {
		memo = nil
	} else if t := s.vouched.get(path); t != nil && t.Digest.String() == a.Digest {
		if same, err := t.Unchanged(ctx, workers()); err == nil && same {
			return t, nil
		}
	}
	t, err := tree.Scan(ctx, path, memo, workers())
	if errors.Is(err, fs.ErrPermission) && reopen(path) {
		t, err = tree.Scan(ctx, path, memo, workers())
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		return nil, &DamagedError{path, "it is missing from the store", fs.ErrNotExist}
	case errors.Is(err, fs.ErrPermission):
		return nil, err
	case err != nil:
		return nil, &DamagedError{path, err.Error(), err}
	case t.Dir != a.Dir || t.Digest.String() != a.Digest:
		return nil, &DamagedError{Path: path, Why: notItsName + s.which(a, t)}
	}
	if t, err = s.mend(ctx, a, t); err != nil {
		return nil, err
	}
	s.vouched.put(path, t)
	return t, nil
}

// mend puts right what is wrong about an artifact with the right content.
func (s *Store) mend(ctx context.Context, a Artifact, t *tree.Tree) (*tree.Tree, error) {
	if a.Dir {
		if _, err := s.ReadAll(a.Digest); err != nil {
			if err := s.relist(t); err != nil {
				return nil, &DamagedError{s.Path(a), "its listing is missing or damaged", err}
			}
		}
	}
	if s.Check(Artifact{Digest: a.Digest, Bytes: t.Bytes, Dir: a.Dir, Exec: a.Exec}) == nil {
		return t, nil
	}
	err := sealAll(t, a.Exec)
	now, e := tree.Scan(ctx, t.Root, nil, workers())
	switch {
	case e != nil:
		return nil, e
	case err != nil && now.Mode() != a.mode():
		return nil, &DamagedError{t.Root, "its permission to be executed was changed", err}
	case now.Digest != t.Digest:
		return nil, &DamagedError{Path: t.Root, Why: notItsName}
	}
	return now, nil // its times may be wrong for want of permission, and its content is right
}

// sealAll makes the files of a published artifact read-only again.
func sealAll(t *tree.Tree, exec bool) error {
	if !t.Dir {
		return seal(t.Root, exec)
	}
	for _, e := range t.Entries {
		if e.Mode == tree.Folder {
			continue
		}
		if err := seal(filepath.Join(t.Root, e.Path), e.Mode == tree.Executable); err != nil {
			return err
		}
	}
	return nil
}

// relist writes the listing of a sound directory again.
func (s *Store) relist(t *tree.Tree) error {
	st, err := s.Stage()
	if err != nil {
		return err
	}
	defer st.Discard()
	return s.put(st.Dir(), t.Text())
}

// ID identifies the content of an artifact: see [tree.ID].
func (a Artifact) ID() string { return tree.ID(a.mode(), a.Digest) }

func (a Artifact) mode() tree.Mode {
	switch {
	case a.Dir:
		return tree.Folder
	case a.Exec:
		return tree.Executable
	}
	return tree.Regular
}

// which names the files of a damaged directory, if its listing is sound.
func (s *Store) which(a Artifact, now *tree.Tree) string {
	if !a.Dir || !now.Dir {
		return ""
	}
	l, err := s.Listing(a.Digest)
	if err != nil {
		return ""
	}
	d := tree.Diff(l, now.Entries)
	all := slices.Concat(d.Removed, d.Changed, d.Added)
	if len(all) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s, %d in all)", all[0], len(all))
}
