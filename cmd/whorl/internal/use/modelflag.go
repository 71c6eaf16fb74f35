package use

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"whorl/cli"
	"whorl/pipeline/record"
	"whorl/siamese/model"
	"whorl/verifier"
	"whorl/workspace"
)

// A modelFlag says which model to use: that of a run, or that in a file.
type modelFlag struct {
	ref  string
	open func(context.Context) (*workspace.Workspace, error)
}

// add adds the flags --model and --artifacts.
func (f *modelFlag) add(env *cli.Env, c *cobra.Command) {
	f.open = env.Artifacts(c)
	c.Flags().StringVar(&f.ref, "model", "", "`RUN|FILE` whose model is used; by default the newest run that has one")
}

// A source is a model and where it came from.
type source struct {
	model *model.Model
	run   string // empty: a file
}

// load reads the model.
func (f *modelFlag) load(ctx context.Context) (source, error) {
	if f.ref != "" {
		switch info, err := os.Stat(f.ref); {
		case err == nil && !info.IsDir():
			m, err := model.Open(f.ref)
			return source{model: m}, usage(err)
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return source{}, cli.Usagef("model: %w", err)
		}
	}
	w, err := f.open(ctx)
	if err != nil {
		if f.ref != "" {
			return source{}, cli.Usagef("model %s: there is no such file, and %w", f.ref, err)
		}
		return source{}, err
	}
	defer w.Close()
	if f.ref == "" {
		return newest(ctx, w)
	}
	r, err := w.Find(ctx, f.ref)
	if err != nil {
		return source{}, cli.RefError(fmt.Errorf("model: %w", err))
	}
	return ofRun(ctx, w, r)
}

// verifier loads the model and prepares to use it.
func (f *modelFlag) verifier(ctx context.Context) (*verifier.Verifier, error) {
	s, err := f.load(ctx)
	if err != nil {
		return nil, err
	}
	return verifier.New(s.model)
}

// newest reads the model of the newest run whose model is in the store.
func newest(ctx context.Context, w *workspace.Workspace) (source, error) {
	runs, err := w.Runs(ctx, workspace.Filter{})
	if err != nil {
		return source{}, err
	}
	for _, r := range slices.Backward(runs) {
		s, err := ofRun(ctx, w, r)
		if none := (cli.UsageError{}); err == nil || !errors.As(err, &none) && !errors.Is(err, fs.ErrNotExist) {
			return s, err
		}
	}
	return source{}, cli.Usagef("no run in %s has a model: run a pipeline with a stage of kind \"model\", such as pipeline.yaml's, or name a file with --model", w.Dir())
}

// ofRun reads the model of a run, which the first stage of kind "model" made.
func ofRun(ctx context.Context, w *workspace.Workspace, r *record.Run) (source, error) {
	for i := range r.Stages {
		s := &r.Stages[i]
		if s.Kind != "model" || s.Output("model") == nil {
			continue
		}
		a, err := w.Artifact(ctx, r, s.Name+".model")
		if err != nil {
			return source{}, err
		}
		m, err := model.Open(a.Path)
		if err != nil {
			return source{}, fmt.Errorf("the model of run %s: %w", r.ID, err)
		}
		return source{m, r.ID}, nil
	}
	return source{}, cli.Usagef("run %s has no model: its pipeline has no stage of kind \"model\" that is done", r.ID)
}

// usage makes the errors of bad files count as usage errors.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return cli.UsageError{Err: err}
}
