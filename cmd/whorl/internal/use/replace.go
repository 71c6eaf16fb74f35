package use

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"whorl/cli"
)

// replace writes a file whole or not at all: what was there before stays until
// then. A path that cannot be a file is a usage error.
func replace(path string, write func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return cli.Usagef("-o %s: this is a directory, want a file", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".whorl-*")
	if errors.Is(err, fs.ErrNotExist) {
		return cli.Usagef("-o %s: there is no directory %s", path, filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // does nothing after the rename
	err = errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
