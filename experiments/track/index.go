package track

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/mattn/go-sqlite3"
)

// busyTimeout is how long a process waits for others that write. A transaction
// takes milliseconds, so a longer wait means that another process hangs.
const busyTimeout = 5 * time.Second

// An Index is an index of runs. It is safe for concurrent use.
type Index struct {
	path string
	w, r *sql.DB // w is nil if the database can only be read
}

// Open opens the index at path, and makes it if it does not exist. If the file
// exists and cannot be written, the index can only be read. [Index.Sync]
// fills it.
func Open(ctx context.Context, path string) (*Index, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	x := &Index{path: path}
	err := x.open(ctx)
	if unwritable(err) {
		x.Close()
		err = x.openToRead(ctx)
	}
	if err != nil {
		x.Close()
		return nil, fmt.Errorf("open %s: %w", path, asDamage(err))
	}
	return x, nil
}

// InMemory returns an index in memory, without a file.
func InMemory(ctx context.Context) (*Index, error) {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // another connection would be to another database
	x := &Index{path: "(in memory)", w: db, r: db}
	if err := create(ctx, db); err != nil {
		x.Close()
		return nil, err
	}
	return x, nil
}

func (x *Index) open(ctx context.Context) (err error) {
	if x.w, err = sql.Open("sqlite3", dsn(x.path, url.Values{
		"mode":          {"rwc"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"NORMAL"},
		"_txlock":       {"immediate"},
	})); err != nil {
		return err
	}
	x.w.SetMaxOpenConns(1)
	if err := patiently(ctx, func() error { return create(ctx, x.w) }); err != nil {
		return err
	}
	x.r, err = openReaders(x.path)
	return err
}

// openToRead opens a database in a read-only directory. SQLite makes a file beside
// the database to read it, unless the database is declared immutable, which holds
// without a -wal file.
func (x *Index) openToRead(ctx context.Context) (err error) {
	x.w = nil
	if _, err := os.Stat(x.path + "-wal"); err == nil {
		return errors.New("it is being written, and cannot be read without writing in its directory")
	}
	if x.r, err = openReaders(x.path, "immutable"); err != nil {
		return err
	}
	if ok, err := current(ctx, x.r); !ok || err != nil {
		return errors.Join(err, errors.New("it cannot be written, and is of another version"))
	}
	return nil
}

// openReaders opens the pool for reading, with further options that are on.
func openReaders(path string, options ...string) (*sql.DB, error) {
	values := url.Values{"mode": {"ro"}}
	for _, o := range options {
		values.Set(o, "1")
	}
	return sql.Open("sqlite3", dsn(path, values))
}

func unwritable(err error) bool {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code == sqlite3.ErrCantOpen || e.Code == sqlite3.ErrReadonly || e.Code == sqlite3.ErrPerm
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

// Path returns where the index is.
func (x *Index) Path() string { return x.path }

// Close closes the index.
func (x *Index) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{x.r, x.w} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}
