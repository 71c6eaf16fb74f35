package sweep

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"whorl/experiments/sweep/search"
	"whorl/pipeline"
)

// A RunFunc runs a trial. With an error it may return what was done.
type RunFunc func(context.Context, Trial) (*pipeline.Result, error)

// Options say how a sweep is run. None of them but Eager changes which trials
// there are.
type Options struct {
	Parallel int  // trials at once; 0: 1. See [Share].
	Eager    bool // decide from all results there are, in whatever order they come

	// Recorded returns the result of a trial that an earlier start of the same
	// sweep has recorded; it is then not run again. Nil: there are none.
	Recorded func(Trial) (TrialResult, bool)

	// Begun returns the parameters of a configuration that an earlier start of
	// the same sweep has begun, by its number, as [TrialResult.Params] has
	// them. An eager sweep goes on with those first, since their decisions
	// cannot be repeated. Nil: there are none.
	Begun func(configuration int) (params map[string]any, ok bool)

	// Cached reports whether a trial executes no stage. Such trials do not wait
	// for the others: when all places are taken, they run besides, one at a
	// time. Nil: none is asked for.
	Cached func(context.Context, Trial) bool

	// Decide returns the numbers of the configurations that need a further
	// replicate, for a sweep with replicates until decided. It is called when
	// all trials so far have ended. Nil: none does.
	Decide func([]ConfigurationResult) []int

	// Observe is told what happens, by one goroutine at a time. Nil: nobody is.
	Observe func(Event)
}

// An Event is the start or the end of a trial.
type Event struct {
	Trial    Trial
	Result   *TrialResult // nil at the start
	Recorded bool         // it ended in an earlier start of the sweep
}

// Share returns how many stages a trial may run at once so that the trials
// together use the cores.
func Share(cores, parallel int) int { return max(1, cores/max(1, parallel)) }

// errNoObjective is the error of a search that does not know what to improve.
var errNoObjective = errors.New(`it has no objective: add "objective: {metric: STAGE.METRIC, goal: minimize}"`)

// NeedsObjective reports whether the trials depend on a metric. If the file
// names none, [Sweep.Objective] must be set before the sweep is run.
func (s *Sweep) NeedsObjective() bool {
	return (s.Search.Method == "tpe" || s.Prune != nil) && s.Objective.Metric == ""
}

// Run runs the trials one after another; see [Sweep.Execute].
func (s *Sweep) Run(ctx context.Context, id string, run RunFunc) (*Result, error) {
	return s.Execute(ctx, id, Options{}, run)
}

// Execute runs the trials of the sweep. A trial that fails does not stop the
// others. When the context is cancelled, Execute waits for the trials that are
// running and returns those so far, with the context's error.
func (s *Sweep) Execute(ctx context.Context, id string, o Options, run RunFunc) (*Result, error) {
	if s.NeedsObjective() {
		return nil, fmt.Errorf("sweep %s: %w", s.Name, errNoObjective)
	}
	e := &execution{
		plan: s.plan(o.Eager), o: o, run: run, parallel: max(1, o.Parallel),
		results: map[int]TrialResult{}, jobs: map[int]*job{}, done: make(chan ended),
	}
	if o.Eager && o.Begun != nil {
		e.resume(o.Begun)
	}
	e.loop(ctx)
	result := &Result{Sweep: id, Trials: e.sorted(), begun: e.begun}
	if err := context.Cause(ctx); err != nil {
		return result, fmt.Errorf("sweep %s: %w", id, err)
	}
	return result, nil
}

// An execution is a sweep that is being run. Its fields belong to the
// goroutine of loop.
type execution struct {
	*plan
	o        Options
	run      RunFunc
	parallel int

	queue   []queued // trials to be run, in order
	running int      // trials in the places that Parallel gives
	probing bool     // a trial is looked up, and run if it is cached
	done    chan ended

	jobs    map[int]*job // of the planner, by number; 0 is the baseline
	results map[int]TrialResult
}

type queued struct {
	Trial
	probed bool // and not found cached
}

// A job is what the planner waits for: a configuration with all its seeds.
type job struct {
	open   int // trials without a result
	trials []int
}

// An ended is what a goroutine has to say at its end.
type ended struct {
	trial  Trial
	result *TrialResult // nil: the trial was looked up and is not cached
	probe  bool
}

func (e *execution) loop(ctx context.Context) {
	for {
		if ctx.Err() == nil {
			e.decide()
			e.start(ctx)
		}
		if e.running == 0 && !e.probing {
			return
		}
		m := <-e.done
		if m.probe {
			e.probing = false
		} else {
			e.running--
		}
		if m.result == nil {
			e.requeue(m.trial)
			continue
		}
		e.finish(m.trial, *m.result, false)
	}
}

// decide queues all trials that can be decided.
func (e *execution) decide() {
	for {
		trials, step := e.next()
		if step == search.End && len(e.queue) == 0 && e.running == 0 && !e.probing {
			trials = e.undecided()
		}
		if len(trials) == 0 {
			return
		}
		e.enqueue(trials)
	}
}

func (e *execution) enqueue(trials []Trial) {
	for _, t := range trials {
		j := e.jobs[t.job]
		if j == nil {
			j = &job{}
			e.jobs[t.job] = j
		}
		j.open++
	}
	for _, t := range trials {
		if e.o.Recorded != nil {
			if r, ok := e.o.Recorded(t); ok {
				e.finish(t, place(t, r), true)
				continue
			}
		}
		e.queue = append(e.queue, queued{Trial: t})
	}
}

// place gives a recorded result the place that the trial has in the sweep.
func place(t Trial, r TrialResult) TrialResult {
	r.Trial, r.Configuration, r.Baseline = t.Number, t.Configuration.Number, t.Configuration.Baseline
	r.Replicate, r.Resource = t.Replicate, t.Resource
	return r
}

// undecided returns one more replicate of each configuration that needs one
// and has run in full.
func (e *execution) undecided() (trials []Trial) {
	if e.o.Decide == nil || !e.Replicates.UntilDecided() {
		return nil
	}
	results := e.configurations(e.begun, e.sorted())
	numbers := slices.Clone(e.o.Decide(results))
	slices.Sort(numbers)
	for _, n := range slices.Compact(numbers) {
		c := results[n-1]
		if len(c.Trials) >= len(e.Replicates.Seeds) || e.Prune != nil && c.Resource < e.Prune.Max {
			continue
		}
		t := Trial{Configuration: c.Configuration, Resource: c.Resource, job: -1}
		if e.Prune != nil && !c.Baseline {
			t.Rung = len(e.planner.Rungs.Resources) - 1
		}
		trials = append(trials, e.trial(t, len(c.Trials)))
	}
	return trials
}

// start starts trials while there are places, and then looks for a cached one.
func (e *execution) start(ctx context.Context) {
	for e.running < e.parallel && len(e.queue) > 0 {
		t := e.queue[0].Trial
		e.queue = e.queue[1:]
		e.running++
		e.tell(Event{Trial: t})
		go func() {
			r, err := e.run(ctx, t)
			sum := Summarize(t, r, err)
			e.done <- ended{trial: t, result: &sum}
		}()
	}
	if e.o.Cached == nil || e.probing {
		return
	}
	i := slices.IndexFunc(e.queue, func(q queued) bool { return !q.probed })
	if i < 0 {
		return
	}
	t := e.queue[i].Trial
	e.queue = slices.Delete(e.queue, i, i+1)
	e.probing = true
	go func() {
		m := ended{trial: t, probe: true}
		if e.o.Cached(ctx, t) {
			r, err := e.run(ctx, t)
			sum := Summarize(t, r, err)
			m.result = &sum
		}
		e.done <- m
	}()
}

// requeue puts a trial that is not cached back into its place.
func (e *execution) requeue(t Trial) {
	i, _ := slices.BinarySearchFunc(e.queue, t.Number, func(q queued, n int) int { return q.Number - n })
	e.queue = slices.Insert(e.queue, i, queued{t, true})
}

// finish takes the result of a trial, and tells the planner when it was the
// last of its job.
func (e *execution) finish(t Trial, r TrialResult, recorded bool) {
	e.results[t.Number] = r
	e.tell(Event{Trial: t, Result: &r, Recorded: recorded})
	j := e.jobs[t.job]
	j.trials = append(j.trials, t.Number)
	if j.open--; j.open > 0 || t.job <= 0 {
		return
	}
	slices.Sort(j.trials) // a sum has one order
	all := make([]TrialResult, len(j.trials))
	for i, n := range j.trials {
		all[i] = e.results[n]
	}
	e.planner.Tell(t.job, e.loss(all))
}

func (e *execution) tell(ev Event) {
	if e.o.Observe != nil {
		e.o.Observe(ev)
	}
}

// sorted returns the results so far in the order of the trials.
func (e *execution) sorted() []TrialResult {
	all := make([]TrialResult, 0, len(e.results))
	for n := 1; n <= e.trials; n++ {
		if r, ok := e.results[n]; ok {
			all = append(all, r)
		}
	}
	return all
}
