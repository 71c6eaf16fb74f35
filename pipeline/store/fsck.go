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
	}{{"objects", c.object}, {"trees", c.tree}} {
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
	if err := errors.Join(c.checkpoints(ctx), c.manifests(ctx)); err != nil {
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
	case c.s.Check(Artifact{Digest: name, Dir: true}) != nil:
		for _, e := range t.Entries { // as above
			if e.Mode == tree.Folder {
				continue
			}
			if err := seal(filepath.Join(path, e.Path), e.Mode == tree.Executable); err != nil {
				return err
			}
		}
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

func (c *checker) checkpoints(ctx context.Context) error {
	keys, err := os.ReadDir(c.s.path("checkpoints"))
	if err != nil {
		return err
	}
	eg, ctx := errgroup.WithContext(ctx)
	eg.SetLimit(workers())
	for _, key := range keys {
		eg.Go(func() error { return c.checkpointsOf(ctx, c.s.Checkpoints(key.Name())) })
	}
	return eg.Wait()
}

func (c *checker) checkpointsOf(ctx context.Context, cps *Checkpoints) error {
	all, err := cps.list()
	if err != nil {
		return nil // it is none of ours
	}
	for _, cp := range all {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		path := filepath.Join(cps.dir, cp.name)
		f, err := os.Open(path)
		if err != nil {
			continue // pruned meanwhile
		}
		sum, err := sumFile(f)
		f.Close()
		if err != nil || sum.String() != cp.digest {
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
		path := c.s.fanned("keys", m.Key)
		lost := func(what string, a Artifact) bool {
			why := c.s.probe(&a)
			if why != "" {
				c.Lost = append(c.Lost, Damage{strings.TrimPrefix(path, c.s.dir+"/"), fmt.Sprintf("%s of stage %s %s", what, m.Stage, why)})
			}
			return why != ""
		}
		for _, a := range m.Outputs {
			lost("output "+a.Name, a)
		}
		if m.Metrics != "" {
			lost("the metrics", Artifact{Digest: m.Metrics, Bytes: -1})
		}
		// A result is accepted without these, and so never made again, unless it
		// is set aside.
		needs := 0
		for _, d := range m.Needs {
			if lost("listing "+d, Artifact{Digest: d, Bytes: -1}) {
				needs++
			}
		}
		if needs > 0 {
			return errors.Join(c.s.setAside(path), ctx.Err())
		}
		return ctx.Err()
	}, func(key string, err error) error {
		return c.damaged(c.s.fanned("keys", key), err.Error())
	})
}
