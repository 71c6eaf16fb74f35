package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// OpenExisting opens the store in dir and makes nothing. The error satisfies
// errors.Is(err, fs.ErrNotExist) if there is none.
func OpenExisting(dir string) (*Store, error) {
	if _, err := os.Stat(filepath.Join(dir, "format")); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open store %s: there is none: %w", dir, fs.ErrNotExist)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{dir: abs}
	if err := s.checkFormat(dir); err != nil {
		return nil, err
	}
	return s, nil
}
