package track

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"
)

// insert adds the row of the run, and what it names, and returns its number.
func (rec *recorder) insert(ctx context.Context, tx *sql.Tx) (n int64, err error) {
	r := &rec.run
	command, err := json.Marshal(r.Command)
	if err != nil {
		return 0, err
	}
	plan, err := insertPlan(ctx, tx, rec.plan)
	if err != nil {
		return 0, err
	}
	if err := insertSweep(ctx, tx, rec.sweep); err != nil {
		return 0, err
	}
	spec, err := insertText(ctx, tx, `INSERT OR IGNORE INTO specs (digest, text) VALUES (?, ?)`, rec.spec, rec.spec != "")
	if err != nil {
		return 0, err
	}
	diff, err := insertText(ctx, tx, `INSERT OR IGNORE INTO diffs (digest, patch) VALUES (?, ?)`, r.GitDiff, r.GitDirty)
	if err != nil {
		return 0, err
	}
	res, err := tx.ExecContext(ctx, `
		INSERT INTO runs (id, state, plan, started, updated, finished, command, dir, pipeline, spec, data, seed, sweep,
			trial, git_commit, git_diff, host, os, arch, cpu, cpus, memory, go_version, version, variant)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.State, plan, nanos(r.Started), nanos(rec.heard), nanos(r.Finished), string(command), r.Dir, r.Pipeline, spec,
		r.Data, strconv.FormatUint(r.Seed, 10), r.Sweep, r.Trial, r.GitCommit, diff, r.Host, r.OS, r.Arch, r.CPU,
		r.CPUs, r.Memory, r.GoVersion, r.Version, r.Variant)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// insertText adds a text that many runs may have in common, if there is one,
// and returns its digest, NULL if there is none.
func insertText(ctx context.Context, tx *sql.Tx, query, text string, there bool) (digest sql.NullString, err error) {
	if !there {
		return digest, nil
	}
	sum := sha256.Sum256([]byte(text))
	digest = sql.NullString{String: hex.EncodeToString(sum[:]), Valid: true}
	_, err = tx.ExecContext(ctx, query, digest, text)
	return digest, err
}

// nanos is a time as the database has it: NULL if it is zero.
func nanos(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixNano()
}
