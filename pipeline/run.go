package pipeline

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// A run is one execution of a pipeline.
type run struct {
	*Engine
	p       *spec.Pipeline
	nodes   []*spec.Node
	o       Options
	started time.Time // with the monotonic clock
	result  *record.Run
	errs    []error            // of the stages, as in result.Stages
	index   map[*spec.Node]int // in result.Stages
	scanner *tree.Scanner
	slots   chan struct{} // one for each stage that may execute at once
	msgs    chan message
	halted  atomic.Bool // no further stage is to be executed, for one has failed
	live    live
	observe sync.Mutex
}

// A message is what a stage's goroutine tells the run's.
type message struct {
	n       *spec.Node
	started bool // its execution starts; else the stage has ended
	result  record.Stage
	err     error
}

var (
	errHalted = errors.New("another stage has failed")
	errGoexit = errors.New("its code ended the goroutine that it ran in")
)

func newRun(e *Engine, p *spec.Pipeline, nodes []*spec.Node, o Options, active *store.ActiveRun) *run {
	r := &run{
		Engine: e, p: p, nodes: nodes, o: o, started: e.now(),
		errs:    make([]error, len(nodes)),
		index:   make(map[*spec.Node]int, len(nodes)),
		scanner: tree.NewScanner(e.store.Memo()),
		slots:   make(chan struct{}, o.Jobs),
		msgs:    make(chan message),
		live:    live{active: active},
	}
	r.result = &record.Run{
		ID: o.RunID, State: record.Running, Started: r.started.UTC().Round(0), Pipeline: p.Path, Spec: p.Spec, Data: p.Data,
		Seed: p.Seed, Targets: o.Targets, Origin: o.Origin, Stages: Plan(nodes),
	}
	for i, n := range nodes {
		r.index[n] = i
	}
	return r
}

// Plan describes stages before their run.
func Plan(nodes []*spec.Node) []record.Stage {
	plan := make([]record.Stage, len(nodes))
	for i, n := range nodes {
		s := &plan[i]
		*s = record.Stage{Name: n.Name, Kind: n.Kind.Name, Status: record.Pending, About: n.Metrics}
		for _, v := range n.Params {
			s.Params = append(s.Params, record.Param{Name: v.Name, Value: record.Normal(v.Value)})
		}
		for _, in := range n.Inputs {
			s.Inputs = append(s.Inputs, record.Input{Name: in.Name, Ref: in.Ref})
		}
	}
	return plan
}

// run starts each stage when its inputs are there, and collects the results.
func (r *run) run(ctx context.Context) (*record.Run, error) {
	if err := r.live.begin(r.result); err != nil {
		return r.end(ctx, err)
	}
	if r.o.Source != nil {
		source, uncancelled := make(chan record.Source, 1), context.WithoutCancel(ctx)
		go func() { source <- r.o.Source(uncancelled) }()
		r.live.source = source
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	waits, then := r.dependencies()
	going := 0
	start := func(n *spec.Node) {
		going++
		go func() {
			// Sent even if the stage's code ends its goroutine, as a test's
			// FailNow does.
			m := message{n: n, result: r.result.Stages[r.index[n]], err: errGoexit}
			m.result.Status = record.StageFailed
			defer func() { r.msgs <- m }()
			growStack()
			m.err = r.stage(ctx, n, &m.result)
		}()
	}
	for _, n := range r.nodes {
		if waits[n] == 0 {
			start(n)
		}
	}
	var failure error // of the run itself rather than of a stage
	for going > 0 {
		select {
		case source := <-r.live.source:
			failure = errors.Join(failure, r.live.setSource(r.result, source))
			continue
		case m := <-r.msgs:
			failure = errors.Join(failure, r.note(m))
			if failure != nil {
				cancel()
			}
			if m.started {
				continue
			}
			going--
			if m.result.Status == record.StageFailed && !r.o.KeepGoing {
				r.halted.Store(true)
			}
			if m.result.Status == record.StageFailed || m.result.Status == record.Skipped {
				continue
			}
			for _, next := range then[m.n] {
				if waits[next]--; waits[next] == 0 && !r.halted.Load() && ctx.Err() == nil {
					start(next)
				}
			}
		}
	}
	return r.end(ctx, failure)
}

// growStack makes room for what it takes to look up a stage. A stack that grows
// by and by is copied each time, which took a tenth of a run of cached stages.
//
//go:noinline
func growStack() {
	var r room
	r.use()
}

type room [14 << 10]byte

//go:noinline
func (*room) use() {}

// dependencies counts what each stage waits for, and turns that around.
func (r *run) dependencies() (waits map[*spec.Node]int, then map[*spec.Node][]*spec.Node) {
	waits, then = make(map[*spec.Node]int, len(r.nodes)), make(map[*spec.Node][]*spec.Node, len(r.nodes))
	for _, n := range r.nodes {
		for _, in := range n.Inputs {
			if in.From != nil {
				waits[n]++
				then[in.From] = append(then[in.From], n)
			}
		}
	}
	return waits, then
}

// note takes down what a stage has come to.
func (r *run) note(m message) error {
	i := r.index[m.n]
	if m.err != nil && m.result.Status == record.StageFailed {
		r.errs[i], m.result.Error = m.err, m.err.Error()
	}
	r.result.Stages[i] = m.result
	if !m.started {
		r.tell(Event{Stage: m.n.Name, Finished: &m.result})
	}
	return r.live.note(&r.result.Stages[i])
}

// end decides what the run came to, and writes its record.
func (r *run) end(ctx context.Context, failure error) (*record.Run, error) {
	res := r.result
	res.State = record.Done
	var errs []error
	for i := range res.Stages {
		s := &res.Stages[i]
		switch s.Status {
		case record.Pending:
			s.Status = record.Skipped
			fallthrough
		case record.Skipped:
			if res.State == record.Done {
				res.State = record.Interrupted // unless a stage failed
			}
		case record.StageFailed:
			res.State = record.Failed
			errs = append(errs, &StageError{s.Name, s.Log, r.errs[i]})
		}
	}
	if failure != nil {
		res.State = record.Failed
		errs = append(errs, failure)
	}
	if res.State == record.Interrupted {
		errs = append(errs, cause(ctx))
	}
	// By the monotonic clock: the other may have been set.
	res.Finished = res.Started.Add(r.now().Sub(r.started))
	written := r.live.end(res)
	err := errors.Join(errs...)
	if written != nil && !(errors.Is(written, syscall.ENOSPC) && errors.Is(err, syscall.ENOSPC)) { // told already
		err = errors.Join(err, fullDisk(written, r.store))
	}
	return res, err
}

func cause(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return context.Canceled
}

// tell passes an event on, one at a time.
func (r *run) tell(ev Event) {
	if r.o.Observe == nil {
		return
	}
	ev.Time = time.Now()
	r.observe.Lock()
	defer r.observe.Unlock()
	r.o.Observe(ev)
}
