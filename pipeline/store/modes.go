package store

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// follow gives a new file or folder the permissions of the folder that it lies
// in, whatever the umask: who may write to a store may write to all of it. Where
// root works in somebody's store, it is his.
func follow(path string) error {
	var parent, own unix.Stat_t
	if err := unix.Stat(filepath.Dir(path), &parent); err != nil {
		return &os.PathError{Op: "stat", Path: filepath.Dir(path), Err: err}
	}
	if err := unix.Lstat(path, &own); err != nil {
		return &os.PathError{Op: "lstat", Path: path, Err: err}
	}
	mode := os.FileMode(parent.Mode & 0o666)
	if own.Mode&unix.S_IFMT == unix.S_IFDIR {
		mode = os.FileMode(parent.Mode & 0o777)
		if parent.Mode&unix.S_ISGID != 0 {
			mode |= os.ModeSetgid
		}
	}
	if err := give(path, &parent); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

// give makes what root made the property of who owns the folder.
func give(path string, owner *unix.Stat_t) error {
	if os.Geteuid() != 0 || owner.Uid == 0 {
		return nil
	}
	return os.Lchown(path, int(owner.Uid), int(owner.Gid))
}
