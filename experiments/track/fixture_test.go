package track

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"testing"
	"time"

	"whorl/pipeline"
	"whorl/pipeline/stage"
)

// epoch is when the runs of the tests start.
var epoch = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// open makes a database.
func open(t testing.TB) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "artifacts", "runs.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// example is a run of two stages, of which the second failed if broken.
func example(id string, broken bool) *pipeline.Result {
	r := &pipeline.Result{
		RunInfo: pipeline.RunInfo{
			ID: id, Started: epoch, Pipeline: "pipeline.yaml", Spec: "stages: {}\n", Data: "synthetic", Seed: math.MaxUint64,
			Stages: []pipeline.Plan{
				{Name: "split", Kind: "split", Params: []pipeline.Param{
					{Name: "calibration", Value: 0.1},
					{Name: "protocol", Value: "image"},
				}},
				{
					Name: "train", Kind: "train",
					Params: []pipeline.Param{
						{Name: "epochs", Value: int64(15)},
						{Name: "lr", Value: 1.0},
						{Name: "nesterov", Value: false},
						{Name: "size", Value: []int64{90, 90}},
					},
					Inputs: []pipeline.InputRef{{Name: "train", Ref: "split.train"}},
				},
			},
		},
		State: pipeline.Done, Finished: epoch.Add(8 * time.Second),
		Stages: []pipeline.StageResult{
			{
				Name: "split", Kind: "split", Status: pipeline.Cached, Key: "5e", Started: epoch,
				Seconds: 0.001, Cost: 0.5,
				Outputs: []pipeline.Output{{Name: "train", Digest: "d1", Bytes: 8, Type: stage.TypeNPY}},
			},
			{
				Name: "train", Kind: "train", Status: pipeline.Ran, Key: "7a", Started: epoch.Add(time.Second),
				Seconds: 7, Cost: 7, Notes: []string{"slow", "not deterministic"}, Log: "logs/a/train.log",
				Inputs:  []pipeline.InputResult{{Name: "train", Ref: "split.train", Digest: "d1"}},
				Outputs: []pipeline.Output{{Name: "weights", Digest: "d2", Bytes: 1 << 40, Type: stage.TypeNPZ, Dir: true}},
				Metrics: []stage.Metric{
					{Name: "loss", Step: 1, Value: math.NaN()},
					{Name: "accuracy", Step: 1, Value: 0.5},
					{Name: "loss", Step: 2, Value: math.Inf(1)},
					{Name: "accuracy", Step: 2, Value: 0.1 + 0.2},
					{Name: "pairs_per_s", Step: stage.NoStep, Value: 600, Timing: true},
				},
			},
		},
	}
	if broken {
		r.State = pipeline.Failed
		s := &r.Stages[1]
		s.Status, s.Err, s.Inputs, s.Outputs = pipeline.Broken, errors.New("loss is NaN"), nil, nil
	}
	return r
}

// record plays the run to the recorder as the engine does.
func record(ctx context.Context, rec pipeline.Recorder, r *pipeline.Result) error {
	if err := start(ctx, rec, r); err != nil {
		return err
	}
	for _, s := range r.Stages {
		if s.Status == pipeline.Ran || s.Status == pipeline.Broken {
			if err := rec.StageStarted(ctx, r.ID, s.Name, s.Started); err != nil {
				return err
			}
		}
		if err := rec.StageFinished(ctx, r.ID, s); err != nil {
			return err
		}
	}
	return rec.RunFinished(ctx, r)
}

// start starts the run, and keeps what the recorder gives.
func start(ctx context.Context, rec pipeline.Recorder, r *pipeline.Result) error {
	return rec.RunStarted(ctx, r.RunInfo, func(about json.RawMessage) error {
		r.About = about
		return nil
	})
}

// mustRecord records the runs one after another, a minute apart.
func mustRecord(t testing.TB, db *DB, m Meta, runs ...*pipeline.Result) {
	t.Helper()
	if m.Dir == "" {
		m.Dir = t.TempDir()
	}
	for i, r := range runs {
		r.Started = r.Started.Add(time.Duration(i) * time.Minute)
		r.Finished = r.Finished.Add(time.Duration(i) * time.Minute)
		if err := record(t.Context(), db.Recorder(m), r); err != nil {
			t.Fatal(err)
		}
	}
}

// layered is a run of n cached stages in layers of 100, each with three
// inputs from the layer before.
func layered(id string, n int) *pipeline.Result {
	r := &pipeline.Result{RunInfo: pipeline.RunInfo{ID: id, Started: epoch}, State: pipeline.Done, Finished: epoch}
	for i := range n {
		name := fmt.Sprintf("s%03d", i)
		plan := pipeline.Plan{Name: name, Kind: "command", Params: []pipeline.Param{{Name: "cmd", Value: "sort {inputs.a} > {outputs.out}"}}}
		digest := fmt.Sprintf("%064x", i)
		res := pipeline.StageResult{
			Name: name, Kind: "command", Status: pipeline.Cached, Key: digest, Started: epoch,
			Outputs: []pipeline.Output{{Name: "out", Digest: digest, Bytes: 1, Type: "text/plain"}},
		}
		for k := range 3 {
			from := fmt.Sprintf("s%03d.out", (i+k)%100)
			plan.Inputs = append(plan.Inputs, pipeline.InputRef{Name: string(rune('a' + k)), Ref: from})
			res.Inputs = append(res.Inputs, pipeline.InputResult{Name: string(rune('a' + k)), Ref: from, Digest: digest})
		}
		r.RunInfo.Stages = append(r.RunInfo.Stages, plan)
		r.Stages = append(r.Stages, res)
	}
	return r
}
