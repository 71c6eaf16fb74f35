package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// A disk makes the changes that durability rests on. Every one goes through it
// so that a test can record them and replay a power loss.
type disk struct {
	trace func(op, path, to string) // nil outside tests
}

func (d disk) did(op, path, to string) {
	if d.trace != nil {
		d.trace(op, path, to)
	}
}

// sync makes a file's content, or a directory's entries, durable.
func (d disk) sync(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return err
	}
	d.did("sync", path, "")
	return nil
}

// syncAll makes everything below path durable.
func (d disk) syncAll(path string) error {
	if err := syncTree(path); err != nil {
		return err
	}
	d.did("syncall", path, "")
	return nil
}

func (d disk) rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	d.did("rename", from, to)
	return nil
}

// mkdir makes a directory whose parent exists, durably. It is no error if
// there is one.
func (d disk) mkdir(path string) error {
	err := os.Mkdir(path, 0o777)
	if os.IsExist(err) {
		return nil
	}
	if err == nil {
		err = follow(path)
	}
	if err != nil {
		return err
	}
	d.did("mkdir", path, "")
	return d.sync(filepath.Dir(path))
}

// create makes a file with the given content. It follows no link and takes the
// place of whatever is there: the folder may be one in which a stage ran.
func (d disk) create(path string, content []byte) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close(), follow(path))
}

// write makes a durable file with the given content.
func (d disk) write(path string, content []byte) error {
	if err := d.create(path, content); err != nil {
		return err
	}
	return d.sync(path)
}

// stamp is the modification time of every published file: whatever edits one
// gives it another, so that a plain stat sees the damage.
var stamp = time.Unix(1, 0)

// seal makes a file read-only, with the stamp.
func seal(path string, executable bool) error {
	mode := fs.FileMode(0o444)
	if executable {
		mode = 0o555
	}
	if err := os.Chtimes(path, stamp, stamp); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

// readFile appends a file's content to b. It makes plain system calls: an
// os.File is registered with the poller, which takes as long as reading a
// manifest does.
func readFile(path string, b []byte) ([]byte, error) {
	fail := func(op string, err error) ([]byte, error) {
		return b, &fs.PathError{Op: op, Path: path, Err: err}
	}
	fd, err := retry(func() (int, error) { return unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0) })
	if err == unix.EACCES && reopen(path) {
		fd, err = retry(func() (int, error) { return unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0) })
	}
	if err != nil {
		return fail("open", err)
	}
	defer unix.Close(fd)
	for {
		b = slices.Grow(b, 2048)
		n, err := retry(func() (int, error) { return unix.Read(fd, b[len(b):cap(b)]) })
		if err != nil {
			return fail("read", err)
		}
		if b = b[:len(b)+n]; len(b) < cap(b) {
			return b, nil // of a regular file, a short read is the last
		}
	}
}

func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != unix.EINTR {
			return n, err
		}
	}
}
