package main

import (
	"context"
	"errors"
	"os"

	"whorl"
	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/store"
	"whorl/stages/augment"
	"whorl/stages/evaluate"
	"whorl/stages/ingest"
	"whorl/stages/label"
	"whorl/stages/split"
	"whorl/stages/synthetic"
	"whorl/stages/train"
)

// newRegistry returns a registry of everything that a pipeline.yaml may name.
func newRegistry() (*pipeline.Registry, error) {
	if _, err := train.Kernels(); err != nil {
		return nil, usageError{err}
	}
	reg := pipeline.NewRegistry()
	err := errors.Join(
		reg.AddSource(pipeline.Source{Module: whorl.Module, FS: whorl.Source}),
		reg.RegisterData(synthetic.Kind()),
		reg.Register(ingest.Kind(), label.Kind(), split.Kind(), augment.Kind(), train.Kind(), evaluate.Kind()),
	)
	return reg, err
}

// load reads the pipeline that the flags name, with their settings and more.
// What is wrong with it is a wrong call.
func (f *specFlags) load(reg *pipeline.Registry, file string, more ...string) (*pipeline.Pipeline, error) {
	p, err := reg.Load(file, pipeline.Settings{
		Set: append(more, f.set...), Data: f.data, Seed: f.seedGiven(),
	})
	if errors.Is(err, os.ErrNotExist) {
		return nil, usagef("%w (name another with -f)", err)
	}
	return p, specError(err)
}

// specError makes an error about a spec count as a wrong call.
func specError(err error) error {
	var spec *pipeline.SpecError
	if errors.As(err, &spec) {
		return usageError{err}
	}
	return err
}

// books are where results and records are kept.
type books struct {
	store  *store.Store
	db     *track.DB
	engine *pipeline.Engine
}

func openBooks(ctx context.Context, artifacts string) (*books, error) {
	st, err := store.Open(artifacts)
	if err != nil {
		return nil, err
	}
	db, err := track.Open(ctx, databasePath(artifacts))
	if err != nil {
		return nil, err
	}
	return &books{st, db, pipeline.NewEngine(st)}, nil
}

func (b *books) Close() error { return b.db.Close() }

// meta is what the engine does not know of a run.
func meta(sweep string, trial int) (track.Meta, error) {
	dir, err := os.Getwd()
	if err != nil {
		return track.Meta{}, err
	}
	return track.Meta{
		Command: os.Args, Dir: dir, Sweep: sweep, Trial: trial, Version: version(), Variant: variant(),
	}, nil
}
