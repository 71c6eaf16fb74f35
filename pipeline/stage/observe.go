package stage

import (
	"fmt"
	"io"
)

// An Observer is told what a stage measures and how far it has come. Its
// methods may be called by several goroutines at once.
type Observer interface {
	Metric(Metric)
	Progress(Progress)
	Log(line string)
}

// NoStep is the step of a metric that is measured once.
const NoStep = -1

// A Metric is a number that a stage measured. Metrics are an output of the
// stage: they are kept with its artifacts and replayed when it is cached.
type Metric struct {
	Name   string  // within the stage: "roc_auc", "hard.eer"
	Step   int     // epoch or the like, counted from 1; NoStep if there is none
	Value  float64 // may be NaN or infinite
	Timing bool    // depends on the machine's speed: kept with the execution, not with the artifacts
}

// Progress is how far a stage has come.
type Progress struct {
	Phase       string // e.g. "epoch 3/15"; may be empty
	Done, Total int64  // of the whole stage; Total 0 if it is not known
	Unit        string // of Done and Total: "files", "pairs"
	Values      []NamedValue
}

// A NamedValue is a figure worth watching: {"loss", 0.21}.
type NamedValue struct {
	Name  string
	Value float64
}

// Checkpoints keep the state of a stage that may be continued later: by the
// same stage after a crash, or by one that differs only in parameters marked
// "progress".
type Checkpoints interface {
	// Latest opens the newest sound checkpoint at a step not beyond max. It
	// returns step 0 and a nil reader if there is none. A stage for which it is
	// not fit asks for an older one.
	Latest(max int) (step int, r io.ReadCloser, err error)
	// Save keeps what write writes as the checkpoint at step, durably and as
	// a whole or not at all.
	Save(step int, write func(io.Writer) error) error
}

// Metric records a number that is measured once.
func (t *Task) Metric(name string, value float64) { t.MetricAt(name, NoStep, value) }

// MetricAt records a number of a series; steps count from 1.
func (t *Task) MetricAt(name string, step int, value float64) {
	if t.Observer != nil {
		t.Observer.Metric(Metric{Name: name, Step: step, Value: value})
	}
}

// Timing records a figure that depends on the machine's speed; step may be
// NoStep.
func (t *Task) Timing(name string, step int, value float64) {
	if t.Observer != nil {
		t.Observer.Metric(Metric{Name: name, Step: step, Value: value, Timing: true})
	}
}

// Progress tells how far the stage has come.
func (t *Task) Progress(p Progress) {
	if t.Observer != nil {
		t.Observer.Progress(p)
	}
}

// Logf writes a line to the stage's log.
func (t *Task) Logf(format string, args ...any) {
	if t.Observer != nil {
		t.Observer.Log(fmt.Sprintf(format, args...))
	}
}
