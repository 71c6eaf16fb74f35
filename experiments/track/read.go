package track

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// A Filter chooses runs; its zero value chooses all of them.
type Filter struct {
	Sweep  string // only the trials of the sweep with this id
	State  string // only runs in this state
	Newest int    // only so many of those that started last; 0: all
}

// Runs returns the chosen runs, oldest first.
func (db *DB) Runs(ctx context.Context, f Filter) ([]Run, error) {
	limit := f.Newest
	if limit <= 0 {
		limit = -1
	}
	return db.load(ctx, func(querier) (string, []any, error) {
		return `SELECT n FROM runs WHERE (?1 = '' OR sweep = ?1) AND (?2 = '' OR state = ?2)
			ORDER BY started DESC, n DESC LIMIT ?3`, []any{f.Sweep, f.State, limit}, nil
	})
}

// Run returns the run of the given id, of the only id that begins so, or the
// newest run if the name is [Last]. The error wraps [ErrNoRun] if
// there is none such or if there are several.
func (db *DB) Run(ctx context.Context, name string) (*Run, error) {
	runs, err := db.load(ctx, func(q querier) (string, []any, error) {
		n, err := find(ctx, q, name)
		return `SELECT ?`, []any{n}, err
	})
	if err != nil {
		return nil, err
	}
	return &runs[0], nil
}

// Series returns the points of a metric in order of their steps. It is empty
// if the run did not measure it.
func (db *DB) Series(ctx context.Context, run, stage, metric string) ([]Metric, error) {
	tx, err := db.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	n, err := find(ctx, tx, run)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT m.name, m.step, m.value, m.timing
		FROM runs r JOIN plan_stages p USING (plan) JOIN stages s ON s.run = r.n AND s.stage = p.stage
			JOIN metrics m USING (outcome)
		WHERE r.n = ? AND p.name = ? AND m.name = ? ORDER BY m.step, m.seq`, n, stage, metric)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(scan scanner, m *Metric) error {
		m.Stage = stage
		return readMetric(scan, m)
	})
}

// load returns the runs whose numbers choose selects, oldest first, all as of
// one moment.
func (db *DB) load(ctx context.Context, choose func(querier) (string, []any, error)) ([]Run, error) {
	runs, err := db.read(ctx, choose)
	if err != nil && !errors.Is(err, ErrNoRun) {
		err = fmt.Errorf("read %s: %w", db.path, asDamage(err))
	}
	return runs, err
}

func (db *DB) read(ctx context.Context, choose func(querier) (string, []any, error)) ([]Run, error) {
	tx, err := db.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	query, args, err := choose(tx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+runColumns+` FROM runs
			LEFT JOIN diffs d ON d.digest = git_diff LEFT JOIN specs s ON s.digest = spec
		WHERE n IN (`+query+`) ORDER BY started, n`, args...)
	if err != nil {
		return nil, err
	}
	found, err := collect(rows, readRun)
	if err != nil {
		return nil, err
	}
	runs := make([]Run, len(found))
	chosen := selection{tx, query, args, make(map[int64]*Run, len(found))}
	for i := range found {
		runs[i] = found[i].Run
		chosen.runs[found[i].n] = &runs[i]
	}
	return runs, chosen.loadParts(ctx)
}

type numberedRun struct {
	n int64
	Run
}

const runColumns = `n, id, state, started, finished, command, dir, pipeline, coalesce(text, ''), data, seed, sweep, trial, git_commit,
	git_diff IS NOT NULL, coalesce(patch, ''), host, os, arch, cpu, cpus, memory, go_version, version, variant`

func readRun(scan scanner, r *numberedRun) error {
	var started int64
	var finished sql.NullInt64
	var command, seed string
	err := scan(&r.n, &r.ID, &r.State, &started, &finished, &command, &r.Dir, &r.Pipeline, &r.Spec, &r.Data, &seed, &r.Sweep,
		&r.Trial, &r.GitCommit, &r.GitDirty, &r.GitDiff, &r.Host, &r.OS, &r.Arch, &r.CPU, &r.CPUs, &r.Memory,
		&r.GoVersion, &r.Version, &r.Variant)
	if err != nil {
		return err
	}
	r.Started = moment(sql.NullInt64{Int64: started, Valid: true})
	if r.Finished = moment(finished); finished.Valid {
		r.Seconds = r.Finished.Sub(r.Started).Seconds()
	}
	if r.Seed, err = strconv.ParseUint(seed, 10, 64); err != nil {
		return fmt.Errorf("seed of run %s: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(command), &r.Command); err != nil {
		return fmt.Errorf("command of run %s: %w", r.ID, err)
	}
	return nil
}

// moment is the inverse of nanos.
func moment(t sql.NullInt64) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return time.Unix(0, t.Int64).UTC()
}
