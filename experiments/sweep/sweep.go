package sweep

import (
	"crypto/rand"
	"encoding/hex"
	"path/filepath"
	"slices"
	"time"

	"whorl/experiments/sweep/space"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
)

// A Sweep is a definition as read from a file.
type Sweep struct {
	Name       string // for people: the file's base name if it gives none
	File       string // path of the definition, as given
	Text       []byte // its content
	Pipeline   string // path of the pipeline's spec, from where File is relative to
	Question   string // what the sweep is to answer, for people
	Set        []Setting
	Baseline   []Setting // nil: none
	Replicates Replicates
	Search     Search
	Objective  Objective // without a metric: none is given
	Prune      *Prune    // nil: every configuration runs in full

	// Compared is the metric by which configurations are compared in the end:
	// the objective or, without one, the primary metric of the last stage that
	// has one. Resolve sets it.
	Compared Objective

	outside func(key string) (value any, ok bool) // what the pipeline gives to a parameter; nil before Resolve
}

// Seed is the key that sets the run's seed rather than a stage's parameter.
const Seed = "seed"

// A Setting gives a parameter a value.
type Setting struct {
	Key   string // "stage.parameter", or Seed
	Value any    // bool, int, uint64, float64, string, nil or []any of those

	text string            // the value as YAML on one line
	at   yamlwalk.Position // of the value
}

// String returns the setting as --set and [spec.Settings] take it.
func (s Setting) String() string { return s.Key + "=" + s.text }

// Replicates are the runs of a configuration that differ by their seed only.
type Replicates struct {
	Seeds []uint64 // the same for all configurations; none: one run, with the pipeline's seed
	Min   int      // how many of them each configuration gets at least
}

// UntilDecided reports whether replicates are added until a comparison is decided.
func (r Replicates) UntilDecided() bool { return r.Min < len(r.Seeds) }

// Search says which configurations there are.
type Search struct {
	Method string // grid, list, random, halton or tpe
	Budget int    // configurations, for random, halton and tpe
	Seed   uint64
	Ahead  int         // jobs decided before the result of the first is used
	Space  []Param     // in the order of the file
	List   [][]Setting // the configurations of the method list
}

// A Param is a parameter that is varied: over categories, or a range.
type Param struct {
	Key        string
	Categories []Setting    // of that key; none for a range
	Range      *space.Param // nil for categories
	Points     int          // values of a continuous range in a grid
	When       []Condition
	at         yamlwalk.Position
}

// A Condition holds if another parameter has one of some values.
type Condition struct {
	Key    string
	Values []Setting
	at     yamlwalk.Position
}

// An Objective is the metric that a search improves.
type Objective struct {
	Metric string // "stage.name"
	Goal   stage.Goal
}

// Prune stops configurations early, by asynchronous successive halving.
type Prune struct {
	Method   string // asha
	Resource string // the key of the parameter that says how long to go on
	Min, Max int    // values of the resource
	Eta      int    // the best 1/Eta of a rung go on

	at yamlwalk.Position // of the resource
}

// Fix takes keys that the call gives a value out of the sweep: they are no
// longer set by it, nor varied. A fixed seed leaves one replicate, and a fixed
// resource prunes nothing.
func (s *Sweep) Fix(keys ...string) {
	fixed := func(x Setting) bool { return slices.Contains(keys, x.Key) }
	s.Set = slices.DeleteFunc(s.Set, fixed)
	s.Baseline = slices.DeleteFunc(s.Baseline, fixed)
	s.Search.Space = slices.DeleteFunc(s.Search.Space, func(p Param) bool { return slices.Contains(keys, p.Key) })
	for i := range s.Search.List {
		s.Search.List[i] = slices.DeleteFunc(s.Search.List[i], fixed)
	}
	if slices.Contains(keys, Seed) {
		s.Replicates = Replicates{Min: 1}
	}
	if s.Prune != nil && slices.Contains(keys, s.Prune.Resource) {
		s.Prune = nil
	}
}

// Varied returns the keys that differ between trials, in the order of the
// file: parameters of the search, then the resource and the seed.
func (s *Sweep) Varied() []string {
	var keys []string
	add := func(key string) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, p := range s.Search.Space {
		add(p.Key)
	}
	for _, c := range s.Search.List {
		for _, x := range c {
			add(x.Key)
		}
	}
	for _, x := range s.Baseline {
		add(x.Key)
	}
	if s.Prune != nil {
		add(s.Prune.Resource)
	}
	if len(s.Replicates.Seeds) > 0 {
		add(Seed)
	}
	return keys
}

// NewID returns an id for an execution of the sweep that begins now. Ids sort
// by name, then by time; a few random digits keep those of one second apart.
// See [Sweep.ID] for one under which the sweep can be resumed.
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
