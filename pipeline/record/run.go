package record

import "time"

// A State is the state of a run.
type State string

// The states of a run.
const (
	Running     State = "running"
	Done        State = "done"
	Failed      State = "failed"
	Interrupted State = "interrupted"
)

// A Run is one execution of a pipeline.
type Run struct {
	ID       string
	State    State
	Started  time.Time // UTC
	Finished time.Time // UTC; zero while it runs

	Pipeline string   // path of the pipeline.yaml, as given
	Spec     string   `json:",omitempty"` // its text; empty in records of early versions
	Data     string   `json:",omitempty"` // as given
	Seed     uint64   // of the run
	Targets  []string `json:",omitempty"` // stages asked for; empty: all

	Origin
	Source Source

	Stages []Stage // in the order in which data flows

	Labels `json:"-"` // which are kept beside the record
}

// An Origin is how a run came about.
type Origin struct {
	Command  []string `json:",omitempty"` // as typed
	Dir      string   `json:",omitempty"` // working directory
	Sweep    *Sweep   `json:",omitempty"` // that the run is a trial of, or nil
	Trial    int      `json:",omitempty"` // counted from 1; 0: none
	Machine  Machine
	Versions Versions
}

// A Sweep is a set of runs of one pipeline that differ in parameters.
type Sweep struct {
	ID         string
	Name       string
	File       string    `json:",omitempty"` // path of the definition
	Definition string    `json:",omitempty"` // its text
	Started    time.Time // UTC
	Trials     int       // how many were planned
}

// A Machine is what a run ran on. What cannot be found out is empty.
type Machine struct {
	Host   string `json:",omitempty"`
	OS     string `json:",omitempty"` // as in GOOS
	Arch   string `json:",omitempty"` // as in GOARCH
	CPU    string `json:",omitempty"` // model name
	CPUs   int    `json:",omitempty"` // logical
	Memory int64  `json:",omitempty"` // bytes
}

// Versions are of the program that made a run.
type Versions struct {
	Program string `json:",omitempty"`
	Go      string `json:",omitempty"`
	Variant string `json:",omitempty"` // numeric variants, "fma"
}

// Labels are the name, tags and note of a run. They can be changed at any time.
type Labels struct {
	Name string   `json:"name,omitempty"` // unique among the runs of a store
	Tags []string `json:"tags,omitempty"` // sorted
	Note string   `json:"note,omitempty"`
}

// Seconds is how long the run took; 0 while it runs.
func (r *Run) Seconds() float64 {
	if r.Finished.IsZero() {
		return 0
	}
	return r.Finished.Sub(r.Started).Seconds()
}

// Stage returns the stage of that name, or nil.
func (r *Run) Stage(name string) *Stage {
	for i := range r.Stages {
		if r.Stages[i].Name == name {
			return &r.Stages[i]
		}
	}
	return nil
}

// SweepID is the id of the sweep that the run is a trial of, or empty.
func (r *Run) SweepID() string {
	if r.Sweep == nil {
		return ""
	}
	return r.Sweep.ID
}

// Executed reports whether any stage was executed, rather than taken from the
// store.
func (r *Run) Executed() bool {
	for i := range r.Stages {
		switch r.Stages[i].Status {
		case Ran, StageFailed, StageRunning:
			return true
		}
	}
	return false
}

// Count returns how many stages have each status.
func (r *Run) Count() map[Status]int {
	n := map[Status]int{}
	for i := range r.Stages {
		n[r.Stages[i].Status]++
	}
	return n
}
