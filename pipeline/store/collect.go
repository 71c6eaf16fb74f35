package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Collected is what a collection removed, or would.
type Collected struct {
	Results     int   `json:"results"` // manifests
	Artifacts   int   `json:"artifacts"`
	Checkpoints int   `json:"checkpoints"`
	Damaged     int   `json:"damaged"` // what fsck had set aside
	Bytes       int64 `json:"bytes"`
	KeptResults int   `json:"kept_results"`
	KeptBytes   int64 `json:"kept_bytes"`
}

// unfinished is how long checkpoints are kept that no result has come of.
const unfinished = 30 * 24 * time.Hour

// Collect removes every result but those under the keys that roots returns, and
// then all that no kept result names. It returns [ErrBusy] if a run goes on,
// and none begins before it is done; roots is called in between. With dryRun
// it only counts.
//
// Results go before what they name: a crash in between leaves only what the
// next collection removes.
func (s *Store) Collect(ctx context.Context, roots func() (map[string]bool, error), dryRun bool) (*Collected, error) {
	g, err := s.guard(unix.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer g.Release()
	keys, err := roots()
	if err != nil {
		return nil, err
	}
	c := &collector{s: s, dryRun: dryRun, marked: map[string]bool{}}
	var refused []*Manifest
	err = s.Manifests(func(m *Manifest) error {
		if keys[m.Key] {
			c.mark(m)
			return ctx.Err()
		}
		refused = append(refused, m)
		return ctx.Err()
	}, func(key string, _ error) error {
		return c.remove(s.fanned("keys", key), &c.Damaged)
	})
	if err != nil {
		return nil, err
	}
	done := map[string]bool{} // checkpoints that a refused result has left
	for _, m := range refused {
		done[m.Checkpoint] = true
		if err := c.remove(s.fanned("keys", m.Key), &c.Results); err != nil {
			return nil, err
		}
	}
	if err := c.syncFolders("keys"); err != nil {
		return nil, err
	}
	for _, kind := range []string{"trees", "objects"} {
		err := s.each(kind, func(name string) error {
			if c.marked[name] {
				c.KeptBytes += c.size(s.fanned(kind, name))
				return ctx.Err()
			}
			return errors.Join(ctx.Err(), c.remove(s.fanned(kind, name), &c.Artifacts))
		})
		if err != nil {
			return nil, err
		}
	}
	if err := c.checkpoints(done); err != nil {
		return nil, err
	}
	return &c.Collected, c.rest()
}

type collector struct {
	Collected
	s      *Store
	dryRun bool
	marked map[string]bool // digests, and keys of checkpoints
}

func (c *collector) mark(m *Manifest) {
	c.KeptResults++
	for _, a := range m.Outputs {
		c.marked[a.Digest] = true
	}
	for _, d := range m.Needs {
		c.marked[d] = true
	}
	c.marked[m.Metrics] = true
	c.marked["checkpoint "+m.Checkpoint] = true
}

// remove removes a file or directory and counts it.
func (c *collector) remove(path string, count *int) error {
	*count++
	c.Bytes += c.size(path)
	if c.dryRun {
		return nil
	}
	if err := removeAll(path); err != nil {
		return fmt.Errorf("collect: %w", err)
	}
	return nil
}

func (c *collector) size(path string) (bytes int64) {
	filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				bytes += info.Size()
			}
		}
		return nil
	})
	return bytes
}

// syncFolders makes the removals in the folders of kind durable.
func (c *collector) syncFolders(kind string) error {
	if c.dryRun {
		return nil
	}
	folders, err := os.ReadDir(c.s.path(kind))
	if err != nil {
		return err
	}
	for _, d := range folders {
		if err := c.s.disk.sync(c.s.path(kind, d.Name())); err != nil {
			return err
		}
	}
	return nil
}

// checkpoints removes those of removed results, and of work that was given up.
func (c *collector) checkpoints(done map[string]bool) error {
	dirs, err := os.ReadDir(c.s.path("checkpoints"))
	if err != nil {
		return err
	}
	for _, d := range dirs {
		info, err := d.Info()
		if err != nil || c.marked["checkpoint "+d.Name()] || !done[d.Name()] && time.Since(info.ModTime()) < unfinished {
			continue
		}
		if err := c.remove(c.s.path("checkpoints", d.Name()), &c.Checkpoints); err != nil {
			return err
		}
	}
	return nil
}

// rest removes what was set aside as damaged, and what dead processes left beside
// their staging.
func (c *collector) rest() error {
	dir, err := os.ReadDir(c.s.path("damaged"))
	if err != nil {
		return err
	}
	for _, d := range dir {
		if err := c.remove(c.s.path("damaged", d.Name()), &c.Damaged); err != nil {
			return err
		}
	}
	if c.dryRun {
		return nil
	}
	if err := c.s.emptyTrash(); err != nil {
		return err
	}
	for _, pattern := range []string{"locks/*", "memo/.memo-*"} {
		left, err := filepath.Glob(c.s.path(pattern))
		if err != nil {
			return err
		}
		for _, path := range left {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("collect: %w", err)
			}
		}
	}
	return nil
}
