package sweep

import (
	"crypto/rand"
	"encoding/hex"
	"path/filepath"
	"slices"
	"time"
)

// A Sweep is a definition as read from a file.
type Sweep struct {
	Name     string // for people: the file's base name if it gives none
	File     string // path of the definition, as given
	Text     []byte // its content
	Pipeline string // path of the pipeline's spec, from where File is relative to
	Set      []Setting
	Grid     []Axis // in the order of the file
}

// Seed is the key that sets the run's seed rather than a stage's parameter.
const Seed = "seed"

// A Setting gives a parameter a value.
type Setting struct {
	Key   string // "stage.parameter", or Seed
	Value any    // bool, int, uint64, float64, string, nil or []any of those

	text         string // the value as YAML on one line
	line, column int    // of the value
}

// String returns the setting as --set and [spec.Settings] take it.
func (s Setting) String() string { return s.Key + "=" + s.text }

// An Axis is a dimension of the grid.
type Axis struct {
	Key    string
	Points []Setting // of that key
}

// A Trial is one combination of the grid's points.
type Trial struct {
	Number   int       // counted from 1
	Settings []Setting // those of Set, then a point of each axis
}

// Set returns the trial's settings as --set and [spec.Settings] take them.
func (t Trial) Set() []string {
	set := make([]string, len(t.Settings))
	for i, s := range t.Settings {
		set[i] = s.String()
	}
	return set
}

// size is the number of trials, or some number above limit.
func (s *Sweep) size(limit int) int {
	n := 1
	for _, a := range s.Grid {
		if n *= len(a.Points); n > limit {
			break
		}
	}
	return n
}

// Trials returns all combinations, the last axis changing fastest. Without a
// grid there is one trial.
func (s *Sweep) Trials() []Trial {
	trials := make([]Trial, s.size(maxTrials))
	for i := range trials {
		settings := make([]Setting, len(s.Set)+len(s.Grid))
		copy(settings, s.Set)
		rest := i
		for k := len(s.Grid) - 1; k >= 0; k-- {
			points := s.Grid[k].Points
			settings[len(s.Set)+k] = points[rest%len(points)]
			rest /= len(points)
		}
		trials[i] = Trial{Number: i + 1, Settings: settings}
	}
	return trials
}

// Fix takes keys that the call gives a value out of the sweep: they are no
// longer set by it, nor varied.
func (s *Sweep) Fix(keys ...string) {
	s.Set = slices.DeleteFunc(s.Set, func(x Setting) bool { return slices.Contains(keys, x.Key) })
	s.Grid = slices.DeleteFunc(s.Grid, func(a Axis) bool { return slices.Contains(keys, a.Key) })
}

// NewID returns an id for an execution of the sweep that begins now. Ids sort
// by name, then by time; a few random digits keep those of one second apart.
func (s *Sweep) NewID(now time.Time) string {
	var b [2]byte
	rand.Read(b[:]) // never fails
	return s.Name + "-" + now.UTC().Format("20060102-150405") + "-" + hex.EncodeToString(b[:])
}

// resolve makes a path relative to the file usable from the working directory.
func (s *Sweep) resolve(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(s.File), path)
}
