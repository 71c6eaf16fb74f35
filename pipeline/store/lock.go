package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Lock is held by this process until it is released or the process ends.
type Lock struct {
	f *os.File
}

// lockFile takes the lock on a file that it makes, waiting for whoever holds
// it; waiting is called once if there is someone to wait for.
func lockFile(ctx context.Context, path string, waiting func()) (*Lock, error) {
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		l, err := tryLock(path)
		if l != nil || err != nil {
			return l, err
		}
		if waiting != nil {
			waiting()
			waiting = nil
		}
		// A blocking flock cannot be interrupted by a context.
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// tryLock returns nil and no error if another holds the lock.
func tryLock(path string) (*Lock, error) {
	for {
		f, err := openLock(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // its holder has just released it
		}
		if err != nil {
			return nil, fmt.Errorf("lock: %w", err)
		}
		ok, err := flock(f, unix.LOCK_EX)
		if !ok || err != nil {
			f.Close()
			return nil, err
		}
		// The one before may have removed the file between our open and our
		// flock: then this lock is on a file that nobody else will find.
		if named(f, path) {
			return &Lock{f}, nil
		}
		f.Close()
	}
}

// openLock opens or makes a lock's file. Another user's can be locked too: a
// flock needs no permission to write, except on NFS.
func openLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err == nil {
		follow(path) // or its name is already gone
		return f, nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	f, err = os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrPermission) {
		f, err = os.Open(path)
	}
	return f, err
}

// flock takes a lock on an open file without waiting.
func flock(f *os.File, how int) (bool, error) {
	for {
		switch err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB); {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		default:
			return false, &fs.PathError{Op: "flock", Path: f.Name(), Err: err}
		}
	}
}

// named reports whether path still names the open file f.
func named(f *os.File, path string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(path)
	return err == nil && os.SameFile(a, b)
}

// Release removes the lock's file and gives the lock up.
func (l *Lock) Release() {
	os.Remove(l.f.Name())
	l.f.Close()
}

// LockKey waits until this process alone is at work on a key.
func (s *Store) LockKey(ctx context.Context, key string, waiting func()) (*Lock, error) {
	return lockFile(ctx, s.path("locks", key), waiting)
}

// A Guard keeps the store from being collected, or from being used while it
// is. It is shared by all runs and exclusive to a collector.
type Guard struct{ f *os.File }

// ErrBusy says that the store is in use by another process.
var ErrBusy = errors.New("the store is in use")

// Use keeps collectors away until the guard is released; it waits for one
// that is at work.
func (s *Store) Use(ctx context.Context) (*Guard, error) {
	for {
		g, err := s.guard(unix.LOCK_SH)
		if !errors.Is(err, ErrBusy) {
			return g, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Store) guard(how int) (*Guard, error) {
	f, err := os.OpenFile(s.path("format"), os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	ok, err := flock(f, how)
	if err == nil && !ok {
		err = ErrBusy
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &Guard{f}, nil
}

// Release gives the guard up.
func (g *Guard) Release() { g.f.Close() }
