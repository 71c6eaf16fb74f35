package track

import "time"

// A Run is one recorded execution of a pipeline.
type Run struct {
	ID       string
	State    string // running, done, failed, interrupted
	Started  time.Time
	Finished time.Time // zero while it runs
	Seconds  float64
	Command  []string
	Dir      string // working directory
	Pipeline string // path of the spec
	Spec     string `json:"-"` // its text; empty if it was recorded before version 2 of the schema
	Data     string
	Seed     uint64
	Sweep    string // id of the sweep it is a trial of, or empty
	Trial    int    // counted from 1

	GitCommit string
	GitDirty  bool
	GitDiff   string // the uncommitted changes, if dirty

	Host, OS, Arch, CPU string
	CPUs                int
	Memory              int64 // bytes
	GoVersion           string
	Version             string // whorl's own
	Variant             string // of the numeric kernels

	Params  []Param  // in the pipeline's order, then by name
	Stages  []Stage  // in the pipeline's order
	Metrics []Metric // final values: the last step of each series
}

// A Param is a resolved parameter of a stage.
type Param struct {
	Stage, Name string
	Value       any // bool, int64, float64, string or []any of those
}

// A Metric is a number that a stage measured, or one point of a series.
type Metric struct {
	Stage, Name string
	Step        int // -1 if it is no series
	Value       float64
	Timing      bool
}

// A Stage is what became of a stage in a run.
type Stage struct {
	Name, Kind string
	Status     string // ran, cached, failed, skipped, running, pending
	Key        string
	Started    time.Time
	Seconds    float64 // of this execution
	Cost       float64 // of the execution that made the outputs
	Error      string
	Notes      []string // what the user ought to know, such as that it is not deterministic
	Log        string   // path of the execution's log, if there is one
	Inputs     []Input
	Outputs    []Artifact
}

// An Input is where an input came from and what was read.
type Input struct {
	Name, Ref, Digest string
}

// An Artifact is a named output.
type Artifact struct {
	Name   string
	Digest string
	Bytes  int64
	Type   string // media type
	Dir    bool
}
