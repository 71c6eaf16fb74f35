package track_test

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"
	"time"

	"whorl/experiments/track"
	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// epoch is when the first runs of the tests start.
var epoch = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// example is a run of two stages, with something in every field.
func example(id string, started time.Time) *record.Run {
	return &record.Run{
		ID: id, State: record.Done, Started: started, Finished: started.Add(8 * time.Second),
		Pipeline: "pipeline.yaml", Spec: "stages: {}\n", Data: "synthetic", Seed: math.MaxUint64, Targets: []string{"train"},
		Origin: record.Origin{
			Command: []string{"whorl", "run"}, Dir: "/work",
			Sweep:    &record.Sweep{ID: "s-1", Name: "s", File: "s.yaml", Definition: "grid: {}\n", Started: epoch, Trials: 4},
			Trial:    2,
			Machine:  record.Machine{Host: "h", OS: "linux", Arch: "amd64", CPU: "c", CPUs: 2, Memory: 1 << 34},
			Versions: record.Versions{Program: "v1", Go: "go1", Variant: "fma"},
		},
		Source: record.Source{Commit: "abc", Dirty: true, Diff: "-\xe9\n"},
		Stages: []record.Stage{
			{
				Name: "split", Kind: "split", Status: record.Cached, Key: "5e", Started: started, Seconds: 0.001, Cost: 0.5,
				Params:  []record.Param{{Name: "calibration", Value: 0.1}, {Name: "protocol", Value: "image"}},
				Outputs: []record.Output{{Artifact: store.Artifact{Name: "train", Digest: "d1", Bytes: 8}, Type: stage.TypeNPY}},
			},
			{
				Name: "train", Kind: "train", Status: record.Ran, Key: "7a", Started: started.Add(time.Second), Seconds: 7, Cost: 7,
				About: []stage.MetricInfo{{Name: "loss", Title: "Loss", Goal: stage.Minimize, Primary: true}},
				Params: []record.Param{
					{Name: "epochs", Value: int64(15)},
					{Name: "lr", Value: 1.0},
					{Name: "nan", Value: math.Inf(-1)},
					{Name: "nesterov", Value: false},
					{Name: "size", Value: []any{int64(90), 1.0}},
				},
				Notes: []string{"slow", "not\ndeterministic"}, Log: "logs/a/train.log", Error: "none",
				Inputs:  []record.Input{{Name: "train", Ref: "split.train", Digest: "d1"}},
				Outputs: []record.Output{{Artifact: store.Artifact{Name: "weights", Digest: "d2", Bytes: 1 << 40, Dir: true}, Type: stage.TypeNPZ}},
				Metrics: record.Metrics{
					{Name: "loss", Step: 1, Value: math.NaN()},
					{Name: "accuracy", Step: 1, Value: 0.5},
					{Name: "loss", Step: 2, Value: math.Inf(1)},
					{Name: "accuracy", Step: 2, Value: 0.1 + 0.2},
					{Name: "pairs_per_s", Step: stage.NoStep, Value: 600, Timing: true},
				},
			},
		},
	}
}

// lasting is the run as the index has it: of metrics, the last values.
func lasting(r *record.Run) *record.Run {
	for i := range r.Stages {
		if last := r.Stages[i].Metrics.Last(); len(last) > 0 {
			r.Stages[i].Metrics = last
		}
	}
	return r
}

// A lab is a store and an index of it.
type lab struct {
	*testing.T
	store *store.Store
	index *track.Index
	path  string
}

func newLab(t *testing.T) *lab {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "artifacts")
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t, s, nil, filepath.Join(dir, "runs.db")}
	l.open()
	t.Cleanup(func() { l.index.Close() })
	return l
}

// open opens the index, again if it is open.
func (l *lab) open() {
	l.Helper()
	if l.index != nil {
		l.index.Close()
	}
	var err error
	if l.index, err = track.Open(context.Background(), l.path); err != nil {
		l.Fatal(err)
	}
}

func (l *lab) write(runs ...*record.Run) {
	l.Helper()
	for _, r := range runs {
		if err := record.Write(l.store, r); err != nil {
			l.Fatal(err)
		}
	}
}

// sync says what a synchronization changed, as "added changed removed unread".
func (l *lab) sync() string {
	l.Helper()
	done, err := l.index.Sync(l.Context(), l.store)
	if err != nil {
		l.Fatal(err)
	}
	return fmt.Sprint(done.Added, done.Changed, done.Removed, len(done.Unread))
}

func (l *lab) runs(f track.Filter) []*record.Run {
	l.Helper()
	runs, err := l.index.Runs(l.Context(), f)
	if err != nil {
		l.Fatal(err)
	}
	return runs
}
