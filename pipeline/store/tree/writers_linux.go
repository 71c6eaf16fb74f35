package tree

import "golang.org/x/sys/unix"

// Writers reports whether somebody has the open file fd, which is open for
// reading only, open for writing: the kernel grants a lease for reading only if
// nobody has. Of a file of another user's, or on a file system that is not known
// to grant leases, it cannot tell and says no.
func Writers(fd int) bool {
	switch _, err := unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_RDLCK); err {
	case nil:
		unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_UNLCK)
		return false
	case unix.EAGAIN:
		var s unix.Statfs_t
		return unix.Fstatfs(fd, &s) == nil && grantsLeases(int64(s.Type))
	default:
		return false
	}
}

// Of file systems that package unix does not name.
const (
	zfs      = 0x2fc12fc1
	bcachefs = 0xca451a4e
)

// grantsLeases reports whether a file system refuses a lease only if the file is
// in use. Those of other machines (NFS, SMB) refuse with the same error whenever
// their server has not given the file into our hands.
func grantsLeases(magic int64) bool {
	switch magic {
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC,
		unix.TMPFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC, zfs, bcachefs:
		return true
	}
	return false
}
