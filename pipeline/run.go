package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

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
	active  *store.ActiveRun
	result  *Result
	index   map[*spec.Node]int // in result.Stages
	scanner *tree.Scanner
	slots   chan struct{} // one for each stage that may execute at once
	msgs    chan message
	halted  atomic.Bool // no further stage is to be executed, for one has failed

	unnoted []*spec.Node  // quick ones, that wait for the next that is not
	kept    chan struct{} // closed when the recorder has given what it knows

	observe sync.Mutex
}

// A message is what a stage's goroutine tells the run's.
type message struct {
	n       *spec.Node
	started bool
	result  StageResult // if it has not just started
}

var (
	errHalted = errors.New("another stage has failed")
	errGoexit = errors.New("its code ended the goroutine that it ran in")
)

func newRun(e *Engine, p *spec.Pipeline, nodes []*spec.Node, o Options, active *store.ActiveRun) *run {
	r := &run{
		Engine: e, p: p, nodes: nodes, o: o, active: active,
		index:   make(map[*spec.Node]int, len(nodes)),
		scanner: tree.NewScanner(e.store.Memo()),
		slots:   make(chan struct{}, o.Jobs),
		msgs:    make(chan message),
		kept:    make(chan struct{}),
	}
	info := RunInfo{
		ID: o.RunID, Started: e.now(), Pipeline: p.Path, Spec: p.Spec, Data: p.Data, Seed: p.Seed, Targets: o.Targets,
	}
	info.Stages = plans(nodes)
	r.result = &Result{RunInfo: info, State: Running, Stages: make([]StageResult, len(nodes))}
	for i, n := range nodes {
		r.index[n] = i
		r.result.Stages[i] = StageResult{Name: n.Name, Kind: n.Kind.Name}
	}
	return r
}

// run starts each stage when its inputs are there, and collects the results.
func (r *run) run(ctx context.Context) (*Result, error) {
	if err := r.active.Note(r.result.RunInfo); err != nil {
		return r.end(ctx, err)
	}
	if r.o.Recorder != nil {
		if err := r.o.Recorder.RunStarted(ctx, r.result.RunInfo, r.keep); err != nil {
			return r.end(ctx, err)
		}
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
			m := message{n: n, result: StageResult{Name: n.Name, Kind: n.Kind.Name, Status: Broken, Err: errGoexit}}
			defer func() { r.msgs <- m }()
			growStack()
			m.result = r.stage(ctx, n)
		}()
	}
	for _, n := range r.nodes {
		if waits[n] == 0 {
			start(n)
		}
	}
	var failure error // of the run itself rather than of a stage
	for going > 0 {
		m := <-r.msgs
		if m.started {
			failure = errors.Join(failure, r.recordStart(ctx, m.n))
		} else {
			going--
			failure = errors.Join(failure, r.recordFinish(ctx, m))
			if m.result.Status == Broken && !r.o.KeepGoing {
				r.halted.Store(true)
			}
		}
		if failure != nil {
			cancel()
		}
		if m.started || m.result.Status == Broken || m.result.Status == Skipped {
			continue
		}
		for _, next := range then[m.n] {
			if waits[next]--; waits[next] == 0 && !r.halted.Load() && ctx.Err() == nil {
				start(next)
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

// end settles what became of the run and tells the recorder.
func (r *run) end(ctx context.Context, failure error) (*Result, error) {
	res := r.result
	res.State = Done
	var errs []error
	for i := range res.Stages {
		s := &res.Stages[i]
		switch s.Status {
		case "":
			s.Status = Skipped
			fallthrough
		case Skipped:
			if res.State == Done {
				res.State = Interrupted // unless a stage failed
			}
		case Broken:
			res.State = Failed
			errs = append(errs, &StageError{s.Name, s.Log, s.Err})
		}
	}
	if failure != nil {
		res.State = Failed
		errs = append(errs, failure)
	}
	if res.State == Interrupted {
		errs = append(errs, cause(ctx))
	}
	res.Finished = res.Started.Add(r.now().Sub(res.Started)) // by the monotonic clock: the other may have been set
	told, written := r.record(context.WithoutCancel(ctx))    // even if it was interrupted
	err := errors.Join(append(errs, told)...)
	if written != nil && !(errors.Is(written, syscall.ENOSPC) && errors.Is(err, syscall.ENOSPC)) { // said once is enough
		err = errors.Join(err, fullDisk(written, r.store))
	}
	return res, err
}

// record tells the recorder what came of the run, and meanwhile writes it down
// in the store.
func (r *run) record(ctx context.Context) (told, written error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if r.o.Recorder != nil {
			told = r.o.Recorder.RunFinished(ctx, r.result)
		}
	}()
	select {
	case <-r.kept:
	case <-done: // there was nothing to be kept
	}
	written = r.active.Finish(toRecord(r.result))
	<-done
	return told, written
}

func cause(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return context.Canceled
}

func (r *run) recordStart(ctx context.Context, n *spec.Node) error {
	now := r.now()
	err := r.note(stageRecord{Name: n.Name, Kind: n.Kind.Name, Status: executing, Started: now})
	if r.o.Recorder != nil {
		err = errors.Join(err, r.o.Recorder.StageStarted(ctx, r.o.RunID, n.Name, now))
	}
	return err
}

func (r *run) recordFinish(ctx context.Context, m message) error {
	r.result.Stages[r.index[m.n]] = m.result
	r.tell(Event{Stage: m.n.Name, Finished: &m.result})
	var errs []error
	if m.result.Status == Ran || m.result.Status == Broken {
		errs = append(errs, r.note(toStageRecord(m.result)))
	} else {
		r.unnoted = append(r.unnoted, m.n)
	}
	if r.o.Recorder != nil {
		errs = append(errs, r.o.Recorder.StageFinished(context.WithoutCancel(ctx), r.o.RunID, m.result))
	}
	return errors.Join(errs...)
}

// note writes down what a stage has come to, after all that is not yet.
func (r *run) note(rec stageRecord) error {
	for _, n := range r.unnoted {
		if err := r.active.Note(toStageRecord(r.result.Stages[r.index[n]])); err != nil {
			return err
		}
	}
	r.unnoted = r.unnoted[:0]
	return r.active.Note(rec)
}

// keep is what a recorder hands what it knows of the run to, again if it failed.
func (r *run) keep(about json.RawMessage) error {
	r.result.About = about
	if err := r.active.Note(noted{About: about}); err != nil {
		return err
	}
	close(r.kept)
	return nil
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
