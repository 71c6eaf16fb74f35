package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"whorl/pipeline/store"
)

// Read returns the record of a run, whether it has ended, is in progress or
// has died: see [Run.Crash]. The error satisfies errors.Is(err, fs.ErrNotExist)
// if no such run exists.
func Read(s *store.Store, id string) (*Run, error) {
	r, err := readEnded(s, id)
	if !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	lines, alive, e := s.ReadActive(id)
	if errors.Is(e, fs.ErrNotExist) {
		r, err = readEnded(s, id) // it may just have ended
	} else if err = e; err == nil {
		r, err = replay(id, lines)
		if err == nil && !alive {
			r.Crash()
		}
	}
	if err != nil {
		return nil, err
	}
	return r, r.readLabels(s)
}

func readEnded(s *store.Store, id string) (*Run, error) {
	b, err := s.ReadRun(id)
	if err != nil {
		return nil, err
	}
	r, err := Parse(b)
	if err == nil && r.ID != id {
		err = fmt.Errorf("it is the record of run %s", r.ID)
	}
	if err != nil {
		return nil, s.DamagedRun(id, err)
	}
	return r, r.readLabels(s)
}

func replay(id string, lines [][]byte) (*Run, error) {
	r, err := Replay(lines)
	if err == nil && r.ID != id {
		err = fmt.Errorf("it is of run %s", r.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("live record of run %s: %w", id, err)
	}
	return r, nil
}

// Write keeps the record of a run that has ended.
func Write(s *store.Store, r *Run) error {
	b, err := Encode(r)
	if err != nil {
		return err
	}
	return s.WriteRun(r.ID, b)
}

// Recover clears away what dead processes left in the store, and records their
// runs as failed. It returns the errors of those that could not be
// recovered, which a caller may ignore: see [store.Store.Recover].
func Recover(s *store.Store) (left []error, err error) {
	return s.Recover(func(id string, lines [][]byte) ([]byte, error) {
		r, err := replay(id, lines)
		if err != nil {
			return nil, err
		}
		r.Crash()
		return Encode(r)
	})
}

// readLabels reads what people call the run. Labels that cannot be read are
// left out: they are edited by hand, and are no reason to lose the record.
func (r *Run) readLabels(s *store.Store) error {
	b, err := s.ReadLabels(r.ID)
	if err != nil || b == nil {
		return err
	}
	var l Labels
	if json.Unmarshal(b, &l) == nil {
		r.Labels = l
	}
	return nil
}

// WriteLabels keeps what people call a run.
func WriteLabels(s *store.Store, id string, l Labels) error {
	slices.Sort(l.Tags)
	l.Tags = slices.Compact(l.Tags)
	if l.Name == "" && len(l.Tags) == 0 && l.Note == "" {
		return s.WriteLabels(id, nil)
	}
	b, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	return s.WriteLabels(id, b)
}
