package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// removeAll removes a tree whose folders may be read-only, and whose files may
// be marked as immutable.
func removeAll(dir string) error {
	if err := os.RemoveAll(dir); err == nil {
		return nil
	}
	filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil {
			unprotect(p, d)
		}
		if err == nil && d.IsDir() {
			return os.Chmod(p, 0o777)
		}
		return nil
	})
	return os.RemoveAll(dir)
}

// discard removes what a dead process left, or what is no longer needed. What
// cannot be removed, as somebody else's files, is moved to where nobody looks for
// it again, which is said once; if even that is impossible it stays where it is.
func (s *Store) discard(path string) {
	err := removeAll(path)
	if err == nil {
		return
	}
	to := s.path("damaged", "left-"+filepath.Base(path)+"-"+time.Now().UTC().Format("20060102T150405.000000000"))
	if os.Rename(path, to) == nil {
		s.notice("%s cannot be removed (%v): it was moved to %s, where it hinders nobody", path, err, to)
	}
}
