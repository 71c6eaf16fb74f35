package workspace

import (
	"context"
	"os"
	"path/filepath"
	"runtime"

	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/workspace/origin"
)

// Run runs a pipeline and records it: see [pipeline.Engine.Run]. It fills in the
// empty fields of o.Origin: the command, working directory, machine and versions.
func (w *Workspace) Run(ctx context.Context, p *spec.Pipeline, o pipeline.Options) (*record.Run, error) {
	if err := w.describe(&o.Origin); err != nil {
		return nil, err
	}
	if o.Source == nil {
		dir := filepath.Dir(p.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(o.Origin.Dir, dir)
		}
		o.Source = func(ctx context.Context) record.Source { return origin.Source(ctx, dir) }
	}
	r, err := w.engine.Run(ctx, p, o)
	if r != nil && r.Executed() {
		// For readers that use SQL. A run in which all stages were cached is
		// indexed at the next question about runs.
		if e := w.Sync(context.WithoutCancel(ctx)); e != nil {
			w.notice(e.Error())
		}
	}
	return r, err
}

// Sync updates the index from the records. Every answer of the workspace does
// this by itself.
func (w *Workspace) Sync(ctx context.Context) error {
	return w.synced(ctx, func(*track.Index) error { return nil })
}

// describe fills in the empty fields of a run's origin.
func (w *Workspace) describe(o *record.Origin) (err error) {
	if o.Command == nil {
		o.Command = w.opts.Command
	}
	if o.Command == nil {
		o.Command = os.Args
	}
	if o.Dir == "" {
		if o.Dir, err = os.Getwd(); err != nil {
			return err
		}
	}
	if o.Machine == (record.Machine{}) {
		o.Machine = origin.Machine()
	}
	if o.Versions == (record.Versions{}) {
		o.Versions = w.opts.Versions
	}
	if o.Versions.Go == "" {
		o.Versions.Go = runtime.Version()
	}
	return nil
}
