package store

import (
	"bytes"
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

const (
	recordSuffix = ".json"
	labelsSuffix = ".labels"
)

func (s *Store) runPath(id string) string { return s.path("runs", id+recordSuffix) }

// labelsPath is in the same folder as the record, under a name that is no
// record's: [checkRunID] refuses such an id.
func (s *Store) labelsPath(id string) string { return s.path("runs", id+labelsSuffix+recordSuffix) }

// The envelope of a run's record. Version 1 is the first that has one; older
// records are bare JSON, which is read too.
const (
	runKind    = "run"
	runVersion = 1
)

// WriteRun keeps the record of a run, a JSON value, in place of any that there
// is.
func (s *Store) WriteRun(id string, record []byte) error {
	return s.writeRunFile(id, s.runPath(id), envelope.Encode(runKind, runVersion, line(record)))
}

// line ends JSON with a newline.
func line(json []byte) []byte { return append(bytes.TrimRight(json, "\n"), '\n') }

// ReadRun returns the record of a run. Of one that is empty, cut short or changed
// the error is a [*DamagedError].
func (s *Store) ReadRun(id string) ([]byte, error) {
	path := s.runPath(id)
	b, err := readFile(path, nil)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", id, err)
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
		return nil, s.DamagedRun(id, err)
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

// DamagedRun is the error of a record whose content is wrong.
func (s *Store) DamagedRun(id string, why error) error {
	return &DamagedError{s.runPath(id), why.Error(), why}
}

// WriteLabels keeps what people call a run, a JSON value, beside its record;
// nil removes it.
func (s *Store) WriteLabels(id string, labels []byte) error {
	if labels != nil {
		return s.writeRunFile(id, s.labelsPath(id), line(labels))
	}
	if err := os.Remove(s.labelsPath(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.disk.sync(s.path("runs"))
}

// ReadLabels returns what WriteLabels kept of a run; nil if there is nothing.
func (s *Store) ReadLabels(id string) ([]byte, error) {
	b, err := readFile(s.labelsPath(id), nil)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

func (s *Store) writeRunFile(id, path string, content []byte) error {
	st, err := s.Stage()
	if err != nil {
		return fmt.Errorf("record of run %s: %w", id, err)
	}
	defer st.Discard()
	tmp := filepath.Join(st.Dir(), "run")
	if err := s.disk.write(tmp, content); err != nil {
		return fmt.Errorf("record of run %s: %w", id, err)
	}
	if err := s.disk.rename(tmp, path); err != nil {
		return fmt.Errorf("record of run %s: %w", id, err)
	}
	return s.disk.sync(s.path("runs"))
}

// A RunFile is a run's record as the store sees it.
type RunFile struct {
	ID       string
	Recorded time.Time // when the record was last written
	Active   bool      // it has no record yet: see [Store.ReadActive]
	Stamp    string    // another one once anything of the record or the labels has changed
}

// Runs lists the runs that have ended, the newest first.
func (s *Store) Runs() ([]RunFile, error) {
	all, err := s.AllRuns()
	return slices.DeleteFunc(all, func(f RunFile) bool { return f.Active }), err
}

// AllRuns lists the runs that have ended or go on, or whose process died, the
// newest first.
func (s *Store) AllRuns() ([]RunFile, error) {
	// First those that go on: one that ends meanwhile is then in both.
	active, err := os.ReadDir(s.path("active"))
	if err != nil {
		return nil, err
	}
	ended, err := os.ReadDir(s.path("runs"))
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*RunFile, len(ended)+len(active))
	labels := map[string]string{}
	for _, d := range ended {
		name, ok := strings.CutSuffix(d.Name(), recordSuffix)
		if !ok {
			continue
		}
		id, isLabels := strings.CutSuffix(name, labelsSuffix)
		modified, stamp, ok := stampOf(s.path("runs", d.Name()))
		switch {
		case !ok:
		case isLabels:
			labels[id] = stamp
		default:
			byID[id] = &RunFile{ID: id, Recorded: modified, Stamp: stamp}
		}
	}
	for _, d := range active {
		id := d.Name()
		modified, stamp, ok := stampOf(s.path("active", id))
		if byID[id] == nil && ok {
			byID[id] = &RunFile{ID: id, Recorded: modified, Active: true, Stamp: "active " + stamp}
		}
	}
	runs := make([]RunFile, 0, len(byID))
	for id, f := range byID {
		if l := labels[id]; l != "" {
			f.Stamp += " " + l
		}
		runs = append(runs, *f)
	}
	slices.SortFunc(runs, func(a, b RunFile) int {
		if c := b.Recorded.Compare(a.Recorded); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	return runs, nil
}

// stampOf tells a version of a file from all others, as far as its metadata do.
func stampOf(path string) (modified time.Time, stamp string, ok bool) {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return time.Time{}, "", false
	}
	modified = time.Unix(st.Mtim.Unix())
	return modified, fmt.Sprintf("%d:%d:%d:%d", st.Size, modified.UnixNano(), time.Unix(st.Ctim.Unix()).UnixNano(), st.Ino), true
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
