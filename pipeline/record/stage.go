package record

import (
	"time"

	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// A Status is what has become of a stage in a run.
type Status string

// The statuses of a stage.
const (
	Pending      Status = "pending" // its turn is to come
	StageRunning Status = "running" // it is being executed
	Ran          Status = "ran"
	Cached       Status = "cached"
	StageFailed  Status = "failed"
	Skipped      Status = "skipped" // because a stage before it failed or the run was interrupted
)

// Statuses are all of them, in the order in which they are listed.
var Statuses = [...]Status{Ran, Cached, StageFailed, Skipped, StageRunning, Pending}

// A Stage is one stage of a run: what it was given and what became of it.
type Stage struct {
	Name   string
	Kind   string
	Params []Param            `json:",omitempty"` // sorted by name, defaults included
	About  []stage.MetricInfo `json:",omitempty"` // of the metrics that it may record

	Status  Status
	Key     string    `json:",omitempty"` // hexadecimal; empty if it was never known
	Started time.Time `json:",omitzero"`  // UTC
	Seconds float64   `json:",omitempty"` // of this execution; for a cached stage, of looking it up
	Cost    float64   `json:",omitempty"` // seconds of the execution that made the outputs
	Inputs  []Input   `json:",omitempty"` // sorted by name
	Outputs []Output  `json:",omitempty"` // sorted by name
	Metrics Metrics   `json:",omitempty"` // in the order in which they were recorded
	Notes   []string  `json:",omitempty"` // warnings, such as that it is not deterministic
	Log     string    `json:",omitempty"` // path of the execution's log
	Error   string    `json:",omitempty"` // why it failed
}

// An Input is where an input comes from, and what was read.
type Input struct {
	Name   string
	Ref    string // "stage.output", "data" or a path as written
	Digest string `json:",omitempty"` // of the content; empty if it was never known
}

// An Output is an artifact: a named output with its content's digest.
type Output struct {
	store.Artifact
	Type string `json:",omitempty"` // media type
}

// Output returns the output of that name, or nil.
func (s *Stage) Output(name string) *Output {
	for i := range s.Outputs {
		if s.Outputs[i].Name == name {
			return &s.Outputs[i]
		}
	}
	return nil
}

// MetricInfo describes a metric of the stage; ok is false if its kind does
// not.
func (s *Stage) MetricInfo(name string) (info stage.MetricInfo, ok bool) {
	return stage.InfoOf(s.About, name)
}

// ended is when the stage was last heard of.
func (s *Stage) ended() time.Time {
	return s.Started.Add(time.Duration(s.Seconds * float64(time.Second)))
}
