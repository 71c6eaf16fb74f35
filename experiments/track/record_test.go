package track

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whorl/pipeline"
	"whorl/pipeline/stage"
)

var ignoreMachine = cmpopts.IgnoreFields(Run{}, "Host", "OS", "Arch", "CPU", "CPUs", "Memory", "GoVersion")

func TestRecordAndRead(t *testing.T) {
	db := open(t)
	dir := t.TempDir()
	m := Meta{
		Command: []string{"whorl", "run", "--set", "train.lr=1"}, Dir: dir, Sweep: &Sweep{ID: "ablation-1"}, Trial: 3,
		Version: "v0.1", Variant: "avx512",
	}
	mustRecord(t, db, m, example("a1", false))

	got, err := db.Run(t.Context(), "a1")
	if err != nil {
		t.Fatal(err)
	}
	want := &Run{
		ID: "a1", State: "done", Started: epoch, Finished: epoch.Add(8 * time.Second), Seconds: 8,
		Command: m.Command, Dir: dir, Pipeline: "pipeline.yaml", Spec: "stages: {}\n", Data: "synthetic", Seed: math.MaxUint64,
		Sweep: "ablation-1", Trial: 3, Version: "v0.1", Variant: "avx512",
		Params: []Param{
			{"split", "calibration", 0.1},
			{"split", "protocol", "image"},
			{"train", "epochs", int64(15)},
			{"train", "lr", 1.0},
			{"train", "nesterov", false},
			{"train", "size", []any{int64(90), int64(90)}},
		},
		Stages: []Stage{
			{
				Name: "split", Kind: "split", Status: "cached", Key: "5e", Started: epoch, Seconds: 0.001, Cost: 0.5,
				Outputs: []Artifact{{"train", "d1", 8, stage.TypeNPY, false}},
			},
			{
				Name: "train", Kind: "train", Status: "ran", Key: "7a", Started: epoch.Add(time.Second),
				Seconds: 7, Cost: 7, Notes: []string{"slow", "not deterministic"}, Log: "logs/a/train.log",
				Inputs:  []Input{{"train", "split.train", "d1"}},
				Outputs: []Artifact{{"weights", "d2", 1 << 40, stage.TypeNPZ, true}},
			},
		},
		Metrics: []Metric{
			{"train", "loss", 2, math.Inf(1), false},
			{"train", "accuracy", 2, 0.1 + 0.2, false},
			{"train", "pairs_per_s", -1, 600, true},
		},
	}
	if diff := cmp.Diff(want, got, ignoreMachine); diff != "" {
		t.Errorf("run (-want +got):\n%s", diff)
	}
	if got.OS == "" || got.CPUs == 0 || got.GoVersion == "" {
		t.Errorf("the machine is not described: %+v", got)
	}

	series, err := db.Series(t.Context(), "a1", "train", "loss")
	if err != nil {
		t.Fatal(err)
	}
	wantSeries := []Metric{{"train", "loss", 1, math.NaN(), false}, {"train", "loss", 2, math.Inf(1), false}}
	if diff := cmp.Diff(wantSeries, series, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
}

// What a failed stage was given is known even if it read nothing.
func TestFailedRun(t *testing.T) {
	db := open(t)
	mustRecord(t, db, Meta{}, example("a1", true))
	r, err := db.Run(t.Context(), Last)
	if err != nil {
		t.Fatal(err)
	}
	s := r.Stages[1]
	if r.State != "failed" || s.Status != "failed" || s.Error != "loss is NaN" {
		t.Errorf("run %s, stage %s: %q", r.State, s.Status, s.Error)
	}
	if diff := cmp.Diff([]Input{{"train", "split.train", ""}}, s.Inputs); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}

func TestRunIsSeenWhileItRuns(t *testing.T) {
	db, full := open(t), example("a1", false)
	rec := db.Recorder(Meta{Dir: t.TempDir()})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(start(t.Context(), rec, full))
	must(rec.StageStarted(t.Context(), "a1", "split", epoch))
	statuses := func() string {
		t.Helper()
		r, err := db.Run(t.Context(), "a1")
		must(err)
		s := []string{r.State}
		for _, st := range r.Stages {
			s = append(s, st.Status)
		}
		return strings.Join(s, " ")
	}
	if got, want := statuses(), "running running pending"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// An interruption does not keep the record from being written.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	full.State, full.Stages[0].Status = pipeline.Interrupted, pipeline.Broken
	full.Stages[1] = pipeline.StageResult{Name: "train", Kind: "train", Status: pipeline.Skipped}
	must(rec.StageFinished(ctx, "a1", full.Stages[0]))
	must(rec.RunFinished(ctx, full))
	if got, want := statuses(), "interrupted failed skipped"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestSameOutcomeIsKeptOnce(t *testing.T) {
	db := open(t)
	mustRecord(t, db, Meta{}, example("a1", false), example("a2", false))
	for _, table := range []string{"plans", "metrics", "artifacts", "params"} {
		var rows int
		count := func(name string) int {
			if err := db.r.QueryRow(`SELECT count(*) FROM ` + name).Scan(&rows); err != nil {
				t.Fatal(err)
			}
			return rows
		}
		want := map[string]int{"plans": 1, "metrics": 5, "artifacts": 2, "params": 6}[table]
		if got := count(table); got != want {
			t.Errorf("%s: %d rows, want %d", table, got, want)
		}
		if table == "plans" {
			continue
		}
		if got := count("run_" + table); got != 2*want {
			t.Errorf("view run_%s: %d rows, want %d", table, got, 2*want)
		}
	}
}

// Two runs share what is the same to the last bit, and nothing else.
func TestWhatDiffersIsKeptApart(t *testing.T) {
	for name, change := range map[string]func(r *pipeline.Result){
		"parameter": func(r *pipeline.Result) { r.RunInfo.Stages[1].Params[1].Value = 2.0 },
		"type":      func(r *pipeline.Result) { r.RunInfo.Stages[1].Params[1].Value = int64(1) },
		"wire":      func(r *pipeline.Result) { r.RunInfo.Stages[1].Inputs[0].Ref = "split.other" },
		"kind":      func(r *pipeline.Result) { r.RunInfo.Stages[1].Kind = "other" },
		"key":       func(r *pipeline.Result) { r.Stages[1].Key = "7b" },
		"cost":      func(r *pipeline.Result) { r.Stages[1].Cost = 6 },
		"input":     func(r *pipeline.Result) { r.Stages[1].Inputs[0].Digest = "d9" },
		"digest":    func(r *pipeline.Result) { r.Stages[1].Outputs[0].Digest = "d9" },
		"bytes":     func(r *pipeline.Result) { r.Stages[1].Outputs[0].Bytes-- },
		"media":     func(r *pipeline.Result) { r.Stages[1].Outputs[0].Type = stage.TypeNPY },
		"dir":       func(r *pipeline.Result) { r.Stages[1].Outputs[0].Dir = false },
		"metric":    func(r *pipeline.Result) { r.Stages[1].Metrics[3].Value = 0.3 },
		"step":      func(r *pipeline.Result) { r.Stages[1].Metrics[3].Step = 3 },
		"timing":    func(r *pipeline.Result) { r.Stages[1].Metrics[4].Timing = false },
	} {
		t.Run(name, func(t *testing.T) {
			changed := func() *pipeline.Result {
				r := example("a2", false)
				change(r)
				return r
			}
			m := Meta{Dir: t.TempDir()}
			alone, together := open(t), open(t)
			mustRecord(t, alone, m, changed())
			mustRecord(t, together, m, example("a1", false))
			mustRecord(t, together, m, changed())
			want, err := alone.Run(t.Context(), "a2")
			if err != nil {
				t.Fatal(err)
			}
			got, err := together.Run(t.Context(), "a2")
			if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestForeignKeysAreEnforced(t *testing.T) {
	db := open(t)
	mustRecord(t, db, Meta{}, example("a1", false))
	if _, err := db.w.Exec(`DELETE FROM plans`); err == nil || !strings.Contains(err.Error(), "FOREIGN KEY") {
		t.Errorf("error %v", err)
	}
}

func TestRunsFilter(t *testing.T) {
	db := open(t)
	mustRecord(t, db, Meta{}, example("a1", false), example("a2", true), example("a3", false))
	mustRecord(t, db, Meta{Sweep: &Sweep{ID: "s1"}, Trial: 1}, example("b1", false))
	for _, c := range []struct {
		filter Filter
		want   string
	}{
		{Filter{}, "a1 b1 a2 a3"}, // b1 started with a1
		{Filter{Newest: 2}, "a2 a3"},
		{Filter{State: "failed"}, "a2"},
		{Filter{Sweep: "s1"}, "b1"},
		{Filter{Sweep: "none"}, ""},
	} {
		runs, err := db.Runs(t.Context(), c.filter)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, r := range runs {
			ids = append(ids, r.ID)
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%+v: %q, want %q", c.filter, got, c.want)
		}
	}
}

func TestSweeps(t *testing.T) {
	db := open(t)
	s := Sweep{ID: "s1", Name: "ablation", File: "ablation.yaml", Definition: "name: ablation", Started: epoch, Trials: 4}
	mustRecord(t, db, Meta{Sweep: &s, Trial: 1}, example("a1", false), example("a2", true), example("a3", false))
	got, err := db.Sweeps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Done, s.Failed = 2, 1
	if diff := cmp.Diff([]Sweep{s}, got); diff != "" {
		t.Errorf("sweeps (-want +got):\n%s", diff)
	}
}

func TestParameterThatIsNone(t *testing.T) {
	r := example("a1", false)
	r.RunInfo.Stages[0].Params[0].Value = struct{}{}
	err := record(t.Context(), open(t).Recorder(Meta{Dir: t.TempDir()}), r)
	if err == nil || !strings.Contains(err.Error(), `stage "split", parameter "calibration"`) {
		t.Errorf("error %v", err)
	}
}

func TestPathsWithOddNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%20&mode=ro", "runs.db")
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	mustRecord(t, db, Meta{}, example("a1", false))
	again, err := OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := again.Run(t.Context(), "a1"); err != nil {
		t.Error(err)
	}
}

// After a transaction that failed the run can still be recorded, and no other
// run is touched.
func TestRecordAfterAFailedWrite(t *testing.T) {
	db := open(t)
	run := example("a1", false)
	good := run.RunInfo.Stages[0].Params[0].Value
	run.RunInfo.Stages[0].Params[0].Value = struct{}{}
	rec := db.Recorder(Meta{Dir: t.TempDir()})
	if err := start(t.Context(), rec, run); err != nil {
		t.Fatal(err)
	}
	if err := rec.StageFinished(t.Context(), "a1", run.Stages[1]); err == nil {
		t.Fatal("no error")
	}
	mustRecord(t, db, Meta{}, example("a2", true))
	run.RunInfo.Stages[0].Params[0].Value = good
	if err := rec.RunFinished(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"a1": "done cached ran", "a2": "failed cached failed"} {
		r, err := db.Run(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.State + " " + r.Stages[0].Status + " " + r.Stages[1].Status; got != want {
			t.Errorf("run %s: %s, want %s", id, got, want)
		}
	}
}
