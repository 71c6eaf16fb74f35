package track

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"whorl/pipeline/record"
)

// insertRun adds a run, and what it names.
func insertRun(ctx context.Context, tx *sql.Tx, r *record.Run, stamp string) error {
	plan, err := insertPlan(ctx, tx, r.Stages)
	if err != nil {
		return err
	}
	if err := insertFields(ctx, tx, r); err != nil {
		return err
	}
	if err := insertSweep(ctx, tx, r.Sweep); err != nil {
		return err
	}
	spec, err := insertText(ctx, tx, r.Spec)
	if err != nil {
		return err
	}
	diff, err := insertText(ctx, tx, r.Source.Diff)
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `
		INSERT INTO runs (id, stamp, state, executed, name, tags, note, plan, started, finished, command, dir, pipeline, spec,
			data, seed, targets, sweep, trial, git_commit, git_dirty, git_diff, host, os, arch, cpu, cpus, memory,
			go_version, version, variant)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, stamp, r.State, r.Executed(), r.Name, words(r.Tags), r.Note, plan, nanos(r.Started), nanos(r.Finished),
		words(r.Command), r.Dir, r.Pipeline, spec, r.Data, strconv.FormatUint(r.Seed, 10), words(r.Targets),
		r.SweepID(), r.Trial, r.Source.Commit, r.Source.Dirty, diff, r.Machine.Host, r.Machine.OS, r.Machine.Arch,
		r.Machine.CPU, r.Machine.CPUs, r.Machine.Memory, r.Versions.Go, r.Versions.Program, r.Versions.Variant)
	if err != nil {
		return err
	}
	n, err := res.LastInsertId()
	if err != nil {
		return err
	}
	return insertStages(ctx, tx, n, r.Stages)
}

func insertSweep(ctx context.Context, tx *sql.Tx, s *record.Sweep) error {
	if s == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx,
		`INSERT OR IGNORE INTO sweeps (id, name, file, definition, started, trials) VALUES (?, ?, ?, ?, ?, ?)`,
		s.ID, s.Name, s.File, s.Definition, s.Started.UnixNano(), s.Trials)
	if err != nil {
		return fmt.Errorf("sweep %s: %w", s.ID, err)
	}
	return nil
}

// insertText adds a text that many runs may have in common, and returns its
// digest; NULL if it is empty.
func insertText(ctx context.Context, tx *sql.Tx, text string) (digest sql.NullString, err error) {
	if text == "" {
		return digest, nil
	}
	sum := sha256.Sum256([]byte(text))
	digest = sql.NullString{String: hex.EncodeToString(sum[:]), Valid: true}
	var v any = text
	if !utf8.ValidString(text) {
		v = []byte(text)
	}
	_, err = tx.ExecContext(ctx, `INSERT OR IGNORE INTO texts (digest, text) VALUES (?, ?)`, digest, v)
	return digest, err
}

// words is a list as the database has it.
func words(list []string) string {
	if list == nil {
		return "[]"
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings can be encoded
	}
	return string(b)
}

// unwords is the inverse of words.
func unwords(text string) (list []string, err error) {
	if text == "[]" {
		return nil, nil
	}
	return list, json.Unmarshal([]byte(text), &list)
}

// nanos is a time as the database has it: NULL if it is zero.
func nanos(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixNano()
}

// moment is the inverse of nanos.
func moment(t sql.NullInt64) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return time.Unix(0, t.Int64).UTC()
}
