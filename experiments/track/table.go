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
	query string // e.g. "INSERT INTO inputs VALUES %s", where %s becomes the rows
	width int    // columns of a row
	args  []any
}

func (t *table) add(row ...any) { t.args = append(t.args, row...) }

// batch is how many rows a statement inserts: enough for the calls not to
// matter, and few enough for the statement to be parsed in no time.
const batch = 64

// insert writes the rows and forgets them.
func (t *table) insert(ctx context.Context, tx *sql.Tx) error {
	if n := len(t.args) / t.width / batch; n > 0 {
		stmt, err := tx.PrepareContext(ctx, t.statement(batch))
		if err != nil {
			return fmt.Errorf("%s: %w", t.query, err)
		}
		defer stmt.Close()
		for range n {
			if _, err := stmt.ExecContext(ctx, t.args[:batch*t.width]...); err != nil {
				return fmt.Errorf("%s: %w", t.query, err)
			}
			t.args = t.args[batch*t.width:]
		}
	}
	if rest := len(t.args) / t.width; rest > 0 {
		if _, err := tx.ExecContext(ctx, t.statement(rest), t.args...); err != nil {
			return fmt.Errorf("%s: %w", t.query, err)
		}
	}
	t.args = nil
	return nil
}

// statement is the query for n rows.
func (t *table) statement(n int) string {
	row := ", (?" + strings.Repeat(", ?", t.width-1) + ")"
	return fmt.Sprintf(t.query, strings.Repeat(row, n)[len(", "):])
}
