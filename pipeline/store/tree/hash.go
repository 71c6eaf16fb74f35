package tree

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// slack is how long before a scan a file must have been last changed for its
// times to vouch for its content: longer than the coarsest clock tick of a
// file system that we know (FAT, 2 s). A younger file could be changed again
// without its times showing it; git calls such an entry racy.
const slack = 2 * time.Second

// settled reports whether the times of e, which was read after scanned, vouch for
// its digest: they must be old enough, and no time in the future, as after the
// clock was set back. And nobody may have had it open for writing: what is written
// to a page that is mapped and dirty gives the file no other time.
func (e *Entry) settled(scanned time.Time) bool {
	limit := scanned.Add(-slack).UnixNano()
	return e.stat.ctime < limit && e.stat.mtime < limit && !e.open
}

// hash fills in the digests of t's files from known, and by reading those
// that are not known or have changed. It reports whether any was read that is
// worth remembering.
func (t *Tree) hash(ctx context.Context, known Listing, workers int) (worth bool, err error) {
	var unknown []int
	for i := range t.Entries {
		e := &t.Entries[i]
		if e.Mode == Folder {
			continue
		}
		for len(known) > 0 && known[0].Path < e.Path {
			known = known[1:]
		}
		if len(known) > 0 && known[0].Path == e.Path && known[0].stat == e.stat {
			e.Digest = known[0].Digest
			continue
		}
		unknown = append(unknown, i)
	}
	var settled atomic.Bool
	err = chunks(len(unknown), 16, workers, func(lo, hi int) error {
		r := readers.Get().(*reader)
		defer readers.Put(r)
		for _, i := range unknown[lo:hi] {
			if err := ctx.Err(); err != nil {
				return err
			}
			e := &t.Entries[i]
			if err := r.digest(ctx, filepath.Join(t.Root, e.Path), e); err != nil {
				return err
			}
			if e.settled(t.scanned) {
				settled.Store(true)
			}
		}
		return nil
	})
	return settled.Load(), err
}

// A reader hashes one file after another without allocating.
type reader struct {
	buf  []byte
	hash hash.Hash
}

var readers = sync.Pool{New: func() any { return &reader{make([]byte, 128<<10), sha256.New()} }}

var errBusy = errors.New("it changed each time it was read; is something writing to it?")

// interruptible is after how many reads of a file a scan looks whether it is
// to stop: at most 8 MiB.
const interruptible = 64

// digest hashes the file at path and brings e's stat up to that of the bytes
// that were read.
func (r *reader) digest(ctx context.Context, path string, e *Entry) error {
	for range 5 {
		same, err := r.try(ctx, path, e)
		if err == syscall.EINTR {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return &fs.PathError{Op: "read", Path: path, Err: err}
		}
		if same {
			return nil
		}
	}
	return fmt.Errorf("%s: %w", path, errBusy)
}

// try reads the file once. It reports false, with e's stat renewed, if the
// file was not the one that e describes when the last byte had been read.
func (r *reader) try(ctx context.Context, path string, e *Entry) (bool, error) {
	// Plain system calls: an os.File would be registered with the poller,
	// which costs more than reading a small file.
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false, err
	}
	defer unix.Close(fd)
	// Before it is read: who opens it later changes its times by writing.
	e.open = Writers(fd)
	r.hash.Reset()
	var size int64
	reads := 0
	for {
		n, err := unix.Read(fd, r.buf)
		if err != nil {
			return false, err
		}
		if n == 0 {
			break
		}
		r.hash.Write(r.buf[:n])
		size += int64(n)
		if reads++; reads%interruptible == 0 && ctx.Err() != nil {
			return false, ctx.Err()
		}
		if n < len(r.buf) && size == e.Size {
			break // a read past the end would only say so
		}
	}
	now, _, err := statFd(fd)
	if err != nil {
		return false, err
	}
	if now != e.stat || size != e.Size {
		e.stat, e.Size = now, now.size
		return false, nil
	}
	r.hash.Sum(e.Digest[:0])
	return true, nil
}
