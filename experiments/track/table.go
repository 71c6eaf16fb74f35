package track

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// A table gathers rows to be inserted by few statements: a call into SQLite
// costs more than a row does.
type table struct {
	query string // e.g. "INSERT INTO wires VALUES %s", where %s becomes the rows
	width int    // columns of a row
	args  []any
}

func (t *table) add(row ...any) { t.args = append(t.args, row...) }

// maxArgs bounds the parameters of one statement; SQLite's limit is 32766.
const maxArgs = 2048

// insert writes the rows and forgets them.
func (t *table) insert(ctx context.Context, tx *sql.Tx) error {
	row := ", (?" + strings.Repeat(", ?", t.width-1) + ")"
	for len(t.args) > 0 {
		n := min(len(t.args), maxArgs) / t.width
		rows := strings.Repeat(row, n)[len(", "):]
		if _, err := tx.ExecContext(ctx, fmt.Sprintf(t.query, rows), t.args[:n*t.width]...); err != nil {
			return fmt.Errorf("%s: %w", t.query, err)
		}
		t.args = t.args[n*t.width:]
	}
	return nil
}
