package track

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"whorl/pipeline"
)

// Meta is what the engine does not know of a run.
type Meta struct {
	Command []string // as typed
	Dir     string   // working directory
	Sweep   *Sweep   // that the run is a trial of, or nil
	Trial   int      // counted from 1
	Version string   // whorl's own
	Variant string   // of the numeric kernels
}

// Recorder returns a recorder for one run. Besides what it is told it records
// the machine, and the git revision of the pipeline's directory.
//
// A record is written when something happens that costs time, a stage's
// execution, or at the end of the run; what is quick, such as finding stages
// cached, is written along with it. A run of cached stages is one transaction.
// Records are written even if the context is cancelled: an interrupted run is
// one worth knowing about.
func (db *DB) Recorder(m Meta) pipeline.Recorder {
	rec := &recorder{db: db, sweep: m.Sweep, run: Run{
		Command: m.Command, Dir: m.Dir, Trial: m.Trial, Version: m.Version, Variant: m.Variant,
	}}
	if m.Sweep != nil {
		rec.run.Sweep = m.Sweep.ID
	}
	return rec
}

type recorder struct {
	db     *DB
	claim  *claim
	keep   func(json.RawMessage) error
	source chan struct{} // closed when run has its git revision

	run   Run // without its parts
	sweep *Sweep
	spec  string
	plan  []pipeline.Plan

	heard    time.Time      // the latest that is known to have happened
	n        int64          // of the row in runs; 0 until it is written
	position map[string]int // of each stage in the plan
	written  map[string]bool
	pending  []stageRow // not written yet
}

// RunStarted implements [pipeline.Recorder].
func (rec *recorder) RunStarted(ctx context.Context, info pipeline.RunInfo, keep func(json.RawMessage) error) (err error) {
	if rec.claim, err = rec.db.claim(info.ID); err != nil {
		return err
	}
	rec.keep = keep
	rec.begin(info)
	describeMachine(&rec.run)
	rec.source = make(chan struct{})
	go func() { // git takes as long as many a run of cached stages
		defer close(rec.source)
		describeSource(context.WithoutCancel(ctx), rec.sourceDir(), &rec.run)
	}()
	return nil
}

// begin takes down the run and its plan.
func (rec *recorder) begin(info pipeline.RunInfo) {
	r := &rec.run
	r.ID, r.State, r.Started = info.ID, string(pipeline.Running), info.Started
	r.Pipeline, r.Data, r.Seed = info.Pipeline, info.Data, info.Seed
	rec.spec, rec.plan, rec.heard = info.Spec, info.Stages, info.Started
	rec.position = make(map[string]int, len(info.Stages))
	rec.written = make(map[string]bool, len(info.Stages))
	rec.pending = make([]stageRow, 0, len(info.Stages))
	for i, p := range info.Stages {
		rec.position[p.Name] = i
	}
}

func (rec *recorder) sourceDir() string {
	dir := filepath.Dir(rec.run.Pipeline)
	if filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(rec.run.Dir, dir)
}

// StageStarted implements [pipeline.Recorder].
func (rec *recorder) StageStarted(ctx context.Context, _, stage string, at time.Time) error {
	if err := rec.add(pipeline.StageResult{Name: stage, Status: "running", Started: at}); err != nil {
		return err
	}
	return rec.flush(ctx)
}

// StageFinished implements [pipeline.Recorder].
func (rec *recorder) StageFinished(ctx context.Context, _ string, s pipeline.StageResult) error {
	if err := rec.add(s); err != nil {
		return err
	}
	rec.written[s.Name] = true
	if s.Status == pipeline.Ran || s.Status == pipeline.Broken {
		return rec.flush(ctx)
	}
	return nil
}

// RunFinished implements [pipeline.Recorder].
func (rec *recorder) RunFinished(ctx context.Context, r *pipeline.Result) error {
	if rec.claim == nil {
		return nil // it could not be started, which has been said
	}
	if err := rec.finish(r); err != nil {
		return err
	}
	if err := rec.flush(ctx); err != nil {
		return err // the claim ends with the process, and the run is then failed
	}
	return rec.claim.release()
}

// finish takes down what the run came to, and the stages that were not
// announced one by one.
func (rec *recorder) finish(r *pipeline.Result) error {
	for _, s := range r.Stages {
		if rec.written[s.Name] {
			continue
		}
		if err := rec.add(s); err != nil {
			return err
		}
	}
	rec.run.State, rec.run.Finished, rec.heard = string(r.State), r.Finished, r.Finished
	return nil
}

// add takes down what is known of a stage.
func (rec *recorder) add(s pipeline.StageResult) error {
	i, ok := rec.position[s.Name]
	if !ok {
		return fmt.Errorf("record run %s: stage %q is not in its plan", rec.run.ID, s.Name)
	}
	rec.pending = append(rec.pending, stageRow{i, s})
	if at := s.Started.Add(time.Duration(s.Seconds * float64(time.Second))); at.After(rec.heard) {
		rec.heard = at
	}
	return nil
}

// flush writes what is pending in one transaction.
func (rec *recorder) flush(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	fail := func(err error) error {
		return fmt.Errorf("record run %s in %s: %w", rec.run.ID, rec.db.path, asDamage(err))
	}
	if err := rec.keepAbout(); err != nil {
		return fail(err)
	}
	tx, err := rec.db.w.BeginTx(ctx, nil)
	if err != nil {
		return fail(err)
	}
	defer tx.Rollback()
	n, err := rec.write(ctx, tx)
	if err != nil {
		return fail(err)
	}
	if err := tx.Commit(); err != nil {
		return fail(err)
	}
	rec.n, rec.pending = n, rec.pending[:0]
	return nil
}

// keepAbout waits for git, and has the engine keep what it does not know
// itself.
func (rec *recorder) keepAbout() error {
	<-rec.source
	if rec.keep == nil {
		return nil // it is kept already
	}
	about, err := rec.about()
	if err != nil {
		return err
	}
	if err := rec.keep(about); err != nil {
		return err
	}
	rec.keep = nil
	return nil
}

// write returns the number of the run's row.
func (rec *recorder) write(ctx context.Context, tx *sql.Tx) (n int64, err error) {
	if n = rec.n; n > 0 {
		const q = `UPDATE runs SET state = ?, updated = ?, finished = ? WHERE n = ?`
		_, err = tx.ExecContext(ctx, q, rec.run.State, nanos(rec.heard), nanos(rec.run.Finished), n)
	} else {
		n, err = rec.insert(ctx, tx)
	}
	if err != nil {
		return 0, err
	}
	return n, insertStages(ctx, tx, n, rec.pending)
}
