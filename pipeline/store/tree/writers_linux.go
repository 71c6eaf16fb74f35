package tree

import "golang.org/x/sys/unix"

// Writers reports whether somebody has the open file fd, which is open for
// reading only, open for writing: the kernel grants a lease for reading only if
// nobody has. Of a file of another user's, or on a file system that knows no
// leases, it cannot tell and says no.
func Writers(fd int) bool {
	_, err := unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_RDLCK)
	if err == nil {
		unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_UNLCK)
	}
	return err == unix.EAGAIN
}
