package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"syscall"
	"time"

	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// stage returns a stage's result in res, from the store or by executing it.
func (r *run) stage(ctx context.Context, n *spec.Node, res *record.Stage) error {
	began := r.now()
	res.Started = began.UTC().Round(0)
	err := ctx.Err()
	if err == nil {
		began, err = r.obtain(ctx, n, res, began)
	}
	res.Seconds = r.now().Sub(began).Seconds()
	switch {
	case err == nil:
	case errors.Is(err, errHalted):
		res.Status = record.Skipped
	case ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))):
		res.Status = record.Skipped
	default:
		res.Status = record.StageFailed
	}
	return err
}

// attempts is how often a stage is executed in all if its inputs are edited
// while it runs.
const attempts = 3

// obtain also returns when the work began: once it is executed, that is when the
// execution did.
func (r *run) obtain(ctx context.Context, n *spec.Node, res *record.Stage, began time.Time) (time.Time, error) {
	for try := 1; ; try++ {
		w, err := r.prepare(ctx, n)
		if err != nil {
			return began, err
		}
		res.Key, res.Inputs = w.key, w.inputs
		w.began = began
		err = r.once(ctx, w, res)
		began = w.began
		edited := (*EditedError)(nil)
		if !errors.As(err, &edited) || try == attempts {
			return began, err
		}
		r.tell(Event{Stage: n.Name, Notice: edited.Error() + "; it is run again on what is there now"})
		for _, in := range w.n.Inputs { // others may have been edited as well
			r.scanner.Forget(in.Path)
		}
	}
}

// once takes a stage's result from the store, waits for another process that
// is at it, or executes it.
func (r *run) once(ctx context.Context, w *work, res *record.Stage) error {
	if !r.o.Force {
		if hit, err := r.reuse(w, res); hit || err != nil {
			return err
		}
	}
	lock, err := r.store.LockKey(ctx, w.key, func() { r.tell(Event{Stage: w.n.Name, Waiting: true}) })
	if err != nil {
		return err
	}
	defer lock.Release()
	if !r.o.Force {
		if hit, err := r.reuse(w, res); hit || err != nil {
			return err
		}
	}
	if err := r.verify(ctx, w); err != nil { // before it takes a slot, which another stage may need for that
		return err
	}
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if r.halted.Load() {
		return errHalted
	}
	w.began = r.now()
	res.Started = w.began.UTC().Round(0)
	if !w.again {
		r.tell(Event{Stage: w.n.Name, Started: true})
		executing := *res
		executing.Status = record.StageRunning
		r.msgs <- message{n: w.n, started: true, result: executing}
	}
	err = r.execute(ctx, w, res)
	if edited := (*EditedError)(nil); err != nil && !r.o.KeepGoing && !errors.As(err, &edited) {
		r.halted.Store(true) // before another stage gets the slot
	}
	return err
}

// reuse fills in res from the store, if the result is there.
func (r *run) reuse(w *work, res *record.Stage) (bool, error) {
	m, problem, err := r.store.Lookup(w.key)
	if problem != "" {
		r.tell(Event{Stage: w.n.Name, Notice: problem + ": it is made again"})
	}
	if m == nil || err != nil {
		return false, err
	}
	if res.Metrics, err = readMetrics(r.store, m); err != nil {
		r.tell(Event{Stage: w.n.Name, Notice: err.Error() + ": it is made again"})
		return false, r.store.SetAside(err)
	}
	res.Status, res.Cost = record.Cached, m.Seconds
	res.Outputs = outputs(w.n, m.Outputs)
	if m.Log != "" {
		res.Log = r.store.Dir() + "/" + m.Log
	}
	return true, nil
}

// execute runs a stage's code and publishes what it made.
func (r *run) execute(ctx context.Context, w *work, res *record.Stage) (err error) {
	st, err := r.store.Stage()
	if err != nil {
		return fullDisk(err, r.store)
	}
	defer st.Discard()
	obs := &observer{run: r, stage: w.n.Name, log: st.Dir() + "/log"}
	m := &store.Manifest{
		Key: w.key, Text: w.text, Stage: w.n.Name, Run: r.o.RunID, Started: w.began,
		Checkpoint: store.KeyOf(w.n.CheckpointText(w.code, w.ids)),
	}
	defer func() {
		log, e := obs.keep(err)
		if log == "" {
			if e != nil {
				err = errors.Join(err, fullDisk(e, r.store))
			}
			return
		}
		res.Log = r.store.Dir() + "/" + log
	}()

	failure := call(ctx, w.n.Kind.Run, r.task(ctx, w, st, obs, m.Checkpoint))
	if failure != nil && ctx.Err() == nil {
		obs.Log("error: " + failure.Error())
	}
	// First, since a stage may have failed for what was edited under its hands.
	if err := w.unedited(ctx); err != nil {
		return err
	}
	if failure != nil {
		return fullDisk(obs.explain(failure), r.store)
	}
	ctx = context.WithoutCancel(ctx) // what is done is kept
	want := artifacts(w.n)
	trees, err := st.Digest(ctx, want)
	if err != nil {
		return err
	}
	m.Seconds = r.now().Sub(w.began).Seconds()
	m.Log = obs.path()
	extra, err := w.extra(m, obs)
	if err != nil {
		return err
	}
	old, _, err := r.store.Lookup(w.key)
	if err != nil {
		return err
	}
	if err := st.Publish(m, want, trees, extra...); err != nil {
		return fullDisk(fmt.Errorf("publish: %w", err), r.store)
	}
	res.Status, res.Cost, res.Metrics = record.Ran, m.Seconds, obs.all()
	res.Outputs = outputs(w.n, m.Outputs)
	if old != nil {
		res.Notes = append(res.Notes, r.compare(old, m)...)
		for _, note := range res.Notes {
			r.tell(Event{Stage: w.n.Name, Notice: note})
		}
	}
	return nil
}

// call runs a stage's code and turns a panic into an error.
func call(ctx context.Context, f func(context.Context, *stage.Task) error, t *stage.Task) (err error) {
	defer func() {
		if v := recover(); v != nil {
			t.Logf("panic: %v\n\n%s", v, debug.Stack())
			err = &PanicError{v}
		}
	}()
	return f(ctx, t)
}

// compare says what differs between two executions that should be the same.
func (r *run) compare(old, new *store.Manifest) []string {
	var differ []string
	for i, a := range new.Outputs {
		if i < len(old.Outputs) && old.Outputs[i] != a {
			differ = append(differ, a.Name)
		}
	}
	if !sameMetrics(r.store, old, new) {
		differ = append(differ, "its metrics")
	}
	if len(differ) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("NOT DETERMINISTIC: executed again with the same key, it made other bytes than on %s: %s",
		old.Started.Format(time.DateTime), tree.FirstFew(differ))}
}

// fullDisk says so where the disk is full.
func fullDisk(err error, s *store.Store) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("the disk that holds %s is full; what was published before is kept, and \"whorl gc --grace 0\" frees space: %w", s.Dir(), err)
	}
	return err
}
