//go:build unix

package gallery

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps the first size bytes of f; size is positive.
func mapFile(f *os.File, size int) ([]byte, error) {
	return unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
}

func unmapFile(m []byte) error { return unix.Munmap(m) }
