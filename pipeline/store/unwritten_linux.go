package store

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// unwritten fails if somebody has the file at path open for writing: then it is
// not known to be whole. The kernel grants a lease for reading only if nobody has;
// file systems that know no leases are believed.
func unwritten(path string) error {
	fd, err := retry(func() (int, error) { return unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0) })
	if err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd) // which gives the lease up
	// A process that is being started holds all our files until it is executed.
	for pause := time.Millisecond; ; pause *= 2 {
		_, err := unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_RDLCK)
		if err != unix.EAGAIN {
			return nil
		}
		if pause > time.Second {
			return fmt.Errorf("%s is still open for writing when the stage has ended", filepath.Base(path))
		}
		time.Sleep(pause)
	}
}
