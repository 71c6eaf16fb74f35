package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Checked is what a check of the whole store found.
type Checked struct {
	Objects     int   `json:"objects"`
	Trees       int   `json:"trees"`
	Manifests   int   `json:"manifests"`
	Records     int   `json:"records"` // of runs
	Checkpoints int   `json:"checkpoints"`
	Bytes       int64 `json:"bytes"`

	// Damaged are the things that are not what their names say; they were set
	// aside, and are made again when they are next needed.
	Damaged []Damage `json:"damaged"`

	// Tainted are results that may have been computed from something that was
	// found damaged. They were set aside too.
	Tainted []Damage `json:"tainted"`

	// Lost are results that name something which is missing. They were set
	// aside, and are made again.
	Lost []Damage `json:"lost"`

	// Unread is what could not be read, or set aside, for want of permission.
	Unread []Damage `json:"unread"`
}

// Sound reports whether nothing was found wrong.
func (c *Checked) Sound() bool {
	return len(c.Damaged)+len(c.Tainted)+len(c.Lost)+len(c.Unread) == 0
}

// A Damage is one thing that is wrong in a store.
type Damage struct {
	Path string `json:"path"` // relative to the store
	Why  string `json:"why"`
}

// FsckOptions say how a store is checked.
type FsckOptions struct {
	// Progress, if not nil, is told how many bytes have been read of how many.
	// It is called by one goroutine at a time.
	Progress func(done, total int64)
}

// Fsck reads everything in the store and sets aside what is damaged, and what
// may have been computed from it. It also clears away what dead processes left in
// staging. Runs may go on meanwhile.
func (s *Store) Fsck(ctx context.Context, o FsckOptions) (*Checked, error) {
	c := &checker{s: s, o: o, damages: map[ref]bool{}}
	c.Damaged, c.Tainted, c.Lost, c.Unread = []Damage{}, []Damage{}, []Damage{}, []Damage{}
	g, err := s.Use(ctx)
	if err != nil {
		return nil, err
	}
	defer g.Release()
	s.sweep()
	started := time.Now()
	for _, step := range []func(context.Context) error{c.contents, c.taint, c.manifests, c.records} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("check the store: %w", err)
		}
	}
	s.Memo().Prune()
	for _, list := range [][]Damage{c.Damaged, c.Tainted, c.Lost, c.Unread} {
		slices.SortFunc(list, func(a, b Damage) int { return strings.Compare(a.Path, b.Path) })
	}
	s.noteCheck(started) // without it more than necessary is taken for tainted
	return &c.Checked, nil
}

type checker struct {
	s           *Store
	o           FsckOptions
	mu          sync.Mutex
	damages     map[ref]bool // objects and trees
	done, total int64
	Checked
}

// damaged sets aside what is damaged.
func (c *checker) damaged(path, why string) error {
	err := c.s.setAside(path)
	c.mu.Lock()
	defer c.mu.Unlock()
	d := Damage{c.s.relative(path), why}
	if readOnly(err) {
		d.Why += "; it could not be set aside: " + err.Error()
		c.Unread = append(c.Unread, d)
		return nil
	}
	c.Damaged = append(c.Damaged, d)
	if r, ok := c.s.refOf(path); ok {
		c.damages[r] = true
	}
	return err
}

func (c *checker) unread(path string, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Unread = append(c.Unread, Damage{c.s.relative(path), err.Error()})
	return nil
}

func (c *checker) good(count *int, bytes int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	*count++
	c.Bytes += bytes
	return nil
}

// A content is something to be read as a whole.
type content struct {
	path  string
	size  int64
	check func(ctx context.Context, path string) error
}

// contents reads objects, trees and checkpoints, the largest first so that no
// single one is left for the end.
func (c *checker) contents(ctx context.Context) error {
	var all []content
	add := func(path string, check func(context.Context, string) error) error {
		all = append(all, content{path, sizeOf(path), check})
		return ctx.Err()
	}
	for kind, check := range map[string]func(context.Context, string) error{"objects": c.object, "trees": c.tree} {
		if err := c.s.each(kind, func(name string) error { return add(c.s.fanned(kind, name), check) }); err != nil {
			return err
		}
	}
	checkpoints, err := filepath.Glob(escapeGlob(c.s.path("checkpoints")) + "/*/*")
	if err != nil {
		return err
	}
	for _, path := range checkpoints {
		if err := add(path, c.checkpoint); err != nil {
			return err
		}
	}
	for _, x := range all {
		c.total += x.size
	}
	slices.SortFunc(all, func(a, b content) int {
		if a.size != b.size {
			return int(min(1, max(-1, b.size-a.size)))
		}
		return strings.Compare(a.path, b.path)
	})
	eg, ctx := errgroup.WithContext(ctx)
	eg.SetLimit(workers())
	for _, x := range all {
		eg.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			err := x.check(ctx, x.path)
			c.progress(x.size)
			return err
		})
	}
	return eg.Wait()
}

func (c *checker) progress(read int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done += read; c.o.Progress != nil {
		c.o.Progress(c.done, c.total)
	}
}

func (c *checker) taint(ctx context.Context) (err error) {
	if len(c.damages) > 0 {
		c.Tainted, err = c.s.taint(ctx, c.damages)
	}
	return err
}

// A check is what the last complete check of a store left in the file "checked".
type check struct {
	Started time.Time // all that was there then, and was kept, is sound
}

func (s *Store) noteCheck(started time.Time) error {
	b, err := json.Marshal(check{started})
	if err != nil {
		return err
	}
	st, err := s.Stage()
	if err != nil {
		return err
	}
	defer st.Discard()
	tmp := filepath.Join(st.Dir(), "checked")
	if err := s.disk.write(tmp, b); err != nil {
		return err
	}
	return s.disk.rename(tmp, s.path("checked"))
}

// lastCheck returns when the last complete check of the store began, or zero.
func (s *Store) lastCheck() time.Time {
	var c check
	b, err := os.ReadFile(s.path("checked"))
	if err != nil || json.Unmarshal(b, &c) != nil {
		return time.Time{}
	}
	return c.Started
}

func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
