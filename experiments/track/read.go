package track

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"whorl/pipeline/record"
)

// A Filter chooses runs; its zero value chooses all of them.
type Filter struct {
	Sweep     string       // only the trials of the sweep with this id
	State     record.State // only runs in this state
	Executed  bool         // only runs that executed a stage
	NoRepeats bool         // without runs that are done and executed no stage
	Newest    int          // only so many of those that started last; 0: all
}

// Runs returns the chosen runs, oldest first. Their metrics are the last values
// only: see [record.Metrics.Last].
func (x *Index) Runs(ctx context.Context, f Filter) ([]*record.Run, error) {
	where, args := f.where()
	runs, err := x.read(ctx, `SELECT n FROM runs WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", x.path, asDamage(err))
	}
	return runs, nil
}

// An Entry is what a run is found by.
type Entry struct {
	ID       string
	Name     string
	State    record.State
	Executed bool // a stage, rather than take them all from the store
	Started  time.Time
	Sweep    string // id
	Trial    int
}

// List returns all runs, the newest first.
func (x *Index) List(ctx context.Context) ([]Entry, error) {
	rows, err := x.r.QueryContext(ctx, `SELECT id, name, state, executed, started, sweep, trial FROM runs
		ORDER BY started DESC, id DESC`)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", x.path, asDamage(err))
	}
	return collect(rows, func(scan scanner, e *Entry) error {
		var started int64
		err := scan(&e.ID, &e.Name, &e.State, &e.Executed, &started, &e.Sweep, &e.Trial)
		e.Started = time.Unix(0, started).UTC()
		return err
	})
}

// read returns the runs whose numbers a query selects, oldest first, all as of
// one moment.
func (x *Index) read(ctx context.Context, query string, args ...any) ([]*record.Run, error) {
	tx, err := x.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	rows, err := tx.QueryContext(ctx, `SELECT `+runColumns+` FROM runs
			LEFT JOIN sweeps w ON w.id = sweep
			LEFT JOIN texts d ON d.digest = git_diff LEFT JOIN texts s ON s.digest = spec
		WHERE n IN (`+query+`) ORDER BY runs.started, runs.id`, args...)
	if err != nil {
		return nil, err
	}
	found, err := collect(rows, readRun)
	if err != nil {
		return nil, err
	}
	runs := make([]*record.Run, len(found))
	chosen := selection{tx, query, args, make(map[int64]*record.Run, len(found))}
	for i := range found {
		runs[i] = &found[i].Run
		chosen.runs[found[i].n] = runs[i]
	}
	return runs, chosen.loadParts(ctx)
}

type numberedRun struct {
	n int64
	record.Run
}

const runColumns = `n, runs.id, state, runs.name, tags, note, runs.started, finished, command, dir, pipeline,
	coalesce(s.text, ''), data, seed, targets, sweep, trial, git_commit, git_dirty, coalesce(d.text, ''), host, os, arch, cpu,
	cpus, memory, go_version, version, variant,
	coalesce(w.name, ''), coalesce(file, ''), coalesce(definition, ''), coalesce(w.started, 0), coalesce(trials, 0)`

func readRun(scan scanner, r *numberedRun) error {
	var started, sweepStarted sql.NullInt64
	var finished sql.NullInt64
	var tags, command, seed, targets string
	var sweep record.Sweep
	err := scan(&r.n, &r.ID, &r.State, &r.Name, &tags, &r.Note, &started, &finished, &command, &r.Dir, &r.Pipeline,
		&r.Spec, &r.Data, &seed, &targets, &sweep.ID, &r.Trial, &r.Source.Commit, &r.Source.Dirty, &r.Source.Diff,
		&r.Machine.Host, &r.Machine.OS, &r.Machine.Arch, &r.Machine.CPU, &r.Machine.CPUs, &r.Machine.Memory,
		&r.Versions.Go, &r.Versions.Program, &r.Versions.Variant,
		&sweep.Name, &sweep.File, &sweep.Definition, &sweepStarted, &sweep.Trials)
	if err != nil {
		return err
	}
	r.Started, r.Finished = moment(started), moment(finished)
	if sweep.ID != "" {
		sweep.Started = moment(sweepStarted)
		r.Sweep = &sweep
	}
	if r.Seed, err = strconv.ParseUint(seed, 10, 64); err != nil {
		return fmt.Errorf("seed of run %s: %w", r.ID, err)
	}
	for _, list := range []struct {
		to   *[]string
		text string
	}{{&r.Command, command}, {&r.Tags, tags}, {&r.Targets, targets}} {
		if *list.to, err = unwords(list.text); err != nil {
			return fmt.Errorf("run %s: %w", r.ID, err)
		}
	}
	return nil
}
