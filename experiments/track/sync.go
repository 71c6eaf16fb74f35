package track

import (
	"context"
	"database/sql"
	"fmt"

	"golang.org/x/sync/errgroup"

	"whorl/pipeline/record"
	"whorl/pipeline/store"
)

// Synced is what a synchronization changed.
type Synced struct {
	Added, Changed, Removed int
	Unread                  []error // records that cannot be read, each told of once
}

// Sync makes the index say what the records in the store say, of runs that
// have ended as well as of those that go on. It reads the records that have
// changed since the last time, and writes nothing if there are none.
func (x *Index) Sync(ctx context.Context, s *store.Store) (done Synced, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("synchronize %s: %w", x.path, asDamage(err))
		}
	}()
	var files []store.RunFile
	var known map[string]string
	var g errgroup.Group
	g.Go(func() (err error) { files, err = s.AllRuns(); return err })
	g.Go(func() (err error) { known, err = stamps(ctx, x.r); return err })
	if err := g.Wait(); err != nil {
		return done, err
	}
	var stale []store.RunFile
	for i := len(files) - 1; i >= 0; i-- { // the oldest first
		if known[files[i].ID] != files[i].Stamp {
			stale = append(stale, files[i])
		}
		delete(known, files[i].ID)
	}
	if len(stale)+len(known) == 0 {
		return done, nil
	}
	if x.w == nil {
		return done, fmt.Errorf("%d runs are not in it, and it cannot be written", len(stale)+len(known))
	}
	for len(stale) > 0 {
		n := min(len(stale), syncBatch)
		if err := x.syncRuns(ctx, s, stale[:n], &done); err != nil {
			return done, err
		}
		stale = stale[n:]
	}
	return done, x.remove(ctx, known, &done)
}

// syncBatch is how many records are read before the lock is taken to index
// them.
const syncBatch = 64

// stamps returns the stamps of the records that the index knows.
func stamps(ctx context.Context, q querier) (map[string]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, stamp FROM runs UNION ALL SELECT id, stamp FROM unread`)
	if err != nil {
		return nil, err
	}
	known := map[string]string{}
	_, err = collect(rows, func(scan scanner, _ *struct{}) error {
		var id, stamp string
		err := scan(&id, &stamp)
		known[id] = stamp
		return err
	})
	return known, err
}

// syncRuns indexes some runs in one transaction.
func (x *Index) syncRuns(ctx context.Context, s *store.Store, files []store.RunFile, done *Synced) error {
	runs, errs := make([]*record.Run, len(files)), make([]error, len(files))
	var g errgroup.Group
	g.SetLimit(4)
	for i, f := range files {
		g.Go(func() error {
			runs[i], errs[i] = record.Read(s, f.ID)
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	tx, err := x.w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	add := func(f store.RunFile, r *record.Run, unread error) error {
		known, err := forget(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		if unread != nil {
			_, err := tx.ExecContext(ctx, `INSERT INTO unread (id, stamp) VALUES (?, ?)`, f.ID, f.Stamp)
			return err
		}
		if known {
			done.Changed++
		} else {
			done.Added++
		}
		return insertRun(ctx, tx, r, f.Stamp)
	}
	for i, f := range files {
		if err := add(f, runs[i], errs[i]); err != nil {
			return fmt.Errorf("run %s: %w", f.ID, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			done.Unread = append(done.Unread, err)
		}
	}
	return nil
}

// forget removes what the index knows of a run, and reports whether there was
// any.
func forget(ctx context.Context, tx *sql.Tx, id string) (known bool, err error) {
	for _, query := range []string{
		`DELETE FROM unread WHERE id = ?`,
		`DELETE FROM stages WHERE run = (SELECT n FROM runs WHERE id = ?)`,
		`DELETE FROM runs WHERE id = ?`,
	} {
		res, err := tx.ExecContext(ctx, query, id)
		if err != nil {
			return false, err
		}
		n, _ := res.RowsAffected()
		known = n > 0
	}
	return known, nil
}

// remove forgets runs whose records are gone, and what only they had.
func (x *Index) remove(ctx context.Context, gone map[string]string, done *Synced) error {
	if len(gone) == 0 {
		return nil
	}
	tx, err := x.w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for id := range gone {
		known, err := forget(ctx, tx, id)
		if err != nil {
			return err
		}
		if known {
			done.Removed++
		}
	}
	_, err = tx.ExecContext(ctx, `
		DELETE FROM sweeps WHERE id NOT IN (SELECT sweep FROM runs);
		DELETE FROM texts WHERE digest NOT IN (SELECT spec FROM runs WHERE spec NOT NULL UNION SELECT git_diff FROM runs WHERE git_diff NOT NULL);
		DELETE FROM plans WHERE n NOT IN (SELECT plan FROM runs);
		DELETE FROM plan_stages WHERE plan NOT IN (SELECT n FROM plans);
		DELETE FROM params WHERE plan NOT IN (SELECT n FROM plans);
		DELETE FROM refs WHERE plan NOT IN (SELECT n FROM plans);
		DELETE FROM outcomes WHERE n NOT IN (SELECT outcome FROM stages WHERE outcome NOT NULL);
		DELETE FROM inputs WHERE outcome NOT IN (SELECT n FROM outcomes);
		DELETE FROM artifacts WHERE outcome NOT IN (SELECT n FROM outcomes);
		DELETE FROM metrics WHERE outcome NOT IN (SELECT n FROM outcomes)`)
	if err != nil {
		return err
	}
	return tx.Commit()
}

// Recheck makes the next synchronization try again to read the records that
// could not be read.
func (x *Index) Recheck(ctx context.Context) error {
	if x.w == nil {
		return nil
	}
	_, err := x.w.ExecContext(ctx, `DELETE FROM unread`)
	return asDamage(err)
}
