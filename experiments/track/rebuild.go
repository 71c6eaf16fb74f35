package track

import (
	"context"
	"database/sql"
	"fmt"

	"whorl/pipeline"
)

// Empty reports whether no run is recorded.
func (db *DB) Empty(ctx context.Context) (empty bool, err error) {
	err = db.r.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT * FROM runs)`).Scan(&empty)
	return empty, err
}

// Rebuild adds the runs of the given ids that are not in the database, from
// the records that the engine keeps in the store: read returns one. A record
// that cannot be read is passed over, and why is returned.
func (db *DB) Rebuild(ctx context.Context, ids []string, read func(id string) (*pipeline.Result, error)) (added int, unread []error, err error) {
	tx, err := db.w.BeginTx(ctx, nil)
	if err == nil {
		defer tx.Rollback()
		added, unread, err = db.rebuild(ctx, tx, ids, read)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return 0, unread, fmt.Errorf("rebuild %s: %w", db.path, asDamage(err))
	}
	return added, unread, nil
}

func (db *DB) rebuild(ctx context.Context, tx *sql.Tx, ids []string, read func(id string) (*pipeline.Result, error)) (added int, unread []error, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM runs`)
	if err != nil {
		return 0, nil, err
	}
	have, err := collect(rows, func(scan scanner, id *string) error { return scan(id) })
	if err != nil {
		return 0, nil, err
	}
	known := make(map[string]bool, len(have))
	for _, id := range have {
		known[id] = true
	}
	for _, id := range ids {
		if known[id] {
			continue
		}
		rec, err := db.revive(id, read)
		if err != nil {
			unread = append(unread, err)
			continue
		}
		if _, err := rec.write(ctx, tx); err != nil {
			return 0, unread, fmt.Errorf("run %s: %w", id, err)
		}
		added++
	}
	return added, unread, nil
}

// revive returns a recorder that knows what the engine kept of a run.
func (db *DB) revive(id string, read func(id string) (*pipeline.Result, error)) (*recorder, error) {
	r, err := read(id)
	if err != nil {
		return nil, err
	}
	rec := &recorder{db: db}
	if err := rec.readAbout(r.About); err != nil {
		return nil, fmt.Errorf("run %s: what is said about it: %w", id, err)
	}
	rec.begin(r.RunInfo)
	return rec, rec.finish(r)
}
