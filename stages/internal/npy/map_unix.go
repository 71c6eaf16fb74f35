//go:build unix

package npy

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps the first size bytes of f; size is positive, since a file has
// a header.
func mapFile(f *os.File, size int) ([]byte, error) {
	return unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
}

func unmapFile(m []byte) error { return unix.Munmap(m) }
