package store

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// sweep removes staging whose process is gone.
func (s *Store) sweep() {
	dir, err := os.ReadDir(s.path("tmp"))
	if err != nil {
		return
	}
	for _, d := range dir {
		path := s.path("tmp", d.Name())
		if !d.IsDir() {
			s.sweepFile(path)
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			continue // gone, or another user's
		}
		if ok, _ := flock(f, unix.LOCK_EX); ok && named(f, path) {
			s.discard(path)
		}
		f.Close()
	}
}

// sweepFile removes a temporary file that nobody has touched for an hour: it
// takes a moment to write one.
func (s *Store) sweepFile(path string) {
	var st unix.Stat_t
	if unix.Lstat(path, &st) == nil && time.Since(time.Unix(st.Ctim.Unix())) > time.Hour {
		os.Remove(path)
	}
}
