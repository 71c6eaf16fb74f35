package track_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/spec"
	"whorl/pipeline/store"
)

const text = `
stages:
  first:
    kind: command
    params: {n: 15, x: 1.0, list: [0.5, 2.0], word: yes}
    cmd: echo {params.n} > {outputs.out}
    outputs: {out: out.txt}
  second:
    kind: command
    inputs: {in: first.out}
    cmd: cp {inputs.in} {outputs.dir}/copy
    outputs: {dir: dir/}
  third:
    kind: command
    inputs: {in: second.dir}
    cmd: exit 3
    outputs: {out: never.txt}
`

// The engine itself records runs: one that fails, one that is cached. A
// database made anew from what it keeps in the store says the same of them.
func TestWithTheEngine(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	file := filepath.Join(dir, "pipeline.yaml")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err := pipeline.NewRegistry().Load(file, spec.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(filepath.Join(dir, "artifacts"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := track.Open(ctx, filepath.Join(dir, "artifacts", "runs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, o := range []pipeline.Options{{}, {Targets: []string{"second"}}} {
		o.Recorder = db.Recorder(track.Meta{Command: []string{"whorl", "run"}, Dir: dir})
		if r, err := pipeline.NewEngine(st).Run(ctx, p, o); r == nil || (err == nil) != (len(o.Targets) > 0) {
			t.Fatalf("result %+v, error %v", r, err)
		}
	}

	runs, err := db.Runs(ctx, track.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range runs {
		got = append(got, r.State)
		for _, s := range r.Stages {
			got = append(got, s.Name, s.Status)
		}
	}
	want := []string{
		"failed", "first", "ran", "second", "ran", "third", "failed",
		"done", "first", "cached", "second", "cached",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if third := runs[0].Stages[2]; third.Error == "" || third.Key == "" || third.Inputs[0].Digest == "" {
		t.Errorf("failed stage: %+v", third)
	}
	second := runs[1].Stages[1]
	if out := second.Outputs[0]; !out.Dir || out.Digest == "" || out.Bytes == 0 || second.Inputs[0].Digest == "" {
		t.Errorf("cached stage: %+v", second)
	}

	files, err := st.Runs()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range files {
		ids = append(ids, f.ID)
	}
	anew, err := track.Open(ctx, filepath.Join(t.TempDir(), "runs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer anew.Close()
	read := func(id string) (*pipeline.Result, error) { return pipeline.ReadRun(st, id) }
	if n, _, err := anew.Rebuild(ctx, ids, read); n != 2 || err != nil {
		t.Fatalf("%d runs added, %v; want 2", n, err)
	}
	rebuilt, err := anew.Runs(ctx, track.Filter{})
	if diff := cmp.Diff(runs, rebuilt); diff != "" || err != nil {
		t.Errorf("%v, -recorded +rebuilt:\n%s", err, diff)
	}
}
