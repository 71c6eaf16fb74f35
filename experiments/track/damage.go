package track

import (
	"context"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// ErrDamaged is wrapped by errors about a file that is not an SQLite database or
// is damaged. The file is an index: it can be deleted and made again.
var ErrDamaged = errors.New(`the database is damaged; it is made again from the records of the runs`)

// asDamage makes an error about damage wrap ErrDamaged.
func asDamage(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB) {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return err
}

// Check reads the whole database. If SQLite does not find it sound the error
// wraps [ErrDamaged]. It has no checksums: a value that changed to another is
// not found.
func (x *Index) Check(ctx context.Context) error {
	var verdict string
	err := x.r.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict)
	if err == nil && verdict != "ok" {
		err = fmt.Errorf("%w (%s)", ErrDamaged, verdict)
	}
	if err != nil {
		return fmt.Errorf("check %s: %w", x.path, asDamage(err))
	}
	return nil
}
