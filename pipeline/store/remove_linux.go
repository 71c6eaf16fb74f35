package store

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// From linux/fs.h; package unix does not have them.
const (
	immutable  = 0x10
	appendOnly = 0x20
)

// unprotect removes the attributes "immutable" and "append only" (chattr +ia),
// which root can.
func unprotect(path string, d fs.DirEntry) {
	if !d.IsDir() && !d.Type().IsRegular() {
		return
	}
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	flags, err := unix.IoctlGetInt(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if err == nil && flags&(immutable|appendOnly) != 0 {
		unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, flags&^(immutable|appendOnly))
	}
}
