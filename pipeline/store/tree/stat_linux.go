package tree

import (
	"errors"
	"os"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// statAt is fstatat(2). Since Linux 6.8 the kernel numbers each mount anew, so
// that an image which was unmounted, changed and mounted again is another one
// even where device, inode and times are the same. Older kernels give numbers
// again.
func statAt(dir int, name string, flags int) (s stat, mode uint32, err error) {
	const mask = unix.STATX_TYPE | unix.STATX_MODE | unix.STATX_INO | unix.STATX_SIZE | unix.STATX_MTIME | unix.STATX_CTIME |
		unix.STATX_MNT_ID | unix.STATX_MNT_ID_UNIQUE
	var x unix.Statx_t
	for {
		err := unix.Statx(dir, name, flags, mask, &x)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return stat{}, 0, err
		}
		break
	}
	nano := func(t unix.StatxTimestamp) int64 { return t.Sec*1e9 + int64(t.Nsec) }
	return stat{
		size: int64(x.Size), mtime: nano(x.Mtime), ctime: nano(x.Ctime), ino: x.Ino,
		dev: unix.Mkdev(x.Dev_major, x.Dev_minor), mount: x.Mnt_id,
	}, uint32(x.Mode), nil
}

func statFd(fd int) (stat, uint32, error) { return statAt(fd, "", unix.AT_EMPTY_PATH) }

// boot names this start of the machine: mounts are numbered within it. Without
// a name nothing is remembered.
var boot = sync.OnceValues(func() (string, error) {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err == nil && len(b) == 0 {
		err = errors.New("the kernel gives no boot id")
	}
	return strings.TrimSpace(string(b)), err
})
