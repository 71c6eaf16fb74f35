package track_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/spec"
	"whorl/pipeline/store"
)

// Any program can record its runs; "whorl runs --artifacts DIR" lists them.
func ExampleDB_Recorder() {
	dir, err := os.MkdirTemp("", "example-*")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := record(context.Background(), dir); err != nil {
		fmt.Println(err)
	}
	// Output:
	// done hello ran
	// done hello cached
}

func record(ctx context.Context, dir string) error {
	reg := pipeline.NewRegistry()
	p, err := reg.Parse(filepath.Join(dir, "pipeline.yaml"), []byte(`
stages:
  hello: {kind: command, cmd: "echo hello > {outputs.text}", outputs: {text: hello.txt}}
`), spec.Settings{})
	if err != nil {
		return err
	}
	artifacts, err := store.Open(filepath.Join(dir, "artifacts"))
	if err != nil {
		return err
	}
	db, err := track.Open(ctx, filepath.Join(dir, "artifacts", "runs.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	for range 2 {
		_, err := pipeline.NewEngine(artifacts).Run(ctx, p, pipeline.Options{
			Recorder: db.Recorder(track.Meta{Command: os.Args, Dir: dir}),
		})
		if err != nil {
			return err
		}
	}
	runs, err := db.Runs(ctx, track.Filter{})
	for _, r := range runs {
		fmt.Println(r.State, r.Stages[0].Name, r.Stages[0].Status)
	}
	return err
}
