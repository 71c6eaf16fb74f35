package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// takeOutput moves an output from the working directory to where the engine
// takes it from. A symbolic link or a mount on the way to it would lead out of the
// working directory: what is there belongs to somebody else, and is left alone.
func takeOutput(work string, o Output, to string) error {
	path, parts := work, strings.Split(o.File, string(filepath.Separator))
	device, err := deviceOf(work)
	if err != nil {
		return err
	}
	for i, part := range parts {
		path = filepath.Join(path, part)
		shown := filepath.Join(parts[:i+1]...)
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return fmt.Errorf("the command ended well but did not make its output %q, the file %s", o.Name, o.File)
		case err != nil:
			return fmt.Errorf("output %q: %w", o.Name, err)
		case info.Mode()&os.ModeSymlink != 0:
			return fmt.Errorf("output %q: %s is a symbolic link: an output must lie in the stage's own directory, so make it there", o.Name, shown)
		case i < len(parts)-1 && !info.IsDir():
			return fmt.Errorf("output %q: %s is not a directory", o.Name, shown)
		}
		if d, err := deviceOf(path); err != nil || d != device {
			return errors.Join(err, fmt.Errorf("output %q: a file system is mounted at %s: an output must lie in the stage's own directory", o.Name, shown))
		}
		if info.IsDir() {
			os.Chmod(path, 0o755) // what is in a folder that is read-only cannot be moved
		}
	}
	if err := os.Rename(path, to); err != nil {
		return fmt.Errorf("output %q: %w", o.Name, err)
	}
	return nil
}

func deviceOf(path string) (uint64, error) {
	var s unix.Stat_t
	if err := unix.Lstat(path, &s); err != nil {
		return 0, &os.PathError{Op: "lstat", Path: path, Err: err}
	}
	return uint64(s.Dev), nil
}
