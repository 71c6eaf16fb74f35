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

// insertRun adds the row of a run and returns its number.
func insertRun(ctx context.Context, tx *sql.Tx, r *Run, plan int64, updated time.Time) (int64, error) {
	command, err := json.Marshal(r.Command)
	if err != nil {
		return 0, err
	}
	var diff sql.NullString
	if r.GitDirty {
		sum := sha256.Sum256([]byte(r.GitDiff))
		diff = sql.NullString{String: hex.EncodeToString(sum[:]), Valid: true}
		const q = `INSERT OR IGNORE INTO diffs (digest, patch) VALUES (?, ?)`
		if _, err := tx.ExecContext(ctx, q, diff.String, r.GitDiff); err != nil {
			return 0, err
		}
	}
	res, err := tx.ExecContext(ctx, `
		INSERT INTO runs (id, state, plan, started, updated, finished, command, dir, pipeline, data, seed, sweep, trial,
			git_commit, git_diff, host, os, arch, cpu, cpus, memory, go_version, version, variant)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.State, plan, r.Started.UnixNano(), updated.UnixNano(), nanos(r.Finished), string(command), r.Dir, r.Pipeline,
		r.Data, strconv.FormatUint(r.Seed, 10), r.Sweep, r.Trial, r.GitCommit, diff, r.Host, r.OS, r.Arch, r.CPU,
		r.CPUs, r.Memory, r.GoVersion, r.Version, r.Variant)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// nanos is a time as the database has it: NULL if it is zero.
func nanos(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixNano()
}
