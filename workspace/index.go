package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"whorl/experiments/track"
)

// synced returns the index, in step with the records. It calls use while no
// other goroutine changes the index.
func (w *Workspace) synced(ctx context.Context, use func(*track.Index) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	x, done, err := w.sync(ctx)
	if err != nil {
		return err
	}
	for _, e := range done.Unread {
		w.notice(e.Error())
	}
	return use(x)
}

// Hold makes all answers those of one moment, until release is called: the
// first one brings the index in step with the records, and the others take it
// as it is. No run is started meanwhile.
func (w *Workspace) Hold(ctx context.Context) (release func(), err error) {
	if err := w.Sync(ctx); err != nil {
		return nil, err
	}
	hold := func(held bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.held = held
	}
	hold(true)
	return func() { hold(false) }, nil
}

// sync opens the index if need be and brings it in step with the records. A
// damaged one is set aside and made again, and in place of one that cannot be
// used for another reason there is one in memory.
func (w *Workspace) sync(ctx context.Context) (*track.Index, track.Synced, error) {
	if w.held && w.index != nil {
		return w.index, track.Synced{}, nil
	}
	done, err := w.try(ctx)
	if errors.Is(err, track.ErrDamaged) {
		w.notice(err.Error())
		if err = w.setAsideIndex(); err == nil {
			done, err = w.try(ctx)
		}
	}
	if err == nil || ctx.Err() != nil {
		return w.index, done, err
	}
	w.notice(fmt.Sprintf("the index of runs cannot be used, and the records are read instead: %v", err))
	w.closeIndex()
	if w.index, err = track.InMemory(ctx); err != nil {
		return nil, done, err
	}
	done, err = w.index.Sync(ctx, w.store)
	return w.index, done, err
}

func (w *Workspace) try(ctx context.Context) (done track.Synced, err error) {
	if w.index == nil {
		if w.index, err = track.Open(ctx, w.indexPath()); err != nil {
			w.index = nil
			return done, err
		}
	}
	return w.index.Sync(ctx, w.store)
}

func (w *Workspace) closeIndex() {
	if w.index != nil {
		w.index.Close()
		w.index = nil
	}
}

// setAsideIndex moves the index to where the store puts what is damaged, with
// what SQLite keeps beside it.
func (w *Workspace) setAsideIndex() error {
	w.closeIndex()
	stamp := time.Now().UnixNano()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		from := w.indexPath() + suffix
		to := filepath.Join(w.store.Dir(), "damaged", fmt.Sprintf("%s%s-%d", IndexFile, suffix, stamp))
		if err := os.Rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// CheckIndex reads the whole index, and tells of all records that cannot be
// read. An index that is damaged is set aside and made again: damage then says
// what was wrong. Added is how many runs were indexed.
func (w *Workspace) CheckIndex(ctx context.Context) (damage error, added int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := os.Stat(w.indexPath()); err == nil {
		damage = w.checkIndex(ctx)
	}
	if damage != nil && !errors.Is(damage, track.ErrDamaged) {
		return nil, 0, damage
	}
	if damage != nil {
		if err := w.setAsideIndex(); err != nil {
			return damage, 0, err
		}
	}
	_, done, err := w.sync(ctx)
	for _, e := range done.Unread {
		w.notice(e.Error())
	}
	return damage, done.Added, err
}

func (w *Workspace) checkIndex(ctx context.Context) error {
	if w.index == nil {
		x, err := track.Open(ctx, w.indexPath())
		if err != nil {
			return err
		}
		w.index = x
	}
	return errors.Join(w.index.Check(ctx), w.index.Recheck(ctx))
}
