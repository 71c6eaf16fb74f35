package store

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// syncTree makes everything below path durable by syncing the file system that
// it is on: cheaper than thousands of files one by one.
func syncTree(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		return &fs.PathError{Op: "syncfs", Path: path, Err: err}
	}
	return nil
}
