package pipeline

import (
	"context"
	"fmt"
	"slices"

	"whorl/pipeline/record"
	"whorl/pipeline/store"
)

// CollectOptions say what a collection keeps. With neither Keep nor KeepLast
// it keeps what any recorded run reaches.
type CollectOptions struct {
	Keep     []string // ids of runs
	KeepLast int      // the newest runs
	DryRun   bool
}

// Collect removes the artifacts that no kept run reaches. It keeps the records
// of all runs, from which the artifacts can be made again.
func (e *Engine) Collect(ctx context.Context, o CollectOptions) (*store.Collected, error) {
	return e.store.Collect(ctx, func() (map[string]bool, error) {
		if _, err := record.Recover(e.store); err != nil {
			return nil, fmt.Errorf("recover: %w", err)
		}
		return e.reached(o)
	}, o.DryRun)
}

// reached returns the keys of all results of the runs to be kept.
func (e *Engine) reached(o CollectOptions) (map[string]bool, error) {
	files, err := e.store.AllRuns() // includes the runs of dead processes, with what they finished
	if err != nil {
		return nil, err
	}
	runs := slices.Clone(o.Keep)
	all := len(o.Keep) == 0 && o.KeepLast == 0
	for i, f := range files {
		if all || i < o.KeepLast {
			runs = append(runs, f.ID)
		}
	}
	keys := map[string]bool{}
	for _, id := range runs {
		res, err := record.Read(e.store, id)
		if err != nil {
			return nil, fmt.Errorf("nothing was removed, because the record of a run to be kept cannot be read: %w", err)
		}
		for _, s := range res.Stages {
			keys[s.Key] = true
		}
	}
	return keys, nil
}
