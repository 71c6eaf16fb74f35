package track

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"whorl/pipeline"
)

// A claim is the lock by which a process owns a run; see the package's doc.
type claim struct{ f *os.File }

func (db *DB) claimPath(run string) string {
	return filepath.Join(db.path+"-live", filepath.Base(run))
}

// claim takes the lock of a run that is about to be recorded.
func (db *DB) claim(run string) (*claim, error) {
	path := db.claimPath(run)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(filepath.Dir(path), 0o777); err == nil {
			f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("claim run %s: lock %s: %w", run, path, err)
	}
	return &claim{f}, nil
}

// release gives the lock back. What the run came to must be recorded already.
func (c *claim) release() error {
	return errors.Join(os.Remove(c.f.Name()), c.f.Close())
}

// alive reports whether some process, perhaps this one, holds the lock.
func (db *DB) alive(run string) (bool, error) {
	f, err := os.Open(db.claimPath(run))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	// Shared, so that two who ask do not take each other for the owner.
	err = unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

// dead returns the ids of the runs that nobody is left to finish. Unless others
// are kept from recording meanwhile, some may just have been finished.
func (db *DB) dead(ctx context.Context, q querier) ([]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT id FROM runs WHERE state = 'running'`)
	if err != nil {
		return nil, err
	}
	ids, err := collect(rows, func(scan scanner, id *string) error { return scan(id) })
	if err != nil {
		return nil, err
	}
	var dead []string
	for _, id := range ids {
		alive, err := db.alive(id)
		if err != nil {
			return nil, err
		}
		if !alive {
			dead = append(dead, id)
		}
	}
	return dead, nil
}

// buryDead marks the runs that nobody is left to finish as failed, and what
// they were doing too. A run ended when it was last heard of.
func (db *DB) buryDead(ctx context.Context) error {
	dead, err := db.dead(ctx, db.w)
	if err != nil || len(dead) == 0 {
		return err
	}
	tx, err := db.w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	// A process records the end of its run before it gives up the lock, and
	// this transaction keeps it from recording: who looks dead now, is.
	if dead, err = db.dead(ctx, tx); err != nil {
		return err
	}
	for _, id := range dead {
		for _, statement := range bury {
			if _, err := tx.ExecContext(ctx, statement, id, pipeline.ErrDied.Error()); err != nil {
				return fmt.Errorf("mark run %s as failed: %w", id, err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	for _, id := range dead {
		os.Remove(db.claimPath(id)) // of no use any more; a leftover does no harm
	}
	return nil
}

// bury leaves what [pipeline.ReadRun] tells of such a run.
var bury = []string{
	`UPDATE stages SET status = 'failed', error = ?2 WHERE run = (SELECT n FROM runs WHERE id = ?1) AND status = 'running'`,
	`INSERT INTO stages (run, stage, status, seconds, error, notes, log)
		SELECT r.n, p.stage, 'skipped', 0, '', '', '' FROM runs r JOIN plan_stages p USING (plan)
		WHERE r.id = ?1 AND NOT EXISTS (SELECT * FROM stages s WHERE s.run = r.n AND s.stage = p.stage)`,
	`UPDATE runs SET state = 'failed', finished = updated WHERE id = ?1`,
}
