package pipeline

import (
	"context"
	"errors"
	"fmt"

	"whorl/pipeline/record"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// verify checks the content of the artifacts that a stage is to read. One that
// is damaged is set aside, with what may have been computed from it, and made
// again.
func (r *run) verify(ctx context.Context, w *work) error {
	for i, in := range w.n.Inputs {
		if in.From == nil {
			continue
		}
		t, err := r.store.Verify(ctx, w.from[i], r.o.Force)
		var damaged *store.DamagedError
		if errors.As(err, &damaged) {
			t, err = r.remake(ctx, w, i, damaged)
		}
		if err != nil {
			return fmt.Errorf("input %q: %w", in.Name, err)
		}
		w.read[i] = t
	}
	return nil
}

// remake executes the stage again whose output is damaged.
func (r *run) remake(ctx context.Context, w *work, input int, damaged *store.DamagedError) (*tree.Tree, error) {
	tainted, err := r.store.Quarantine(ctx, damaged)
	if err != nil {
		return nil, err
	}
	in, a := w.n.Inputs[input], w.from[input]
	notice := fmt.Sprintf("input %q: %v: it is made again", in.Name, damaged)
	if len(tainted) > 0 {
		notice += fmt.Sprintf(", and %d results that may have been computed from it when they are needed", len(tainted))
	}
	r.tell(Event{Stage: w.n.Name, Notice: notice})
	up, err := r.prepare(ctx, in.From)
	if err != nil {
		return nil, err
	}
	up.again = true
	var res record.Stage
	if err := r.once(ctx, up, &res); err != nil {
		return nil, fmt.Errorf("make %s again: %w", in.Ref, err)
	}
	if now := res.Output(in.Output); now == nil || now.ID() != a.ID() {
		return nil, fmt.Errorf("%s was damaged in the store, and stage %q now makes other bytes: run the pipeline again, which uses these", in.Ref, in.From.Name)
	}
	return r.store.Verify(ctx, a, r.o.Force)
}
