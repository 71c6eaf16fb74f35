package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/workspace"
)

// load reads the pipeline that the flags name, with their settings and more.
// What is wrong with it is a usage error.
func (f *specFlags) load(reg *spec.Registry, file string, more ...string) (*spec.Pipeline, error) {
	if err := f.checkData(); err != nil {
		return nil, err
	}
	p, err := reg.Load(file, spec.Settings{
		Set: append(more, f.set...), Data: f.data, Seed: f.seedGiven(),
	})
	return p, specError(unreadable(err))
}

// pipeline reads the pipeline that the flags name and checks that it has the
// targets.
func (f *specFlags) pipeline(targets ...string) (*spec.Pipeline, error) {
	reg, err := f.env.app.registry()
	if err != nil {
		return nil, err
	}
	file, err := f.specFile()
	if err != nil {
		return nil, err
	}
	p, err := f.load(reg, file)
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

// specError makes an error about a spec count as a usage error.
func specError(err error) error {
	var wrong *spec.Error
	if errors.As(err, &wrong) {
		return UsageError{err}
	}
	return err
}

// workspace opens the workspace in a directory, and makes one if there is none.
func (e *Env) workspace(ctx context.Context, dir string) (*workspace.Workspace, error) {
	return workspace.Open(ctx, dir, e.options())
}

// toRead opens the workspace to answer what a run would do. If there is none, and the
// call does not name it, then nothing has been computed yet.
func (f *specFlags) toRead(ctx context.Context) (*workspace.Workspace, error) {
	w, err := workspace.OpenExisting(ctx, f.dir, f.env.options())
	if !errors.Is(err, fs.ErrNotExist) {
		return w, err
	}
	if f.cmd.Flags().Changed("artifacts") {
		fmt.Fprintf(f.env.Stderr, "%s: there is no store in %s: every stage would run\n", f.env.app.Name, f.dir)
	}
	return workspace.Empty(ctx, f.env.options())
}

// existing opens the workspace in a directory. That there is none is a usage
// error.
func (e *Env) existing(ctx context.Context, dir string) (*workspace.Workspace, error) {
	w, err := workspace.OpenExisting(ctx, dir, e.options())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Usagef("nothing has been recorded in %s yet: start with \"%s run\"", dir, e.app.Name)
	}
	return w, err
}

// answers opens the workspace in a directory, for several questions about one
// moment. That there is none is a usage error.
func (e *Env) answers(ctx context.Context, dir string) (*workspace.Workspace, error) {
	w, err := e.existing(ctx, dir)
	if err != nil {
		return nil, err
	}
	if _, err := w.Hold(ctx); err != nil { // until it is closed
		w.Close()
		return nil, err
	}
	return w, nil
}

// options are what is recorded of this program with each run.
func (e *Env) options() workspace.Options {
	return workspace.Options{
		Versions: record.Versions{Program: e.app.version(), Variant: e.app.variant()},
		Notice:   func(text string) { fmt.Fprintf(e.Stderr, "%s: %s\n", e.app.Name, text) },
	}
}

// findRun returns the run that a reference means; that there is none is a usage error.
func findRun(ctx context.Context, env *Env, dir, ref string) (*record.Run, error) {
	w, err := env.existing(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	r, err := w.Find(ctx, ref)
	return r, refError(err)
}

// refError makes an error about a reference count as a usage error.
func refError(err error) error {
	var ref *workspace.RefError
	if errors.As(err, &ref) {
		return UsageError{err}
	}
	return err
}
