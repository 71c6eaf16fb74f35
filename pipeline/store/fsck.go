package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"whorl/pipeline/store/tree"
)

// A Checked is what a check of the whole store found.
type Checked struct {
	Objects   int   `json:"objects"`
	Trees     int   `json:"trees"`
	Manifests int   `json:"manifests"`
	Bytes     int64 `json:"bytes"`

	// Damaged are the things that are not what their names say; they were set
	// aside, and are made again when they are next needed.
	Damaged []Damage `json:"damaged"`

	// Lost are results that name something which is missing: they will be
	// made again.
	Lost []Damage `json:"lost"`
}

// A Damage is one thing that is wrong in a store.
type Damage struct {
	Path string `json:"path"` // relative to the store
	Why  string `json:"why"`
}

// Fsck reads everything in the store and sets aside what is damaged. It also
// clears away what dead processes left in staging. Runs may go on meanwhile.
func (s *Store) Fsck(ctx context.Context) (*Checked, error) {
	c := &checker{s: s, Checked: Checked{Damaged: []Damage{}, Lost: []Damage{}}}
	g, err := s.Use(ctx)
	if err != nil {
		return nil, err
	}
	defer g.Release()
	if err := s.sweep(); err != nil {
		return nil, fmt.Errorf("check the store: %w", err)
	}
	for _, step := range []struct {
		kind  string
		check func(ctx context.Context, name string) error
	}{{"objects", c.object}, {"trees", c.tree}, {"checkpoints", c.checkpoint}} {
		eg, ctx := errgroup.WithContext(ctx)
		eg.SetLimit(workers())
		err := s.each(step.kind, func(name string) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			eg.Go(func() error { return step.check(ctx, name) })
			return nil
		})
		if e := eg.Wait(); e != nil {
			err = e
		}
		if err != nil {
			return nil, fmt.Errorf("check the store: %w", err)
		}
	}
	if err := c.manifests(ctx); err != nil {
		return nil, fmt.Errorf("check the store: %w", err)
	}
	byPath := func(a, b Damage) int { return strings.Compare(a.Path, b.Path) }
	slices.SortFunc(c.Damaged, byPath)
	slices.SortFunc(c.Lost, byPath)
	return &c.Checked, nil
}

type checker struct {
	s  *Store
	mu sync.Mutex
	Checked
}

func (c *checker) damaged(path, why string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Damaged = append(c.Damaged, Damage{strings.TrimPrefix(path, c.s.dir+"/"), why})
	return c.s.setAside(path)
}

func (c *checker) good(count *int, bytes int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	*count++
	c.Bytes += bytes
	return nil
}

func (c *checker) object(ctx context.Context, name string) error {
	path := c.s.fanned("objects", name)
	t, err := tree.Scan(ctx, path, nil, 1)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrNotExist):
		return nil // collected meanwhile
	case err != nil:
		return c.damaged(path, err.Error())
	case t.Dir:
		return c.damaged(path, "it is a directory")
	case t.Digest.String() != name:
		return c.damaged(path, "its content is not what its name says")
	case c.s.probe(&Artifact{Digest: name, Bytes: t.Bytes}) != "":
		// Somebody touched it, but the content is right.
		return seal(path, false)
	}
	return c.good(&c.Objects, t.Bytes)
}

func (c *checker) tree(ctx context.Context, name string) error {
	path := c.s.fanned("trees", name)
	t, err := tree.Scan(ctx, path, nil, 1)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return c.damaged(path, err.Error())
	case !t.Dir || t.Digest.String() != name:
		return c.damaged(path, "its content is not what its name says"+c.which(name, t))
	}
	return c.good(&c.Trees, t.Bytes)
}

// which names the files of a damaged tree, if its listing is sound.
func (c *checker) which(digest string, now *tree.Tree) string {
	l, err := c.s.Listing(digest)
	if err != nil || !now.Dir {
		return ""
	}
	d := tree.Diff(l, now.Entries)
	all := slices.Concat(d.Removed, d.Changed, d.Added)
	if len(all) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s, %d in all)", all[0], len(all))
}

// checkpoint checks the checkpoints of one key; each returns each file, since
// their folders are keys.
func (c *checker) checkpoint(_ context.Context, name string) error {
	_, digest, ok := strings.Cut(name, "-")
	if !ok {
		return nil
	}
	found, err := filepath.Glob(c.s.path("checkpoints", "*", name))
	if err != nil {
		return err
	}
	for _, path := range found {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		sum, err := sumFile(f)
		f.Close()
		if err != nil || sum.String() != digest {
			if err := c.damaged(path, "its content is not what its name says"); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *checker) manifests(ctx context.Context) error {
	return c.s.Manifests(func(m *Manifest) error {
		c.Manifests++
		needs := slices.Clone(m.Outputs)
		for _, d := range append(slices.Clone(m.Needs), m.Metrics) {
			if d != "" {
				needs = append(needs, Artifact{Name: d, Digest: d, Bytes: -1})
			}
		}
		for i := range needs {
			if why := c.s.probe(&needs[i]); why != "" {
				c.Lost = append(c.Lost, Damage{"keys/" + m.Key, fmt.Sprintf("%s of stage %s %s", needs[i].Name, m.Stage, why)})
			}
		}
		return ctx.Err()
	}, func(key string, err error) error {
		return c.damaged(c.s.fanned("keys", key), err.Error())
	})
}
