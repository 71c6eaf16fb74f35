package store

import (
	"encoding/json"
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

// An ActiveRun is a run that goes on in this process. Its file holds what has
// happened so far, a line of JSON each, so that another process can tell what
// a dead run came to.
type ActiveRun struct {
	s  *Store
	id string
	f  *os.File
}

// ErrRunExists says that a run of that id is already known.
var ErrRunExists = errors.New("there is a run of that id already")

// Begin makes a run known; it is taken for dead once this process is. The id
// must be fit for a file name.
func (s *Store) Begin(id string) (*ActiveRun, error) {
	if id == "" || strings.ContainsAny(id, "/\x00") || strings.HasPrefix(id, ".") {
		return nil, fmt.Errorf("run id %q: it must be fit for a file name", id)
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
	// It gets its name only when it is locked: whoever looks for the dead in
	// between would else take the lock, and the run for one of them.
	_, err = flock(f, unix.LOCK_EX)
	if err == nil {
		err = os.Link(f.Name(), s.path("active", id))
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

// Note adds a line to what is known of the run should it die. It is not
// synced: after a power loss the run may be forgotten, never its artifacts.
func (r *ActiveRun) Note(v any) error {
	return json.NewEncoder(r.f).Encode(v) // in one write
}

// Finish keeps the record of the run, durably, and ends it. If that fails, as on
// a full disk, the run is as if its process had died: what it noted is there
// for Recover.
func (r *ActiveRun) Finish(record any) error {
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

func (s *Store) runPath(id string) string { return s.path("runs", id+".json") }

// WriteRun keeps the record of a run, in place of any that there is.
func (s *Store) WriteRun(id string, record any) error {
	st, err := s.Stage()
	if err != nil {
		return fmt.Errorf("record of run %s: %w", id, err)
	}
	defer st.Discard()
	tmp := filepath.Join(st.Dir(), "run")
	if err := s.disk.write(tmp, record); err != nil {
		return fmt.Errorf("record of run %s: %w", id, err)
	}
	if err := s.disk.rename(tmp, s.runPath(id)); err != nil {
		return fmt.Errorf("record of run %s: %w", id, err)
	}
	return s.disk.sync(s.path("runs"))
}

// ReadRun decodes the record of a run into record.
func (s *Store) ReadRun(id string, record any) error {
	b, err := os.ReadFile(s.runPath(id))
	if err != nil {
		return fmt.Errorf("run %s: %w", id, err)
	}
	if err := json.Unmarshal(b, record); err != nil {
		return &DamagedError{s.runPath(id), err.Error()}
	}
	return nil
}

// A RunFile is a run's record as the store sees it.
type RunFile struct {
	ID       string
	Recorded time.Time
}

// Runs lists the runs that have ended, the newest first.
func (s *Store) Runs() ([]RunFile, error) {
	dir, err := os.ReadDir(s.path("runs"))
	if err != nil {
		return nil, err
	}
	var runs []RunFile
	for _, d := range dir {
		id, ok := strings.CutSuffix(d.Name(), ".json")
		info, err := d.Info()
		if !ok || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		runs = append(runs, RunFile{id, info.ModTime()})
	}
	slices.SortFunc(runs, func(a, b RunFile) int {
		if c := b.Recorded.Compare(a.Recorded); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	return runs, nil
}

// RemoveRun forgets a run and its logs; what it made stays until the next
// collection.
func (s *Store) RemoveRun(id string) error {
	if err := os.RemoveAll(s.path("logs", id)); err != nil {
		return err
	}
	return os.Remove(s.runPath(id))
}

// Recover clears away what dead processes left: staging is removed, and for
// each run that died dead is called with the lines that it noted, to write its
// record. It costs two directory reads if there is nothing to do.
func (s *Store) Recover(dead func(id string, lines []json.RawMessage) error) error {
	if err := s.sweep(); err != nil { // first, since records need space
		return err
	}
	active, err := os.ReadDir(s.path("active"))
	if err != nil {
		return err
	}
	for _, d := range active {
		if err := s.bury(d.Name(), dead); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) bury(id string, dead func(string, []json.RawMessage) error) error {
	path := s.path("active", id)
	if _, err := os.Stat(path); err != nil {
		return nil // it has just ended
	}
	l, err := tryLock(path)
	if l == nil {
		return err // alive
	}
	if _, err := os.Stat(s.runPath(id)); err == nil {
		l.Release()
		return nil // it died after its record was written
	}
	b, err := os.ReadFile(path)
	if err != nil {
		l.f.Close()
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
	if len(lines) > 0 { // or it died before saying anything
		if err := dead(id, lines); err != nil {
			l.f.Close() // and is still to be buried
			return err
		}
	}
	l.Release()
	return nil
}

// sweep removes staging whose process is gone.
func (s *Store) sweep() error {
	dir, err := os.ReadDir(s.path("tmp"))
	if err != nil {
		return err
	}
	for _, d := range dir {
		path := s.path("tmp", d.Name())
		if !d.IsDir() {
			s.sweepFile(path)
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			continue // gone
		}
		if ok, _ := flock(f, unix.LOCK_EX); ok && named(f, path) {
			err = removeAll(path)
		}
		f.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// sweepFile removes a temporary file that nobody has touched for an hour: it
// takes a moment to write one.
func (s *Store) sweepFile(path string) {
	var st unix.Stat_t
	if unix.Lstat(path, &st) == nil && time.Since(time.Unix(st.Ctim.Unix())) > time.Hour {
		os.Remove(path)
	}
}

// LogPath returns where the log of a stage of a run is kept.
func (s *Store) LogPath(run, stage string) string { return s.path("logs", run, stage+".log") }

// KeepLog moves the log of an execution to its place and returns its path
// relative to the store.
func (s *Store) KeepLog(from, run, stage string) (string, error) {
	to := s.LogPath(run, stage)
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return "", err
	}
	if err := s.disk.rename(from, to); err != nil {
		return "", err
	}
	return filepath.Rel(s.dir, to)
}
