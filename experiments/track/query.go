package track

import (
	"context"
	"database/sql"
)

// querier is what *sql.DB and *sql.Tx have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// scanner reads the columns of a row.
type scanner func(dest ...any) error

// collect reads all rows, each with read, and closes them.
func collect[T any](rows *sql.Rows, read func(scanner, *T) error) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		var t T
		if err := read(rows.Scan, &t); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}
