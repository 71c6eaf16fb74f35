package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"whorl/experiments/track"
	"whorl/pipeline/record"
)

// Name gives a run a name by which it is found; "" removes the name. Names are
// unique in a workspace. This and the following methods take the id of the run:
// see [Workspace.Resolve].
func (w *Workspace) Name(ctx context.Context, id, name string) error {
	if strings.ContainsAny(name, "/:~ \t\n") || name == Last {
		return refErrorf("name %q: want one without spaces, slashes, colons and tildes, and not %q", name, Last)
	}
	return w.label(ctx, id, func(l *record.Labels) error {
		if name != "" {
			if other, err := w.named(ctx, name); err != nil || other != "" && other != id {
				return cmpErr(err, refErrorf("name %q: run %s has it", name, other))
			}
		}
		l.Name = name
		return nil
	})
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// named returns the id of the run that has the name, or whose id it is.
func (w *Workspace) named(ctx context.Context, name string) (id string, err error) {
	err = w.synced(ctx, func(x *track.Index) error {
		runs, err := x.List(ctx)
		for _, r := range runs {
			if r.Name == name || r.ID == name {
				id = r.ID
			}
		}
		return err
	})
	return id, err
}

// Tag adds tags to a run and removes others.
func (w *Workspace) Tag(ctx context.Context, id string, add, remove []string) error {
	return w.label(ctx, id, func(l *record.Labels) error {
		l.Tags = slices.DeleteFunc(append(l.Tags, add...), func(tag string) bool {
			return tag == "" || slices.Contains(remove, tag)
		})
		return nil
	})
}

// Note sets the note of a run; "" removes it.
func (w *Workspace) Note(ctx context.Context, id, note string) error {
	return w.label(ctx, id, func(l *record.Labels) error {
		l.Note = note
		return nil
	})
}

// label changes the labels of a run.
func (w *Workspace) label(ctx context.Context, id string, change func(*record.Labels) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r, err := record.Read(w.store, id)
	if err != nil {
		return err
	}
	if err := change(&r.Labels); err != nil {
		return err
	}
	return record.WriteLabels(w.store, id, r.Labels)
}

// Remove moves the record of a run to the trash, from where Restore brings it
// back until the next collection. A run in progress cannot be removed.
func (w *Workspace) Remove(ctx context.Context, id string) error {
	r, err := record.Read(w.store, id)
	if err == nil && r.State == record.Running {
		err = fmt.Errorf("run %s is in progress and cannot be removed", id)
	}
	if err != nil {
		return err
	}
	return w.store.RemoveRun(ctx, id)
}

// Restore brings back a removed run. Ref is its id, or a beginning or end of it
// that no other removed run has.
func (w *Workspace) Restore(ctx context.Context, ref string) (id string, err error) {
	removed, err := w.store.RemovedRuns()
	if err != nil {
		return "", err
	}
	if len(removed) == 0 {
		return "", refErrorf("run %q: no removed run can be restored", ref)
	}
	runs := make([]track.Entry, len(removed))
	for i, id := range removed {
		runs[i].ID = id
	}
	if id, err = lookup(runs, ref); err != nil {
		return "", err
	}
	return id, w.store.RestoreRun(ctx, id)
}
