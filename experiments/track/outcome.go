package track

import (
	"context"
	"database/sql"
	"math"

	"whorl/pipeline/record"
)

// insertStages adds the stages of a run.
func insertStages(ctx context.Context, tx *sql.Tx, run int64, rows []record.Stage) error {
	stages := table{
		query: `INSERT INTO stages (run, stage, status, started, seconds, error, notes, log, outcome)
			SELECT column1, column2, column3, column4, column5, column6, column7, column8, n
			FROM (VALUES %s) LEFT JOIN outcomes ON digest = column9`,
		width: 9, args: make([]any, 0, 9*len(rows)),
	}
	outcomes := make([]outcome, 0, len(rows))
	c := newContent()
	for i := range rows {
		r := &rows[i]
		var digest []byte
		if hasOutcome(r) {
			digest = outcomeDigest(c, r)
			outcomes = append(outcomes, outcome{digest, r})
		}
		stages.add(run, i, string(r.Status), nanos(r.Started), r.Seconds, r.Error, words(r.Notes), r.Log, digest)
	}
	if err := insertOutcomes(ctx, tx, outcomes); err != nil {
		return err
	}
	return stages.insert(ctx, tx)
}

// hasOutcome reports whether a stage has inputs, outputs or costs to record.
func hasOutcome(r *record.Stage) bool {
	return r.Key != "" || len(r.Outputs) > 0 || len(r.Metrics) > 0
}

// outcomeDigest is the digest of a stage's inputs, outputs and costs.
func outcomeDigest(c *content, r *record.Stage) []byte {
	c.strings(r.Key)
	c.number(math.Float64bits(r.Cost))
	c.number(uint64(len(r.Inputs)))
	for _, in := range r.Inputs {
		c.strings(in.Name, in.Digest)
	}
	c.number(uint64(len(r.Outputs)))
	for _, o := range r.Outputs {
		c.strings(o.Name, o.Digest, o.Type)
		c.number(uint64(o.Bytes))
		c.flag(o.Dir)
	}
	for _, m := range r.Metrics {
		c.strings(m.Name)
		c.number(uint64(m.Step))
		c.number(math.Float64bits(m.Value))
		c.flag(m.Timing)
	}
	return c.digest()
}

// An outcome is a result that stages of many runs may share.
type outcome struct {
	digest []byte
	result *record.Stage
}

// insertOutcomes adds those outcomes that are new.
func insertOutcomes(ctx context.Context, tx *sql.Tx, all []outcome) error {
	var before int64 // the numbers of new rows are larger
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM outcomes`).Scan(&before); err != nil {
		return err
	}
	outcomes := table{query: "INSERT OR IGNORE INTO outcomes (digest, key, cost) VALUES %s", width: 3}
	byDigest := make(map[string]*record.Stage, len(all))
	for _, o := range all {
		byDigest[string(o.digest)] = o.result
		outcomes.add(o.digest, o.result.Key, o.result.Cost)
	}
	if err := outcomes.insert(ctx, tx); err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, `SELECT n, digest FROM outcomes WHERE n > ? ORDER BY n`, before)
	if err != nil {
		return err
	}
	type numbered struct {
		n      int64
		digest []byte
	}
	added, err := collect(rows, func(scan scanner, o *numbered) error { return scan(&o.n, &o.digest) })
	if err != nil {
		return err
	}

	inputs := table{query: "INSERT INTO inputs VALUES %s", width: 3}
	artifacts := table{query: "INSERT INTO artifacts VALUES %s", width: 6}
	metrics := table{query: "INSERT INTO metrics VALUES %s", width: 6}
	for _, o := range added {
		r := byDigest[string(o.digest)]
		for _, in := range r.Inputs {
			inputs.add(o.n, in.Name, in.Digest)
		}
		for _, a := range r.Outputs {
			artifacts.add(o.n, a.Name, a.Digest, a.Bytes, a.Type, a.Dir)
		}
		for seq, m := range r.Metrics {
			metrics.add(o.n, seq, m.Name, m.Step, m.Value, m.Timing)
		}
	}
	for _, t := range []*table{&inputs, &artifacts, &metrics} {
		if err := t.insert(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}
