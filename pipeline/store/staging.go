package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"whorl/pipeline/store/tree"
)

// A Staging is a place where one execution makes its outputs before they are
// published. It is locked, so that what a dead process left is told from what
// a living one is at.
type Staging struct {
	s    *Store
	dir  string
	lock *os.File
}

// Stage makes a place for an execution; Discard removes it.
func (s *Store) Stage() (*Staging, error) {
	for {
		dir, err := os.MkdirTemp(s.path("tmp"), "stage-*")
		if err != nil {
			return nil, err
		}
		if err := follow(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		lock, err := os.Open(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue // swept before it was locked
		}
		if err != nil {
			return nil, err
		}
		ok, err := flock(lock, unix.LOCK_EX)
		if err == nil && ok {
			if err = os.Mkdir(filepath.Join(dir, "out"), 0o777); err == nil {
				return &Staging{s, dir, lock}, nil
			}
		}
		lock.Close()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
}

// Dir is where files that are not outputs may be put.
func (st *Staging) Dir() string { return st.dir }

// OutDir is where the outputs are made, each under its name.
func (st *Staging) OutDir() string { return filepath.Join(st.dir, "out") }

// Discard removes whatever was not published.
func (st *Staging) Discard() error {
	st.s.discard(st.dir)
	st.lock.Close()
	return nil
}

// Digest makes the outputs that were made read-only and digests them; each of
// want must be there, a directory if its Dir says so, and nothing else.
func (st *Staging) Digest(ctx context.Context, want []Artifact) ([]*tree.Tree, error) {
	made, err := os.ReadDir(st.OutDir())
	if err != nil {
		return nil, err
	}
	for _, d := range made {
		if !slices.ContainsFunc(want, func(a Artifact) bool { return a.Name == d.Name() }) {
			return nil, fmt.Errorf("it made %q, which is none of its declared outputs", d.Name())
		}
	}
	trees := make([]*tree.Tree, len(want))
	for i, a := range want {
		path := filepath.Join(st.OutDir(), a.Name)
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("it did not make its output %q", a.Name)
		case err != nil:
			return nil, err
		case a.Dir && !info.IsDir():
			return nil, fmt.Errorf("output %q should be a directory and is a file", a.Name)
		case !a.Dir && !info.Mode().IsRegular():
			return nil, fmt.Errorf("output %q should be a regular file and is %s", a.Name, describe(info))
		}
		if err := st.freeze(ctx, a.Name); err != nil {
			return nil, err
		}
		if trees[i], err = tree.Scan(ctx, path, nil, workers()); err != nil {
			return nil, fmt.Errorf("digest output %q: %w", a.Name, err)
		}
	}
	return trees, nil
}

func describe(info fs.FileInfo) string {
	switch {
	case info.IsDir():
		return "a directory"
	case info.Mode()&fs.ModeSymlink != 0:
		return "a symbolic link"
	}
	return "neither a file nor a directory"
}

// Publish moves the outputs, digested by Digest, into the store, and then the
// manifest, whose outputs it fills in. Extra are further objects that the
// manifest needs. When it returns without an error everything is durable, and
// this process vouches for it. What the store has already is read first: new
// bytes take the place of damaged ones.
func (st *Staging) Publish(m *Manifest, want []Artifact, trees []*tree.Tree, extra ...[]byte) error {
	s := st.s
	m.Outputs = slices.Clone(want)
	for i, t := range trees {
		a := &m.Outputs[i]
		a.Digest, a.Bytes, a.Exec = t.Digest.String(), t.Bytes, t.Mode() == tree.Executable
		if t.Dir {
			extra = append(extra, t.Text())
		}
	}
	for _, content := range extra {
		if err := s.put(st.dir, content); err != nil {
			return err
		}
	}
	var files []string // that are to become objects
	folders := false
	have := make([]bool, len(trees))
	for i, t := range trees {
		var err error
		if have[i], err = s.sound(m.Outputs[i]); err != nil {
			return err
		}
		if have[i] {
			continue
		}
		files = append(files, filepath.Join(st.OutDir(), want[i].Name))
		folders = folders || t.Dir
	}
	if err := st.syncOutputs(files, folders); err != nil {
		return err
	}
	for i, t := range trees {
		if have[i] {
			continue
		}
		if err := st.settle(&m.Outputs[i], t); err != nil {
			return err
		}
	}
	return s.publish(m, filepath.Join(st.dir, "manifest"))
}

// sound reports whether an artifact is in the store with the right content.
// What is there with another is set aside.
func (s *Store) sound(a Artifact) (bool, error) {
	ctx := context.Background()
	_, err := s.Verify(ctx, a, true)
	var damaged *DamagedError
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case errors.As(err, &damaged):
		_, err := s.Quarantine(ctx, damaged)
		return false, err
	}
	return false, err
}

// syncOutputs makes what was written durable, each file by itself or, where
// there are directories of them, the whole of the staging at once.
func (st *Staging) syncOutputs(files []string, all bool) error {
	s := st.s
	if all {
		return s.disk.syncAll(st.dir)
	}
	for _, f := range files {
		if err := s.disk.sync(f); err != nil {
			return err
		}
	}
	return nil
}

// settle renames a durable output to its place.
func (st *Staging) settle(a *Artifact, t *tree.Tree) error {
	s := st.s
	from, to := t.Root, s.Path(*a)
	if err := s.disk.mkdir(filepath.Dir(to)); err != nil {
		return err
	}
	if err := s.disk.rename(from, to); err != nil {
		if _, e := os.Stat(to); !a.Dir || e != nil {
			return err
		}
		// Another process was first, or another output has the same content.
		if ok, err := s.sound(*a); ok || err != nil {
			return err
		}
		if err := s.disk.rename(from, to); err != nil {
			return err
		}
	}
	if now, err := t.Moved(context.Background(), to, workers()); err == nil && now != nil {
		s.vouched.put(to, now)
	}
	return s.disk.sync(filepath.Dir(to))
}
