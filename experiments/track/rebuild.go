package track

import (
	"context"
	"errors"
	"fmt"

	"whorl/pipeline"
)

// Rebuild adds the runs of the given ids that are not in the database, from
// the records that the engine keeps in the store: read returns one. A record
// that cannot be read is passed over and is part of the error, which then
// comes with how many runs were added.
func (db *DB) Rebuild(ctx context.Context, ids []string, read func(id string) (*pipeline.Result, error)) (added int, err error) {
	tx, err := db.w.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("rebuild %s: %w", db.path, err)
	}
	defer tx.Rollback()
	rows, err := tx.QueryContext(ctx, `SELECT id FROM runs`)
	if err != nil {
		return 0, fmt.Errorf("rebuild %s: %w", db.path, err)
	}
	have, err := collect(rows, func(scan scanner, id *string) error { return scan(id) })
	if err != nil {
		return 0, fmt.Errorf("rebuild %s: %w", db.path, err)
	}
	known := make(map[string]bool, len(have))
	for _, id := range have {
		known[id] = true
	}
	var unread []error
	for _, id := range ids {
		if known[id] {
			continue
		}
		r, err := read(id)
		if err != nil {
			unread = append(unread, err)
			continue
		}
		rec := recorder{db: db}
		if err := rec.readAbout(r.About); err != nil {
			unread = append(unread, fmt.Errorf("run %s: what is said about it: %w", id, err))
			continue
		}
		rec.begin(r.RunInfo)
		if err := rec.finish(r); err != nil {
			unread = append(unread, err)
			continue
		}
		if _, err := rec.write(ctx, tx); err != nil {
			return 0, fmt.Errorf("rebuild %s: run %s: %w", db.path, id, err)
		}
		added++
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("rebuild %s: %w", db.path, err)
	}
	return added, errors.Join(unread...)
}
