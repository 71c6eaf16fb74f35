package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/spec"
	"whorl/pipeline/store"
)

// load reads the pipeline that the flags name, with their settings and more.
// What is wrong with it is a wrong call.
func (f *specFlags) load(reg *spec.Registry, file string, more ...string) (*spec.Pipeline, error) {
	p, err := reg.Load(file, spec.Settings{
		Set: append(more, f.set...), Data: f.data, Seed: f.seedGiven(),
	})
	var unread *fs.PathError
	if errors.As(err, &unread) {
		return nil, Usagef("%w (name another with -f)", err)
	}
	return p, specError(err)
}

// pipeline reads the pipeline that the flags name and checks that it has the
// targets.
func (f *specFlags) pipeline(targets ...string) (*spec.Pipeline, error) {
	reg, err := f.env.app.registry()
	if err != nil {
		return nil, err
	}
	p, err := f.load(reg, f.file)
	if err != nil {
		return nil, err
	}
	if len(targets) > 0 {
		if _, err := p.Nodes(targets...); err != nil {
			return nil, UsageError{err}
		}
	}
	return p, nil
}

// specError makes an error about a spec count as a wrong call.
func specError(err error) error {
	var wrong *spec.Error
	if errors.As(err, &wrong) {
		return UsageError{err}
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
	b := &books{st, db, pipeline.NewEngine(st)}
	empty, err := db.Empty(ctx)
	if err == nil && empty {
		_, err = b.index(ctx, io.Discard)
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// openRecords opens the records of runs to read them. The error satisfies
// errors.Is(err, fs.ErrNotExist) if there are none.
func openRecords(ctx context.Context, artifacts string) (*track.DB, error) {
	db, err := track.OpenReadOnly(ctx, databasePath(artifacts))
	empty := errors.Is(err, fs.ErrNotExist)
	if err == nil {
		if empty, err = db.Empty(ctx); err != nil {
			db.Close()
			return nil, err
		}
	}
	if !empty || !hasRuns(artifacts) {
		return db, err
	}
	if db != nil {
		db.Close()
	}
	b, err := openBooks(ctx, artifacts) // makes the database again
	if err != nil {
		return nil, err
	}
	return b.db, nil
}

// hasRuns reports whether the store knows of runs, ended or not.
func hasRuns(artifacts string) bool {
	ended, _ := filepath.Glob(filepath.Join(artifacts, "runs", "*.json"))
	active, _ := filepath.Glob(filepath.Join(artifacts, "active", "*"))
	return len(ended)+len(active) > 0
}

// index records the runs that the store knows and the database, which is only
// an index of them, does not. It returns how many, and warns of those that
// cannot be read.
func (b *books) index(ctx context.Context, warn io.Writer) (added int, err error) {
	if err := b.engine.Recover(); err != nil { // which ends the runs of dead processes
		return 0, err
	}
	files, err := b.store.Runs()
	if err != nil {
		return 0, err
	}
	ids := make([]string, len(files))
	for i, f := range files {
		ids[len(files)-1-i] = f.ID // oldest first
	}
	added, unread, err := b.db.Rebuild(ctx, ids, func(id string) (*pipeline.Result, error) {
		return pipeline.ReadRun(b.store, id)
	})
	for _, e := range unread {
		fmt.Fprintln(warn, "whorl:", e)
	}
	return added, err
}

func (b *books) Close() error { return b.db.Close() }

// meta is what the engine does not know of a run, which may be a trial of a
// sweep.
func (e *Env) meta(sweep *track.Sweep, trial int) (track.Meta, error) {
	dir, err := os.Getwd()
	if err != nil {
		return track.Meta{}, err
	}
	return track.Meta{
		Command: os.Args, Dir: dir, Sweep: sweep, Trial: trial, Version: e.app.version(), Variant: e.app.variant(),
	}, nil
}
