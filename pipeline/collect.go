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

// Collect removes the artifacts that no kept run reaches. The records of runs
// stay: only what they made is gone, and can be made again.
func (e *Engine) Collect(ctx context.Context, o CollectOptions) (*store.Collected, error) {
	return e.store.Collect(ctx, func() (map[string]bool, error) {
		if _, err := record.Recover(e.store); err != nil {
			return nil, fmt.Errorf("recover: %w", err)
		}
		return e.reached(o)
	}, o.DryRun)
}

// reached returns the keys of all that the runs to be kept came to.
func (e *Engine) reached(o CollectOptions) (map[string]bool, error) {
	files, err := e.store.AllRuns() // a run that died reaches what it had come to
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
			return nil, fmt.Errorf("nothing was removed, since it is not known what a run to be kept reaches: %w", err)
		}
		for _, s := range res.Stages {
			keys[s.Key] = true
		}
	}
	return keys, nil
}
