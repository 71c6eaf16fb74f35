package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"whorl/pipeline/store/tree"
)

const format = "whorl store 1\n"

var layout = []string{"objects", "trees", "keys", "checkpoints", "runs", "active", "logs", "locks", "tmp", "memo", "damaged"}

// A Store is a directory of artifacts and results, which any number of
// processes may use at once.
type Store struct {
	dir  string
	disk disk
}

// Open opens the store in dir and makes it if there is none.
func Open(dir string) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{dir: abs}
	switch err := s.checkFormat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		if err := s.create(); err != nil {
			return nil, fmt.Errorf("make store %s: %w", dir, err)
		}
	case err != nil:
		return nil, err
	}
	for _, name := range layout { // what of it was deleted meanwhile
		if err := s.disk.mkdir(s.path(name)); err != nil {
			return nil, fmt.Errorf("open store %s: %w", dir, err)
		}
	}
	return s, nil
}

// checkFormat refuses a store of another format.
func (s *Store) checkFormat(dir string) error {
	text, err := os.ReadFile(s.path("format"))
	if err != nil {
		return fmt.Errorf("open store %s: %w", dir, err)
	}
	if string(text) != format {
		return fmt.Errorf("open store %s: its format is %q, and this program knows %q: use another directory, or the program that made it", dir, text, format)
	}
	return nil
}

// create makes the layout; two processes may do so at once.
func (s *Store) create() error {
	for _, name := range layout {
		if err := os.MkdirAll(s.path(name), 0o777); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp(s.path("tmp"), "format-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(format)
	if err := errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	// Not a rename: the file that is there is locked by those who use the store.
	if err := os.Link(f.Name(), s.path("format")); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return s.disk.sync(s.dir)
}

// Dir returns the store's directory.
func (s *Store) Dir() string { return s.dir }

// Memo returns the memo of source files' digests.
func (s *Store) Memo() *tree.Memo { return tree.NewMemo(s.path("memo")) }

func (s *Store) path(elem ...string) string {
	return filepath.Join(s.dir, filepath.Join(elem...))
}

// fanned returns the path of a name in one of the 256 folders of kind.
func (s *Store) fanned(kind, name string) string {
	return s.dir + "/" + kind + "/" + name[:2] + "/" + name
}

func workers() int { return runtime.GOMAXPROCS(0) }
