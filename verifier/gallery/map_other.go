//go:build !unix

package gallery

import (
	"io"
	"os"
)

// mapFile reads the file where it cannot be mapped.
func mapFile(f *os.File, size int) ([]byte, error) {
	m := make([]byte, size)
	_, err := io.ReadFull(io.NewSectionReader(f, 0, int64(size)), m)
	return m, err
}

func unmapFile([]byte) error { return nil }
