package pipeline

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"time"

	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// An Engine runs pipelines over a store.
type Engine struct {
	store *store.Store
	now   func() time.Time
}

// NewEngine returns an engine that keeps its results in s.
func NewEngine(s *store.Store) *Engine { return &Engine{store: s, now: time.Now} }

// Options say how a pipeline is run.
type Options struct {
	Targets   []string // stages to run with all that they need; empty: all
	Jobs      int      // stages at once; 0: one for each processor
	Force     bool     // execute every stage, also those in the store
	KeepGoing bool     // after a failure, run the stages that do not depend on it
	RunID     string   // empty: a new one, see NewRunID

	// Origin says how the run was started. It is in the record from the start.
	Origin record.Origin

	// Source determines the revision of the pipeline's source. It is called
	// once, beside the run, which waits for it at its end. It may be nil.
	Source func(context.Context) record.Source

	// Observe receives the events of the run. It is called by one goroutine at a time
	// and should return soon. It may be nil.
	Observe func(Event)
}

// An Event is something that happens during a run. Exactly one of the fields
// from Started on is set.
type Event struct {
	Stage string
	Time  time.Time

	Started  bool            // it is being executed
	Waiting  bool            // for another process that executes the same stage
	Progress *stage.Progress // of its code
	Metric   *stage.Metric
	Log      string // a line of its log
	Notice   string // a warning to the user
	Finished *record.Stage
}

// NewRunID returns an id that sorts by time, such as 20261123-221501-7f3a9c.
func NewRunID(now time.Time) string {
	var b [3]byte
	rand.Read(b[:])
	return fmt.Sprintf("%s-%x", now.UTC().Format("20060102-150405"), b)
}

// A StageError is the failure of a stage.
type StageError struct {
	Stage string
	Log   string // path of its log, or empty
	Err   error
}

func (e *StageError) Error() string { return fmt.Sprintf("stage %q: %v", e.Stage, e.Err) }
func (e *StageError) Unwrap() error { return e.Err }

// A PanicError is a panic in a stage; the stack is in its log.
type PanicError struct{ Value any }

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Run runs a pipeline. If a stage fails or ctx ends, Run returns both an error
// and the record of what was done. If it returns no record, nothing was
// started. The error wraps a [StageError] for each stage that failed.
func (e *Engine) Run(ctx context.Context, p *spec.Pipeline, o Options) (*record.Run, error) {
	nodes, err := p.Nodes(o.Targets...)
	if err != nil {
		return nil, err
	}
	if err := p.CheckSources(e.store.Dir(), o.Targets...); err != nil {
		return nil, err
	}
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	if o.RunID == "" {
		o.RunID = NewRunID(e.now())
	}
	left, err := record.Recover(e.store)
	if err != nil {
		return nil, fullDisk(fmt.Errorf("recover: %w", err), e.store)
	}
	if o.Observe != nil {
		for _, err := range left {
			o.Observe(Event{Time: e.now(), Notice: err.Error()})
		}
	}
	guard, err := e.store.Use(ctx)
	if err != nil {
		return nil, err
	}
	defer guard.Release()
	active, err := e.store.Begin(o.RunID)
	if err != nil {
		return nil, fullDisk(err, e.store)
	}
	return newRun(e, p, nodes, o, active).run(ctx)
}
