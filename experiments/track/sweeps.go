package track

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// A Sweep is a set of runs of one pipeline that differ in parameters. It is
// recorded with its first trial.
type Sweep struct {
	ID         string
	Name       string
	File       string // path of the definition
	Definition string // its content
	Started    time.Time
	Trials     int // how many were planned

	// How many are recorded in each state; interrupted ones count as failed.
	Done, Failed, Running int `json:"-"`
}

func insertSweep(ctx context.Context, tx *sql.Tx, s *Sweep) error {
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

// Sweeps returns the sweeps, oldest first. Of one whose trials are older than
// version 2 of the schema, and that were recorded again from the store, they
// are all that is known.
func (db *DB) Sweeps(ctx context.Context) ([]Sweep, error) {
	rows, err := db.r.QueryContext(ctx, `
		SELECT t.id, coalesce(name, t.id), coalesce(file, ''), coalesce(definition, ''),
			coalesce(s.started, min(r.started)) AS began, coalesce(trials, max(trial)),
			count(*) FILTER (WHERE state = 'done'),
			count(*) FILTER (WHERE state IN ('failed', 'interrupted')),
			count(*) FILTER (WHERE state = 'running')
		FROM (SELECT id FROM sweeps UNION SELECT sweep FROM runs WHERE sweep <> '') t
			LEFT JOIN sweeps s USING (id) LEFT JOIN runs r ON sweep = t.id
		GROUP BY t.id ORDER BY began, t.id`)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(scan scanner, s *Sweep) error {
		var started int64
		err := scan(&s.ID, &s.Name, &s.File, &s.Definition, &started, &s.Trials, &s.Done, &s.Failed, &s.Running)
		s.Started = time.Unix(0, started).UTC()
		return err
	})
}
