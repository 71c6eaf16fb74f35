package leaveout

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// MediaType is that of an output which holds a table.
const MediaType = "application/vnd.whorl.leave-one-out+json"

// Version is that of the format.
const Version = 1

// A Table holds metrics without one unit at a time.
type Table struct {
	Version int                  `json:"version"`
	Unit    string               `json:"unit"`    // what is left out, e.g. "subject"
	Units   []string             `json:"units"`   // names, the same in all runs for the same unit
	Metrics map[string][]float64 `json:"metrics"` // by name, one value a unit
}

// Add adds a metric. It is left out if one of its values is not finite.
func (t *Table) Add(metric string, without []float64) {
	for _, v := range without {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
	}
	if t.Metrics == nil {
		t.Metrics = map[string][]float64{}
	}
	t.Metrics[metric] = without
}

// Check reports the first thing that is wrong with a table.
func (t *Table) Check() error {
	if t.Unit == "" {
		return errors.New("leave-one-out values: the unit has no name")
	}
	seen := map[string]bool{}
	for _, u := range t.Units {
		if u == "" || seen[u] {
			return fmt.Errorf("leave-one-out values: the unit %q is empty or named twice", u)
		}
		seen[u] = true
	}
	for name, values := range t.Metrics {
		if len(values) != len(t.Units) {
			return fmt.Errorf("leave-one-out values: %s has %d values for %d units", name, len(values), len(t.Units))
		}
	}
	return nil
}

// Encode returns the text of a table; the version is filled in.
func Encode(t Table) ([]byte, error) {
	t.Version = Version
	if err := t.Check(); err != nil {
		return nil, err
	}
	text, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("leave-one-out values: %w", err)
	}
	return text, nil
}

// Decode reads a table strictly: unknown fields, another version and whatever
// [Table.Check] refuses are errors.
func Decode(text []byte) (*Table, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	t := new(Table)
	if err := d.Decode(t); err != nil {
		return nil, fmt.Errorf("leave-one-out values: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("leave-one-out values: text follows the table")
	}
	if t.Version != Version {
		return nil, fmt.Errorf("leave-one-out values: version %d; this program reads version %d", t.Version, Version)
	}
	return t, t.Check()
}
