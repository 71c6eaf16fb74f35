package track

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
)

const (
	applicationID = 0x7768726c // marks a database as ours; the letters "whrl"
	schemaVersion = 4
)

//go:embed schema.sql
var schema string

// errForeign says that the file is some other program's database, which is
// left alone.
var errForeign = errors.New("this SQLite database is not whorl's; move it away, or choose another artifacts directory")

// current reports whether the database has this version of the schema.
func current(ctx context.Context, q querier) (bool, error) {
	var app, version, objects int
	err := q.QueryRowContext(ctx, `SELECT
		(SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM sqlite_schema)`).Scan(&app, &version, &objects)
	switch {
	case err != nil:
		return false, err
	case app != applicationID && (app != 0 || version != 0 || objects != 0):
		return false, errForeign
	}
	return app == applicationID && version == schemaVersion, nil
}

// create gives a database that is empty, or of another version, this schema. An
// index is not migrated: it is filled again.
func create(ctx context.Context, db *sql.DB) error {
	if ok, err := current(ctx, db); ok || err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	// Another process may have done so while this one waited for the lock.
	if ok, err := current(ctx, tx); ok || err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, `SELECT type || ' "' || replace(name, '"', '""') || '"' FROM sqlite_schema
		WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY type DESC`)
	if err != nil {
		return err
	}
	old, err := collect(rows, func(scan scanner, name *string) error { return scan(name) })
	if err != nil {
		return err
	}
	for _, name := range old {
		if _, err := tx.ExecContext(ctx, "DROP "+name); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("make the schema: %w", err)
	}
	pragmas := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, schemaVersion)
	if _, err := tx.ExecContext(ctx, pragmas); err != nil {
		return err
	}
	return tx.Commit()
}
