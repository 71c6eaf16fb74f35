package track

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/mattn/go-sqlite3"
)

// busyTimeout is how long a writer waits for others. A transaction takes
// milliseconds, so whoever waits longer waits for a process that hangs.
const busyTimeout = time.Minute

// A DB is a database of runs. It is safe for concurrent use.
type DB struct {
	path string
	w, r *sql.DB // w is nil if the database was opened to read
}

// Open opens the database at path for recording and reading, creating it or
// bringing its schema up to date as needed, and marks runs whose process has
// died as failed.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	db := &DB{path: path}
	err := db.open(ctx)
	if err == nil {
		err = db.buryDead(ctx)
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", path, asDamage(err))
	}
	return db, nil
}

func (db *DB) open(ctx context.Context) error {
	scripts, err := migrations()
	if err != nil {
		return err
	}
	if db.w, err = sql.Open("sqlite3", dsn(db.path, url.Values{
		"mode":          {"rwc"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"NORMAL"},
		"_txlock":       {"immediate"},
		"_foreign_keys": {"on"},
	})); err != nil {
		return err
	}
	db.w.SetMaxOpenConns(1)
	err = patiently(ctx, func() error { return migrate(ctx, db.w, scripts) })
	if err != nil {
		return err
	}
	db.r, err = openReaders(db.path)
	return err
}

// OpenReadOnly opens an existing database to read it. If it is of an older
// schema or holds runs whose process has died, it is first put in order as
// [Open] does, where that is permitted. The error satisfies
// errors.Is(err, fs.ErrNotExist) if nothing has been recorded yet.
func OpenReadOnly(ctx context.Context, path string) (*DB, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no run has been recorded in %s yet: %w", path, fs.ErrNotExist)
	}
	db := &DB{path: path}
	if err := db.openReadOnly(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", path, asDamage(err))
	}
	return db, nil
}

func (db *DB) openReadOnly(ctx context.Context) error {
	scripts, err := migrations()
	if err != nil {
		return err
	}
	if db.r, err = openReaders(db.path); err != nil {
		return err
	}
	v, err := version(ctx, db.r, len(scripts))
	if cannotOpen(err) && !exists(db.path+"-wal") {
		// Reading takes a file beside the database too, which cannot be made
		// in a directory that is read-only. Without a -wal nobody writes.
		db.r.Close()
		if db.r, err = openReaders(db.path, "immutable"); err != nil {
			return err
		}
		v, err = version(ctx, db.r, len(scripts))
	}
	if err != nil {
		return err
	}
	var dead []string
	if v == len(scripts) {
		if dead, err = db.dead(ctx, db.r); err != nil {
			return err
		}
	}
	if v == len(scripts) && len(dead) == 0 {
		return nil
	}
	if w, err := Open(ctx, db.path); err == nil {
		return w.Close()
	}
	if v < len(scripts) {
		return fmt.Errorf("its schema is version %d, this whorl reads version %d, and it cannot be written", v, len(scripts))
	}
	return nil // dead runs are shown as running
}

// openReaders opens the pool for reading, with further options that are on.
func openReaders(path string, options ...string) (*sql.DB, error) {
	values := url.Values{"mode": {"ro"}}
	for _, o := range options {
		values.Set(o, "1")
	}
	return sql.Open("sqlite3", dsn(path, values))
}

func cannotOpen(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrCantOpen
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// dsn returns the data source name for the database at path.
func dsn(path string, options url.Values) string {
	options.Set("_busy_timeout", fmt.Sprint(busyTimeout.Milliseconds()))
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
}

// patiently repeats f while it finds the database busy. SQLite itself waits
// for a lock, except where it switches a new database to WAL.
func patiently(ctx context.Context, f func() error) error {
	for deadline := time.Now().Add(busyTimeout); ; {
		err := f()
		var e sqlite3.Error
		busy := errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
		if !busy || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Path returns where the database is.
func (db *DB) Path() string { return db.path }

// Close closes the database. Runs that are still being recorded must have
// finished.
func (db *DB) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.r, db.w} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}
