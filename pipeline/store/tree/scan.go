package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Tree is a file or directory as it was when it was scanned.
type Tree struct {
	Root    string
	Dir     bool
	Digest  Digest
	Bytes   int64
	Entries Listing // of a directory; for a file one entry with an empty path
	text    []byte
	scanned time.Time // when reading began
}

// Mode returns what the root is.
func (t *Tree) Mode() Mode {
	if t.Dir {
		return Folder
	}
	return t.Entries[0].Mode
}

// ID identifies what is at the root: see [ID].
func (t *Tree) ID() string { return ID(t.Mode(), t.Digest.String()) }

// Text returns the listing of a directory, or nil for a file.
func (t *Tree) Text() []byte { return t.text }

// stat is what tells whether a file may have changed. Both times are
// nanoseconds; ctime changes with every write and cannot be set back by one.
// Within one start of the machine, dev and mount name the file system as it is
// mounted.
type stat struct {
	size, mtime, ctime int64
	ino, dev, mount    uint64
}

// folder is the part of a stat that identifies a folder. Its times change
// with its entries, which are listed anyhow.
func (s stat) folder() stat { return stat{ino: s.ino, dev: s.dev} }

// Scan digests the file or directory at root, with the digests that memo holds
// of files that have not changed; memo may be nil. It hashes on workers
// goroutines. A directory that holds the memo, and so the store, is refused with
// [ErrHoldsStore].
func Scan(ctx context.Context, root string, memo *Memo, workers int) (*Tree, error) {
	t, err := walk(ctx, root, memo.folder(), workers)
	if err != nil {
		return nil, err
	}
	missed, err := t.hash(ctx, memo.load(t.Root), workers)
	if err != nil {
		return nil, err
	}
	t.finish()
	if missed {
		memo.save(t)
	}
	return t, nil
}

func (t *Tree) finish() {
	if !t.Dir {
		t.Digest, t.Bytes = t.Entries[0].Digest, t.Entries[0].Size
		return
	}
	t.text = t.Entries.Text()
	t.Digest, t.Bytes = Sum(t.text), t.Entries.Bytes()
}

// ErrHoldsStore says that a directory is to be scanned that holds the store.
var ErrHoldsStore = errors.New("it holds the artifacts, which each run changes")

// walk lists root with the stat of everything below it, and hashes nothing. It
// refuses to enter the folder avoid.
func walk(ctx context.Context, root string, avoid stat, workers int) (*Tree, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	t := &Tree{Root: abs, scanned: time.Now()}
	s, mode, err := statAt(unix.AT_FDCWD, abs, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: root, Err: err}
	}
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		t.Entries = Listing{{Mode: modeOf(mode), Size: s.size, stat: s}}
		return t, nil
	case unix.S_IFDIR:
		t.Dir = true
	default:
		return nil, fmt.Errorf("%s: neither a file nor a directory", root)
	}
	w := walker{ctx: ctx, root: abs, avoid: avoid, workers: max(1, workers)}
	if err := w.dir("", []stat{s.folder()}); err != nil {
		return nil, err
	}
	slices.SortFunc(w.entries, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	t.Entries = w.entries
	return t, nil
}

func modeOf(mode uint32) Mode {
	switch {
	case mode&unix.S_IFMT == unix.S_IFDIR:
		return Folder
	case mode&0o100 != 0:
		return Executable
	}
	return Regular
}

type walker struct {
	ctx     context.Context
	root    string
	avoid   stat
	workers int
	entries Listing
}

// dir appends what is in the folder rel; above are the folders it lies in, so that
// a link to one of them is refused instead of followed for ever.
func (w *walker) dir(rel string, above []stat) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	d, err := os.Open(filepath.Join(w.root, rel))
	if err != nil {
		return err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return err
	}
	slices.Sort(names)
	first := len(w.entries)
	w.entries = slices.Grow(w.entries, len(names))[:first+len(names)]
	found := w.entries[first:]
	err = chunks(len(names), 512, w.workers, func(lo, hi int) error {
		for i := lo; i < hi; i++ {
			path := names[i]
			if rel != "" {
				path = rel + "/" + path
			}
			if err := statEntry(int(d.Fd()), names[i], &found[i]); err != nil {
				return badEntry(filepath.Join(w.root, path), err)
			}
			found[i].Path = path
		}
		return nil
	})
	if err != nil {
		return err
	}
	var folders []Entry
	for _, e := range found {
		if e.Mode == Folder {
			folders = append(folders, e)
		}
	}
	for _, e := range folders {
		if e.stat == w.avoid {
			return fmt.Errorf("%s: %w", filepath.Dir(filepath.Join(w.root, e.Path)), ErrHoldsStore)
		}
		if slices.Contains(above, e.stat) {
			return fmt.Errorf("%s: a link to a folder that it lies in", filepath.Join(w.root, e.Path))
		}
		if err := w.dir(e.Path, append(above, e.stat)); err != nil {
			return err
		}
	}
	return nil
}

// badEntry says what is wrong with an entry of which err came.
func badEntry(path string, err error) error {
	if info, e := os.Lstat(path); e == nil && info.Mode()&fs.ModeSymlink != 0 && (err == syscall.ENOENT || err == syscall.ELOOP) {
		return fmt.Errorf("%s: a symbolic link to nothing: %w", path, err)
	}
	return &fs.PathError{Op: "stat", Path: path, Err: err}
}

var errKind = errors.New("neither a file nor a directory")

func statEntry(dir int, name string, e *Entry) error {
	st, mode, err := statAt(dir, name, 0)
	if err != nil {
		return err
	}
	switch mode & unix.S_IFMT {
	case unix.S_IFDIR:
		e.Mode, e.stat = Folder, st.folder()
		return nil
	case unix.S_IFREG:
	default:
		return errKind
	}
	e.Mode, e.Size, e.stat = modeOf(mode), st.size, st
	return nil
}

// chunks calls f for consecutive ranges of at most size that cover [0, n), on
// up to workers goroutines, and returns the error of the lowest range.
func chunks(n, size, workers int, f func(lo, hi int) error) error {
	count := (n + size - 1) / size
	if workers > count {
		workers = count
	}
	if workers <= 1 {
		for lo := 0; lo < n; lo += size {
			if err := f(lo, min(lo+size, n)); err != nil {
				return err
			}
		}
		return nil
	}
	var (
		mu   sync.Mutex
		next int
		errs = make([]error, count)
		stop bool
		wg   sync.WaitGroup
	)
	for range workers {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				done := stop || i >= count
				mu.Unlock()
				if done {
					return
				}
				if err := f(i*size, min((i+1)*size, n)); err != nil {
					errs[i] = err
					mu.Lock()
					stop = true
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
