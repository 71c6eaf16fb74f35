package store

import (
	"context"
	"errors"
	"fmt"
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

	// Evicted counts those of Results that kept runs reach, and that went
	// because the store was larger than it was to be.
	Evicted int `json:"evicted"`

	// Until is when what was removed goes for good; zero if it has gone.
	Until time.Time `json:"until,omitzero"`
}

// CollectOptions say what a collection keeps, and how it removes the rest.
type CollectOptions struct {
	// Roots returns what is to be kept. It is called when no run goes on, and
	// none begins before the collection is done.
	Roots func() (*Roots, error)

	Grace    time.Duration // for how long Undo brings back what was removed; 0: not at all
	MaxBytes int64         // above this size results are evicted too; 0: never
	DryRun   bool          // only count

	// ForgetMissing collects also if the records of some runs are missing:
	// what only these reach goes.
	ForgetMissing bool
}

// Roots are what is to be kept.
type Roots struct {
	Keys      map[string]bool // of results
	Artifacts []Artifact      // by content, whichever result has them
	Pinned    []Artifact      // those of Artifacts that are never evicted
}

// DefaultGrace is for how long a removal can be undone, unless somebody says
// otherwise.
const DefaultGrace = time.Hour

// unfinished is how long checkpoints are kept that no result has come of.
const unfinished = 30 * 24 * time.Hour

// A MissingRecordsError says that results are there of runs whose records are
// not: they may be of use, and nothing says so.
type MissingRecordsError struct{ Runs []string }

func (e *MissingRecordsError) Error() string {
	const few = 3
	some := e.Runs[:min(few, len(e.Runs))]
	more := ""
	if n := len(e.Runs) - len(some); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("nothing was removed: the store holds results of runs whose records are missing: %v%s. "+
		"Restore them to the folder runs of the store, or collect with --forget-missing, which removes what only these runs reach", some, more)
}

// Collect removes every result, artifact and checkpoint that the roots do not
// name or need. It returns [ErrBusy] if a run goes on. It refuses with a
// [*MissingRecordsError] where an absence could make it remove too much.
//
// Results go before what they name: a crash in between leaves only what the
// next collection removes.
func (s *Store) Collect(ctx context.Context, o CollectOptions) (*Collected, error) {
	g, err := s.guard(unix.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer g.Release()
	if !o.DryRun {
		s.purge(time.Now())
	}
	roots, err := o.Roots()
	if err != nil {
		return nil, err
	}
	c := newCollector(s, o, roots)
	if err := c.read(ctx); err != nil {
		return nil, err
	}
	if len(c.missing) > 0 && !o.ForgetMissing {
		return nil, &MissingRecordsError{sortedNames(c.missing)}
	}
	c.evict()
	if !o.DryRun && o.Grace > 0 {
		if c.undo, err = s.newUndo(time.Now().Add(o.Grace)); err != nil {
			return nil, err
		}
	}
	if err := c.run(ctx); err != nil {
		return nil, fmt.Errorf("collect: %w", err)
	}
	return &c.Collected, nil
}

type collector struct {
	Collected
	s         *Store
	o         CollectOptions
	roots     *Roots
	kept      []*Manifest
	refused   []*Manifest
	damaged   []string        // keys whose manifests are damaged
	missing   map[string]bool // runs without a record
	known     map[string]bool // runs of results, by name
	marked    map[string]bool // paths of objects and trees, relative to the store
	reference map[string]int  // how many kept results name each
	undo      *undo           // nil: remove at once
}

func newCollector(s *Store, o CollectOptions, roots *Roots) *collector {
	return &collector{
		s: s, o: o, roots: roots, missing: map[string]bool{}, known: map[string]bool{},
		marked: map[string]bool{}, reference: map[string]int{},
	}
}

// read sorts the results into those that are kept and those that go.
func (c *collector) read(ctx context.Context) error {
	return c.s.Manifests(func(m *Manifest) error {
		c.noteRun(m.Run)
		if c.roots.Keys[m.Key] {
			c.kept = append(c.kept, m)
			c.mark(m, 1)
		} else {
			c.refused = append(c.refused, m)
		}
		return ctx.Err()
	}, func(key string, _ error) error {
		c.damaged = append(c.damaged, key)
		return ctx.Err()
	})
}

// noteRun looks whether the run that made a result has a record, or lacks it
// because it was removed.
func (c *collector) noteRun(id string) {
	if id == "" || c.known[id] {
		return
	}
	c.known[id] = true
	for _, path := range []string{c.s.runPath(id), c.s.path("active", id), c.s.path("trash", id), c.s.path("removed", id)} {
		if _, err := os.Lstat(path); err == nil {
			return
		}
	}
	c.missing[id] = true
}

// files returns the paths, relative to the store, of what a result needs, with
// the sizes that are known.
func (m *Manifest) files() map[string]int64 {
	f := map[string]int64{}
	for _, a := range m.Outputs {
		addFiles(f, a)
	}
	for _, d := range m.Needs {
		addFiles(f, Artifact{Digest: d})
	}
	if m.Metrics != "" {
		addFiles(f, Artifact{Digest: m.Metrics})
	}
	return f
}

func addFiles(to map[string]int64, a Artifact) {
	name := a.Digest[:2] + "/" + a.Digest
	switch {
	case a.Dir:
		to["trees/"+name] = a.Bytes
		to["objects/"+name] = 0 // its listing
	case a.Exec:
		to["objects/"+name+executable] = a.Bytes
	default:
		to["objects/"+name] = a.Bytes
	}
}

func (c *collector) mark(m *Manifest, n int) {
	for path := range m.files() {
		c.reference[path] += n
	}
}

// run removes what is not marked.
func (c *collector) run(ctx context.Context) error {
	for path, n := range c.reference {
		c.marked[path] = n > 0
	}
	pinned := map[string]int64{}
	for _, a := range c.roots.Artifacts {
		if isDigest(a.Digest) && !c.evictable(a) {
			addFiles(pinned, a)
		}
	}
	for path := range pinned {
		c.marked[path] = true
	}
	if err := c.results(ctx); err != nil {
		return err
	}
	for _, kind := range []string{"trees", "objects"} {
		if err := c.s.each(kind, func(name string) error {
			path := filepath.Join(kind, name[:2], name)
			if c.marked[path] {
				c.KeptBytes += sizeOf(c.s.path(path))
				return ctx.Err()
			}
			return errors.Join(ctx.Err(), c.remove(path, &c.Artifacts))
		}); err != nil {
			return err
		}
	}
	if err := c.checkpoints(); err != nil {
		return err
	}
	return c.rest()
}

// results removes the results that are not kept, durably: nothing may name what
// goes next.
func (c *collector) results(ctx context.Context) error {
	c.KeptResults = len(c.kept)
	for _, key := range c.damaged {
		if err := c.remove(filepath.Join("keys", key[:2], key), &c.Damaged); err != nil {
			return err
		}
	}
	for _, m := range c.refused {
		if err := errors.Join(ctx.Err(), c.remove(filepath.Join("keys", m.Key[:2], m.Key), &c.Results)); err != nil {
			return err
		}
	}
	return c.syncFolders("keys")
}
