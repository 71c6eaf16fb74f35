package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"whorl/pipeline/store/place"
	"whorl/pipeline/store/tree"
)

// freeze makes an output whole in itself and its files read-only, before it is digested:
// nothing of it is, by a link, elsewhere too, nobody has it open for writing, and
// whoever writes to it from now on gives it a time by which that shows.
func (st *Staging) freeze(ctx context.Context, name string) error {
	root := filepath.Join(st.OutDir(), name)
	var owner unix.Stat_t
	if err := unix.Stat(st.dir, &owner); err != nil {
		return &fs.PathError{Op: "stat", Path: st.dir, Err: err}
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel := strings.TrimPrefix(path, root+"/")
		switch {
		case err != nil:
			return err
		case d.IsDir():
			// Not read-only, so that "rm -r" removes a store, by whoever may write to it.
			return errors.Join(ctx.Err(), give(path, &owner), os.Chmod(path, 0o755|fs.FileMode(owner.Mode&0o020)))
		case d.Type()&fs.ModeSymlink != 0:
			return fmt.Errorf("it holds the symbolic link %s: an output must be whole in itself", rel)
		case !d.Type().IsRegular():
			return fmt.Errorf("it holds %s, which is neither a file nor a directory", rel)
		}
		return st.freezeFile(ctx, path, &owner)
	})
	if err != nil {
		return fmt.Errorf("output %q: %w", name, err)
	}
	return nil
}

func (st *Staging) freezeFile(ctx context.Context, path string, owner *unix.Stat_t) error {
	var s unix.Stat_t
	if err := unix.Lstat(path, &s); err != nil {
		return &fs.PathError{Op: "lstat", Path: path, Err: err}
	}
	if s.Nlink > 1 { // an edit of the other name would reach the store
		own := filepath.Join(st.dir, "own")
		if err := place.Copy(ctx, path, own); err != nil {
			return err
		}
		if err := os.Rename(own, path); err != nil {
			return err
		}
	}
	if err := errors.Join(give(path, owner), seal(path, s.Mode&0o100 != 0)); err != nil {
		return err
	}
	return unwritten(path)
}

// unwritten fails if somebody has the file at path open for writing: then it is
// not known to be whole.
func unwritten(path string) error {
	fd, err := retry(func() (int, error) { return unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0) })
	if err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	// A process that is being started holds all our files until it is executed.
	for pause := time.Millisecond; tree.Writers(fd); pause *= 2 {
		if pause > time.Second {
			return fmt.Errorf("%s is still open for writing when the stage has ended", filepath.Base(path))
		}
		time.Sleep(pause)
	}
	return nil
}
