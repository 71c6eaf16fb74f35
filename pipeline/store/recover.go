package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Recover clears away what dead processes left: staging is removed, and for
// each run that died dead is called with the lines that it noted, to write its
// record. It costs three directory reads if there is nothing to do.
//
// What cannot be recovered, as another user's run in a folder that is not
// shared, is passed over and stays for who can. Only a full disk, or an error of
// dead, is returned, after all else is done. In a store that may only be read
// nothing is done.
func (s *Store) Recover(dead func(id string, lines []json.RawMessage) error) error {
	if !s.Writable() {
		return nil
	}
	s.sweep() // first, since records need space
	s.purge(time.Now())
	active, err := os.ReadDir(s.path("active"))
	if err != nil {
		return err
	}
	var errs []error
	for _, d := range active {
		if err := s.recoverRun(d.Name(), dead); err != nil {
			errs = append(errs, fmt.Errorf("run %s: %w", d.Name(), err))
		}
	}
	return errors.Join(errs...)
}

// recoverRun ends a run whose process is dead.
func (s *Store) recoverRun(id string, dead func(string, []json.RawMessage) error) error {
	path := s.path("active", id)
	f, err := os.Open(path)
	if err != nil {
		return nil // it has just ended, or it is another user's
	}
	defer f.Close()
	if ok, _ := flock(f, unix.LOCK_EX); !ok || !named(f, path) {
		return nil // alive, or just ended
	}
	_, err = os.Stat(s.runPath(id))
	if err == nil {
		os.Remove(path)
		return nil // it died after its record was written
	}
	b, err := readFile(path, nil)
	if err != nil {
		return err
	}
	var lines []json.RawMessage
	for line := range strings.Lines(string(b)) {
		line, whole := strings.CutSuffix(line, "\n")
		if !whole || !json.Valid([]byte(line)) {
			break // cut short
		}
		lines = append(lines, json.RawMessage(line))
	}
	if len(lines) > 0 { // or it died before it noted anything
		if err := dead(id, lines); err != nil {
			return err // and it is still to be recorded
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) && !readOnly(err) {
		return err
	}
	return nil
}

// sweep removes staging whose process is gone.
func (s *Store) sweep() {
	dir, err := os.ReadDir(s.path("tmp"))
	if err != nil {
		return
	}
	for _, d := range dir {
		path := s.path("tmp", d.Name())
		if !d.IsDir() {
			s.sweepFile(path)
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			continue // gone, or another user's
		}
		if ok, _ := flock(f, unix.LOCK_EX); ok && named(f, path) {
			s.discard(path)
		}
		f.Close()
	}
}

// sweepFile removes a temporary file that nobody has touched for an hour: it
// takes a moment to write one.
func (s *Store) sweepFile(path string) {
	var st unix.Stat_t
	if unix.Lstat(path, &st) == nil && time.Since(time.Unix(st.Ctim.Unix())) > time.Hour {
		os.Remove(path)
	}
}
