package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// version is that of the format. Version 1 had none written in it.
const version = 2

// file is a record as it is kept.
type file struct {
	Version int
	*Run
}

// Encode returns the record of a run as one line of JSON.
func Encode(r *Run) ([]byte, error) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(file{version, r}); err != nil {
		return nil, fmt.Errorf("record of run %s: %w", r.ID, err)
	}
	return b.Bytes(), nil
}

// Parse reads a record, of this or an earlier version. Unknown or malformed
// content is an error.
func Parse(b []byte) (*Run, error) {
	var head struct{ Version int }
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, err
	}
	f := file{Run: new(Run)}
	var err error
	switch head.Version {
	case 0:
		f.Run, err = parseFirst(b)
	case version:
		err = decode(b, &f)
	default:
		return nil, fmt.Errorf("it has version %d, and this program reads versions up to %d", head.Version, version)
	}
	if err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	return f.Run, nil
}

// decode reads one JSON value and nothing else.
func decode(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON of the record")
	}
	return nil
}

// check refuses a record that no run can have.
func (r *Run) check() error {
	if r == nil || r.ID == "" || strings.ContainsAny(r.ID, "/\x00") {
		return errors.New("it has no valid id")
	}
	switch r.State {
	case Running, Done, Failed, Interrupted:
	default:
		return fmt.Errorf("run %s: unknown state %q", r.ID, r.State)
	}
	if r.Finished.IsZero() != (r.State == Running) {
		return fmt.Errorf("run %s: its state is %q and its end %v", r.ID, r.State, r.Finished)
	}
	seen := make(map[string]bool, len(r.Stages))
	for i := range r.Stages {
		s := &r.Stages[i]
		switch {
		case s.Name == "" || seen[s.Name]:
			return fmt.Errorf("run %s: stage %d has the name %q, which is empty or another's", r.ID, i+1, s.Name)
		case !slices.Contains(Statuses[:], s.Status):
			return fmt.Errorf("run %s: stage %q: unknown status %q", r.ID, s.Name, s.Status)
		}
		seen[s.Name] = true
	}
	return nil
}
