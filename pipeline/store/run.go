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

	"whorl/pipeline/store/envelope"
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

// The envelope of a run's record. Version 1 is the first that has one; older
// records are bare JSON, which is read too.
const (
	runKind    = "run"
	runVersion = 1
)

// WriteRun keeps the record of a run, which is encoded in JSON, in place of any
// that there is.
func (s *Store) WriteRun(id string, record any) error {
	fail := func(err error) error { return fmt.Errorf("record of run %s: %w", id, err) }
	b, err := json.Marshal(record)
	if err != nil {
		return fail(err)
	}
	st, err := s.Stage()
	if err != nil {
		return fail(err)
	}
	defer st.Discard()
	tmp := filepath.Join(st.Dir(), "run")
	if err := s.disk.write(tmp, envelope.Encode(runKind, runVersion, append(b, '\n'))); err != nil {
		return fail(err)
	}
	if err := s.disk.rename(tmp, s.runPath(id)); err != nil {
		return fail(err)
	}
	return s.disk.sync(s.path("runs"))
}

// ReadRun decodes the record of a run into record. Of one that is empty, cut
// short or changed the error is a [*DamagedError].
func (s *Store) ReadRun(id string, record any) error {
	b, err := s.readRun(id)
	if err != nil {
		return fmt.Errorf("run %s: %w", id, err)
	}
	if err := json.Unmarshal(b, record); err != nil {
		return &DamagedError{s.runPath(id), err.Error(), err}
	}
	return nil
}

// readRun returns the JSON of a run's record.
func (s *Store) readRun(id string) ([]byte, error) {
	path := s.runPath(id)
	b, err := readFile(path, nil)
	if err != nil {
		return nil, err
	}
	wrapped := envelope.Is(b)
	if wrapped {
		var newer *envelope.VersionError
		if _, b, err = envelope.Decode(b, runKind, runVersion); errors.As(err, &newer) {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if err == nil {
		err = isRecordOf(b, id, wrapped)
	}
	if err != nil {
		return nil, &DamagedError{path, err.Error(), err}
	}
	return b, nil
}

// isRecordOf tells another run's record, under the wrong name, from this one's.
// A record that no checksum vouches for must name its run.
func isRecordOf(record []byte, id string, vouched bool) error {
	var r struct{ ID *string }
	err := json.Unmarshal(record, &r)
	switch {
	case err != nil && !vouched:
		return err
	case r.ID == nil && !vouched:
		return errors.New("it names no run")
	case r.ID != nil && *r.ID != id:
		return fmt.Errorf("it is the record of run %q", *r.ID)
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
// collection, which is told by a mark that the record is missing for a reason.
func (s *Store) RemoveRun(id string) error {
	st, err := s.Stage()
	if err != nil {
		return err
	}
	defer st.Discard()
	mark := filepath.Join(st.Dir(), "removed")
	if err := s.disk.write(mark, nil); err != nil {
		return err
	}
	if err := s.place(mark, s.path("removed", id)); err != nil {
		return err
	}
	if err := os.RemoveAll(s.path("logs", id)); err != nil {
		return err
	}
	return os.Remove(s.runPath(id))
}

// LogPath returns where the log of a stage of a run is kept.
func (s *Store) LogPath(run, stage string) string { return s.path("logs", run, stage+".log") }

// KeepLog moves the log of an execution to its place and returns its path
// relative to the store.
func (s *Store) KeepLog(from, run, stage string) (string, error) {
	to := s.LogPath(run, stage)
	if err := s.disk.mkdir(filepath.Dir(to)); err != nil {
		return "", err
	}
	if err := s.disk.rename(from, to); err != nil {
		return "", err
	}
	if err := follow(to); err != nil {
		return "", err
	}
	return filepath.Rel(s.dir, to)
}
