package pipeline

import (
	"context"
	"encoding/json"
	"time"

	"whorl/pipeline/stage"
	"whorl/pipeline/value"
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
	Spec     string `json:",omitempty"` // its text
	Data     string // as given
	Seed     uint64
	Targets  []string // stages asked for; empty: all
	Stages   []Plan   // in topological order, those of the spec's order first

	// About is what the recorder gave to be kept with the run's record, such
	// as the command.
	About json.RawMessage `json:",omitempty"`
}

// A Plan is one stage of a run as resolved from the spec.
type Plan struct {
	Name   string
	Kind   string
	Params []Param    // sorted by name, defaults included
	Inputs []InputRef // sorted by name
}

// A Param is a resolved parameter.
type Param struct {
	Name  string
	Value any // bool, int64, float64, string or a slice of those
}

// UnmarshalJSON reads a parameter as MarshalJSON writes it.
func (p *Param) UnmarshalJSON(b []byte) error {
	var raw struct {
		Name  string
		Value json.RawMessage
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	v, err := value.Parse(raw.Value)
	*p = Param{raw.Name, v}
	return err
}

// MarshalJSON writes the value as package value does, which keeps its type.
func (p Param) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name  string
		Value json.RawMessage
	}{p.Name, value.JSON(p.Value)})
}

// An InputRef is where an input comes from.
type InputRef struct {
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
	Notes   []string       // what the user ought to know, such as that it is not deterministic
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
	Exec   bool `json:",omitempty"` // the file may be executed
}

// A Recorder is told of runs as they happen. Its methods are called by one
// goroutine at a time; an error ends the run.
//
// What a recorder itself knows of a run it may hand to keep, once unless that fails,
// from within any of the methods. It becomes [RunInfo.About], even if the process dies after that.
type Recorder interface {
	RunStarted(ctx context.Context, run RunInfo, keep func(about json.RawMessage) error) error
	StageStarted(ctx context.Context, run, stage string, at time.Time) error
	StageFinished(ctx context.Context, run string, s StageResult) error
	RunFinished(ctx context.Context, r *Result) error
}
