package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"whorl/pipeline/store/tree"
)

const format = "whorl store 1\n"

var layout = []string{"objects", "trees", "keys", "checkpoints", "runs", "active", "logs", "locks", "tmp", "memo", "damaged", "undo", "removed"}

// A Store is a directory of artifacts and results, which any number of
// processes may use at once.
type Store struct {
	// Notice, if not nil, is told what somebody ought to know and what hinders
	// nobody, such as files of a dead process that cannot be removed. It may be
	// called by several goroutines at once.
	Notice func(string)

	dir     string
	disk    disk
	vouched vouched
}

// ErrNoStore says that a directory holds no store. It is an fs.ErrNotExist.
var ErrNoStore = fmt.Errorf("there is no store: %w", fs.ErrNotExist)

// Open opens the store in dir and makes it if there is none.
func Open(dir string) (*Store, error) {
	s, err := OpenExisting(dir)
	if !errors.Is(err, ErrNoStore) {
		return s, err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s = &Store{dir: abs}
	if err := s.create(); err != nil {
		return nil, fmt.Errorf("make store %s: %w", dir, err)
	}
	return s, s.complete()
}

// OpenExisting opens the store in dir. If there is none it makes nothing, and
// the error is [ErrNoStore]. A store that may only be read is opened too: what
// only reads it works.
func OpenExisting(dir string) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{dir: abs}
	text, err := os.ReadFile(s.path("format"))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return nil, fmt.Errorf("open store %s: %w: name its directory with --artifacts", dir, ErrNoStore)
	case err != nil:
		return nil, fmt.Errorf("open store %s: %w", dir, err)
	case string(text) == format:
	case len(text) < len(format) || !strings.HasPrefix(string(text), "whorl store "):
		return nil, fmt.Errorf("open store %s: %w", dir, &DamagedError{Path: s.path("format"), Why: fmt.Sprintf("it holds %.40q instead of %q: write that into it if the directory is a store of this program", text, format)})
	default:
		return nil, fmt.Errorf("open store %s: its format is %q, and this program knows %q: use another directory, or the program that made it", dir, text, format)
	}
	if err := s.complete(); err != nil {
		return nil, fmt.Errorf("open store %s: %w", dir, err)
	}
	return s, nil
}

// complete makes the folders that the store lacks. One that may only be read
// stays as it is.
func (s *Store) complete() error {
	for _, name := range layout {
		if err := s.disk.mkdir(s.path(name)); err != nil && !readOnly(err) {
			return err
		}
	}
	return nil
}

func readOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// Writable reports whether this process may write to the store.
func (s *Store) Writable() bool { return unix.Access(s.path("tmp"), unix.W_OK) == nil }

func (s *Store) notice(format string, args ...any) {
	if s.Notice != nil {
		s.Notice(fmt.Sprintf(format, args...))
	}
}

// create makes the layout; two processes may do so at once.
func (s *Store) create() error {
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return err
	}
	var parent unix.Stat_t
	if unix.Stat(filepath.Dir(s.dir), &parent) == nil && parent.Mode&unix.S_ISGID != 0 {
		if err := follow(s.dir); err != nil { // it is a group's folder
			return err
		}
	}
	for _, name := range layout {
		if err := s.disk.mkdir(s.path(name)); err != nil {
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
	if len(name) < 2 {
		return s.path(kind, "none", name) // a malformed name is of nothing
	}
	return s.dir + "/" + kind + "/" + name[:2] + "/" + name
}

func workers() int { return runtime.GOMAXPROCS(0) }
