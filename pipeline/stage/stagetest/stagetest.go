// Package stagetest runs one stage in a test, without the engine.
package stagetest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"whorl/pipeline/stage"
)

// A Result is what a stage made.
type Result struct {
	Err     error          // what Run returned
	Dir     string         // where the outputs are
	Metrics []stage.Metric // in the order they were recorded, timings included
	Log     []string
	Last    stage.Progress // the last that was reported

	t testing.TB
}

// Run runs a stage of the given kind. Nil params stand for the kind's defaults;
// inputs are paths by port name. The test fails at once if params are of
// another type, an input is unknown or missing, or the stage succeeds without
// having made exactly its declared outputs. An error of the stage itself is
// left in Result.Err.
func Run(t testing.TB, kind stage.Kind, params any, seed uint64, inputs map[string]string) *Result {
	t.Helper()
	task := &stage.Task{
		Stage:       kind.Name,
		Params:      params,
		Inputs:      make(map[string]stage.Input),
		OutDir:      t.TempDir(),
		Checkpoints: &Memory{},
	}
	if kind.Random {
		task.Seed = seed
	}
	if params == nil {
		task.Params = kind.Params
	} else if got, want := fmt.Sprintf("%T", params), fmt.Sprintf("%T", kind.Params); got != want {
		t.Fatalf("stage %s takes params of type %s, not %s", kind.Name, want, got)
	}
	for _, p := range kind.Inputs {
		path, ok := inputs[p.Name]
		if !ok && !p.Optional {
			t.Fatalf("stage %s needs input %q", kind.Name, p.Name)
		}
		if ok {
			task.Inputs[p.Name] = stage.Input{Path: path, Dir: p.Dir}
		}
	}
	for name := range inputs {
		if !task.Has(name) {
			t.Fatalf("stage %s has no input %q", kind.Name, name)
		}
	}
	return RunTask(t, kind, task)
}

// RunTask runs a stage on a task that the test has made, with an observer of
// its own.
func RunTask(t testing.TB, kind stage.Kind, task *stage.Task) *Result {
	t.Helper()
	rec := &recorder{}
	task.Observer = rec
	r := &Result{Dir: task.OutDir, t: t}
	r.Err = kind.Run(t.Context(), task)
	r.Metrics, r.Log, r.Last = rec.metrics, rec.log, rec.last
	if r.Err == nil {
		checkOutputs(t, kind, task.OutDir)
	}
	return r
}

func checkOutputs(t testing.TB, kind stage.Kind, dir string) {
	t.Helper()
	declared := make(map[string]stage.Port)
	for _, p := range kind.Outputs {
		declared[p.Name] = p
		info, err := os.Stat(filepath.Join(dir, p.Name))
		switch {
		case err != nil:
			t.Errorf("stage %s did not make its output %q", kind.Name, p.Name)
		case info.IsDir() != p.Dir:
			t.Errorf("stage %s: output %q is a directory: %v, declared: %v", kind.Name, p.Name, info.IsDir(), p.Dir)
		}
	}
	made, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range made {
		if _, ok := declared[e.Name()]; !ok {
			t.Errorf("stage %s made %q, which it does not declare", kind.Name, e.Name())
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}
