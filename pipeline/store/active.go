package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// An ActiveRun is a run that goes on in this process. Its file holds what has
// happened so far, a line of JSON each, so that other processes can follow it,
// and can tell what it came to should it die. The file is locked while the
// process lives: that, and nothing else, is how a run that goes on is told
// from one whose process died.
type ActiveRun struct {
	s  *Store
	id string
	f  *os.File
}

// ErrRunExists says that a run of that id is already known.
var ErrRunExists = errors.New("there is a run of that id already")

// Begin makes a run known. The id must be fit for a file name.
func (s *Store) Begin(id string) (*ActiveRun, error) {
	if err := checkRunID(id); err != nil {
		return nil, err
	}
	if _, err := os.Stat(s.runPath(id)); err == nil {
		return nil, fmt.Errorf("run %s: %w", id, ErrRunExists)
	}
	st, err := s.Stage() // which is swept should the process die
	if err != nil {
		return nil, err
	}
	defer st.Discard()
	f, err := os.Create(filepath.Join(st.Dir(), "run"))
	if err != nil {
		return nil, err
	}
	// It gets its name only when it is locked: a process that looks for dead
	// runs would otherwise take the lock in between.
	_, err = flock(f, unix.LOCK_EX)
	if err == nil {
		err = os.Link(f.Name(), s.path("active", id))
	}
	if err == nil {
		err = follow(s.path("active", id))
	}
	if err != nil {
		f.Close()
		if errors.Is(err, fs.ErrExist) {
			err = fmt.Errorf("run %s: %w", id, ErrRunExists)
		}
		return nil, err
	}
	return &ActiveRun{s, id, f}, nil
}

func checkRunID(id string) error {
	if id == "" || strings.ContainsAny(id, "/\x00") || strings.HasPrefix(id, ".") || strings.HasSuffix(id, labelsSuffix) {
		return fmt.Errorf("run id %q: it must be fit for a file name", id)
	}
	return nil
}

// Append adds lines, each with its newline, to what is known of the run. It is
// not synced: after a power loss the run may be forgotten, never its artifacts.
func (r *ActiveRun) Append(lines []byte) error {
	_, err := r.f.Write(lines)
	return err
}

// Finish keeps the record of the run, durably, and ends it. If that fails, as on
// a full disk, the run is as if its process had died: its lines are there for
// Recover.
func (r *ActiveRun) Finish(record []byte) error {
	if err := r.s.WriteRun(r.id, record); err != nil {
		r.f.Close()
		return err
	}
	r.Abandon()
	return nil
}

// Abandon forgets the run.
func (r *ActiveRun) Abandon() {
	os.Remove(r.s.path("active", r.id))
	r.f.Close()
}

// ReadActive returns the lines of a run that has no record yet, and whether its
// process lives. It changes nothing. The error is fs.ErrNotExist if the run has
// ended.
func (s *Store) ReadActive(id string) (lines [][]byte, alive bool, err error) {
	f, err := os.Open(s.path("active", id))
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	free, err := flock(f, unix.LOCK_SH) // shared: two readers are not taken for the owner
	if err != nil {
		return nil, false, err
	}
	lines, err = readLines(f.Name())
	return lines, !free, err
}

// readLines returns the lines of a file up to the first that is cut short.
func readLines(path string) ([][]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var lines [][]byte
	for line := range strings.Lines(string(b)) {
		line, whole := strings.CutSuffix(line, "\n")
		if !whole || !json.Valid([]byte(line)) {
			break
		}
		lines = append(lines, []byte(line))
	}
	return lines, nil
}

// Recover clears away what dead processes left: staging is removed, and for
// each run whose process died, crashed makes its record of its lines. It costs
// three directory reads if there is nothing to do. In a store that may only be
// read nothing is done.
//
// A run that cannot be recovered stops neither the others nor the caller, who
// is told of it. Lines that cannot be understood are moved to damaged/, so that
// this is told once; a record that could not be written, as on a full disk, is
// tried again the next time.
func (s *Store) Recover(crashed func(id string, lines [][]byte) (record []byte, err error)) (left []error, err error) {
	if !s.Writable() {
		return nil, nil
	}
	s.sweep() // first, since records need space
	s.purge(time.Now())
	active, err := os.ReadDir(s.path("active"))
	if err != nil {
		return left, err
	}
	for _, d := range active {
		if !d.Type().IsRegular() {
			continue
		}
		if err := s.recoverRun(d.Name(), crashed); err != nil {
			left = append(left, fmt.Errorf("recover run %s: %w", d.Name(), err))
		}
	}
	return left, nil
}

func (s *Store) recoverRun(id string, crashed func(string, [][]byte) ([]byte, error)) error {
	path := s.path("active", id)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil // it has just ended, or it is another user's, who will recover it
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if free, err := flock(f, unix.LOCK_EX); !free || err != nil || !named(f, path) {
		return err // its process lives, or it has just ended
	}
	if _, err := os.Stat(s.runPath(id)); err == nil {
		return os.Remove(path) // it died after its record was written
	}
	lines, err := readLines(path)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return os.Remove(path) // it died before it had begun
	}
	record, err := crashed(id, lines)
	if err != nil {
		return errors.Join(fmt.Errorf("its lines cannot be understood and were moved to damaged/: %w", err), s.setAside(path))
	}
	if err := s.WriteRun(id, record); err != nil {
		return err
	}
	return os.Remove(path)
}
