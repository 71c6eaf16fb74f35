package pipeline

import (
	"context"
	"time"

	"whorl/pipeline/stage"
)

// A State is what a run has come to.
type State string

// The states of a run.
const (
	Running     State = "running"
	Done        State = "done"
	Failed      State = "failed"
	Interrupted State = "interrupted"
)

// A Status is what became of a stage in a run.
type Status string

// The statuses of a stage.
const (
	Ran     Status = "ran"
	Cached  Status = "cached"
	Broken  Status = "failed"
	Skipped Status = "skipped" // because a stage before it failed or the run was interrupted
)

// A RunInfo is what is known of a run before its first stage.
type RunInfo struct {
	ID       string
	Started  time.Time
	Pipeline string // path of the spec
	Data     string // as given
	Seed     uint64
	Targets  []string // stages asked for; empty: all
	Stages   []Plan   // in topological order, those of the spec's order first
}

// A Plan is one stage of a run as resolved from the spec.
type Plan struct {
	Name   string
	Kind   string
	Params []Param // sorted by name, defaults included
	Inputs []Wire  // sorted by name
}

// A Param is a resolved parameter.
type Param struct {
	Name  string
	Value any // bool, int64, float64, string or a slice of those
}

// A Wire is where an input comes from.
type Wire struct {
	Name string
	Ref  string // "stage.output", "data" or a path as written
}

// A Result is what a run came to.
type Result struct {
	RunInfo
	State    State
	Finished time.Time
	Stages   []StageResult // one for each of RunInfo.Stages, in that order
}

// A StageResult is what a stage came to in a run.
type StageResult struct {
	Name    string
	Kind    string
	Status  Status
	Key     string // hexadecimal; empty if it was never known
	Started time.Time
	Seconds float64 // of this execution; for a cached stage, of looking it up
	Cost    float64 // seconds of the execution that made the outputs
	Inputs  []InputResult
	Outputs []Output
	Metrics []stage.Metric // replayed ones included, in the order they were recorded
	Log     string         // path of the execution's log, if there is one
	Err     error          // of a failed stage
}

// An InputResult is an input as it was read.
type InputResult struct {
	Name, Ref, Digest string
}

// An Output is an artifact: a named output with its content's digest.
type Output struct {
	Name   string
	Digest string // hexadecimal SHA-256
	Bytes  int64
	Type   string // media type, from the port
	Dir    bool
}

// A Recorder is told of runs as they happen. Its methods are called by one
// goroutine at a time; an error ends the run.
type Recorder interface {
	RunStarted(ctx context.Context, run RunInfo) error
	StageStarted(ctx context.Context, run, stage string) error
	StageFinished(ctx context.Context, run string, s StageResult) error
	RunFinished(ctx context.Context, r *Result) error
}
