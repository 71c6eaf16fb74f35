package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// CollectOptions say what a collection keeps. With neither Keep nor KeepLast
// it keeps what any recorded run reaches.
type CollectOptions struct {
	Keep     []string // ids of runs
	KeepLast int      // the runs that were started last
	DryRun   bool

	// Grace is for how long store.Undo brings back what was removed: 0 stands for
	// store.DefaultGrace, and less for not at all.
	Grace time.Duration

	// MaxBytes is how large the store may be; 0: any size. Above it what is
	// cheapest to compute again goes too, but nothing that a report of a kept run
	// shows.
	MaxBytes int64

	ForgetMissing bool // see store.CollectOptions
}

// Collect removes the artifacts that no kept run reaches. The records of runs
// stay: only what they made is gone, and can be made again.
func (e *Engine) Collect(ctx context.Context, o CollectOptions) (*store.Collected, error) {
	grace := max(0, o.Grace)
	if o.Grace == 0 {
		grace = store.DefaultGrace
	}
	return e.store.Collect(ctx, store.CollectOptions{
		Grace: grace, MaxBytes: o.MaxBytes, DryRun: o.DryRun, ForgetMissing: o.ForgetMissing,
		Roots: func() (*store.Roots, error) {
			if _, err := record.Recover(e.store); err != nil {
				return nil, fmt.Errorf("recover: %w", err)
			}
			return e.roots(ctx, o)
		},
	})
}

// roots returns what the runs to be kept came to. Every record is read: one that
// cannot be might be of a run that was started last.
func (e *Engine) roots(ctx context.Context, o CollectOptions) (*store.Roots, error) {
	files, err := e.store.AllRuns() // a run that died reaches what it had come to
	if err != nil {
		return nil, err
	}
	var runs []*record.Run
	for _, f := range files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r, err := record.Read(e.store, f.ID)
		if err != nil {
			return nil, fmt.Errorf("nothing was removed, since the record of a run cannot be read (\"whorl fsck\" sets a damaged one aside): %w", err)
		}
		runs = append(runs, r)
	}
	slices.SortFunc(runs, func(a, b *record.Run) int {
		return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(b.ID, a.ID))
	})
	all := len(o.Keep) == 0 && o.KeepLast == 0
	roots := &store.Roots{Keys: map[string]bool{}}
	found := 0
	for i, r := range runs {
		named := slices.Contains(o.Keep, r.ID)
		if named {
			found++
		}
		if !all && i >= o.KeepLast && !named {
			continue
		}
		for _, s := range r.Stages {
			if s.Key == "" {
				continue
			}
			roots.Keys[s.Key] = true
			for _, out := range s.Outputs {
				roots.Artifacts = append(roots.Artifacts, out.Artifact)
				if reported(out.Type) {
					roots.Pinned = append(roots.Pinned, out.Artifact)
				}
			}
		}
	}
	if names := slices.Compact(slices.Sorted(slices.Values(o.Keep))); found < len(names) {
		return nil, fmt.Errorf("nothing was removed: of the runs to be kept (%s) %d are not recorded", tree.FirstFew(names), len(names)-found)
	}
	return roots, nil
}

// reported reports whether a report shows artifacts of a type.
func reported(mediaType string) bool {
	switch mediaType {
	case stage.TypeNPY, stage.TypeNPZ, stage.TypeTree, "":
		return false
	}
	return true
}
