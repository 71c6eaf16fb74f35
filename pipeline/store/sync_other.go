//go:build !linux

package store

import (
	"io/fs"
	"os"
	"path/filepath"
)

// syncTree makes everything below path durable.
func syncTree(path string) error {
	return filepath.WalkDir(path, func(p string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		f, err := os.Open(p)
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Sync()
	})
}
