package track

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

// applicationID marks a database as ours; the letters "whrl".
const applicationID = 0x7768726c

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations returns the schema's migrations in order; the database is at
// version n once the first n of them have been applied. One that has been
// released is never edited: a change of schema is a new file.
func migrations() ([]string, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	scripts := make([]string, len(names)) // Glob sorts, and the names begin with their numbers
	for i, name := range names {
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		scripts[i] = string(text)
	}
	return scripts, nil
}

// version returns the database's schema version, 0 if it is empty, and an
// error if it is not ours or newer than this program.
func version(ctx context.Context, q querier, latest int) (int, error) {
	var app, v, objects int
	err := q.QueryRowContext(ctx, `SELECT
		(SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM sqlite_schema)`).Scan(&app, &v, &objects)
	switch {
	case err != nil:
		return 0, err
	case app == 0 && v == 0 && objects == 0:
		return 0, nil
	case app != applicationID:
		return 0, errors.New("this SQLite database is not whorl's; move it away, or choose another artifacts directory")
	case v > latest:
		return 0, fmt.Errorf("its schema is version %d and this whorl knows up to %d; use the newer whorl that wrote it, or another artifacts directory", v, latest)
	}
	return v, nil
}

// migrate brings the database to the newest version, in one transaction.
func migrate(ctx context.Context, db *sql.DB, scripts []string) error {
	v, err := version(ctx, db, len(scripts))
	if err != nil || v == len(scripts) {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	// Another process may have migrated while this one waited for the lock.
	if v, err = version(ctx, tx, len(scripts)); err != nil {
		return err
	}
	for ; v < len(scripts); v++ {
		if _, err := tx.ExecContext(ctx, scripts[v]); err != nil {
			return fmt.Errorf("migrate the schema from version %d to %d: %w", v, v+1, err)
		}
		pragmas := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, v+1)
		if _, err := tx.ExecContext(ctx, pragmas); err != nil {
			return err
		}
	}
	return tx.Commit()
}
