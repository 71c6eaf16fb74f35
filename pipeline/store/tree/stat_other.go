//go:build !linux

package tree

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// statAt is fstatat(2).
func statAt(dir int, name string, flags int) (stat, uint32, error) {
	var st unix.Stat_t
	err := error(syscall.EINTR)
	for err == syscall.EINTR {
		err = unix.Fstatat(dir, name, &st, flags)
	}
	return fromStat(&st), uint32(st.Mode), err
}

func statFd(fd int) (stat, uint32, error) {
	var st unix.Stat_t
	err := unix.Fstat(fd, &st)
	return fromStat(&st), uint32(st.Mode), err
}

func fromStat(st *unix.Stat_t) stat {
	return stat{size: st.Size, mtime: st.Mtim.Nano(), ctime: st.Ctim.Nano(), ino: uint64(st.Ino), dev: uint64(st.Dev)}
}

// boot names this start of the machine. It is not known here, so nothing is
// remembered from one process to the next.
func boot() (string, error) { return "", errors.ErrUnsupported }
