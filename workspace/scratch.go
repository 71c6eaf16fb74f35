package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// A scratch is a temporary directory that its process holds a lock on: one
// without a lock was left by a process that was killed.
type scratch struct {
	path string
	lock *os.File
}

const scratchPrefix = "whorl-reproduce-"

func newScratch() (*scratch, error) {
	for {
		path, err := os.MkdirTemp("", scratchPrefix+"*")
		if err != nil {
			return nil, err
		}
		s, err := lockScratch(path)
		if err == nil {
			return s, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		// Another process took it for a dead one's, and removes it.
	}
}

// lockScratch takes the lock of a directory that nobody else holds.
func lockScratch(path string) (*scratch, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		f.Close()
		return nil, err
	}
	return &scratch{path, f}, nil
}

// sweepScratch removes the directories of killed processes, as far as this user
// may.
func sweepScratch() {
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		return
	}
	for _, d := range entries {
		path := filepath.Join(os.TempDir(), d.Name())
		if !d.IsDir() || !strings.HasPrefix(d.Name(), scratchPrefix) || unix.Access(path, unix.W_OK) != nil {
			continue
		}
		if s, err := lockScratch(path); err == nil {
			s.remove()
		}
	}
}

// remove deletes the directory, in which the files of a store are read-only.
func (s *scratch) remove() {
	filepath.WalkDir(s.path, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			os.Chmod(path, 0o700)
		}
		return nil
	})
	os.RemoveAll(s.path)
	s.lock.Close()
}
