package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"syscall"

	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/record"
	"whorl/pipeline/store"
)

// IndexFile is the name of the index in a workspace's directory.
const IndexFile = "runs.db"

// Options say what a workspace records of the program that uses it, and who is
// told of what. Their zero value is fit for use.
type Options struct {
	Command  []string        // recorded with each run; nil: os.Args
	Versions record.Versions // of the program; an empty Go is that of this binary

	// Notice is told of what the user ought to know and what stops nothing,
	// such as an index that was damaged. Nil: nobody is told.
	Notice func(string)
}

// A Workspace is a directory of results and records. It is safe for concurrent
// use.
type Workspace struct {
	opts   Options
	store  *store.Store
	engine *pipeline.Engine

	scratch *scratch // of one that goes when it is closed

	mu    sync.Mutex
	index *track.Index // nil until needed
	held  bool         // it is taken as it is: see Hold

	noticeMu sync.Mutex
	told     map[string]bool
}

// Open opens the workspace in dir, and makes one if there is none.
func Open(ctx context.Context, dir string, o Options) (*Workspace, error) {
	s, err := store.Open(dir)
	if err != nil {
		return nil, err
	}
	return open(ctx, s, o)
}

// OpenExisting opens the workspace in dir, and makes nothing there but the
// index. The error satisfies errors.Is(err, fs.ErrNotExist) if there is none.
func OpenExisting(ctx context.Context, dir string, o Options) (*Workspace, error) {
	s, err := store.OpenExisting(dir)
	if err != nil {
		return nil, err
	}
	return open(ctx, s, o)
}

// Empty opens a workspace without results. It is of use to ask what a run would
// do, and it is gone when it is closed.
func Empty(ctx context.Context, o Options) (*Workspace, error) {
	dir, err := newScratch()
	if err != nil {
		return nil, err
	}
	w, err := Open(ctx, dir.path, o)
	if err != nil {
		dir.remove()
		return nil, err
	}
	w.scratch = dir
	return w, nil
}

func open(ctx context.Context, s *store.Store, o Options) (*Workspace, error) {
	w := &Workspace{opts: o, store: s, engine: pipeline.NewEngine(s), told: map[string]bool{}}
	s.Notice = w.notice
	return w, w.recover()
}

// recover records the runs of dead processes as failed. In a workspace that
// cannot be written they are read as failed without that.
func (w *Workspace) recover() error {
	left, err := record.Recover(w.store)
	for _, e := range left {
		if !unwritable(e) {
			w.notice(e.Error())
		}
	}
	if err != nil && !unwritable(err) {
		return fmt.Errorf("recover: %w", err)
	}
	return nil
}

func unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// notice tells the user something once.
func (w *Workspace) notice(text string) {
	w.noticeMu.Lock()
	defer w.noticeMu.Unlock()
	if w.told[text] || w.opts.Notice == nil {
		return
	}
	w.told[text] = true
	w.opts.Notice(text)
}

// Dir returns the directory of the workspace.
func (w *Workspace) Dir() string { return w.store.Dir() }

// Store returns the store of the workspace.
func (w *Workspace) Store() *store.Store { return w.store }

// Close closes the index. The workspace is not used after that.
func (w *Workspace) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var err error
	if w.index != nil {
		err = w.index.Close()
		w.index = nil
	}
	if w.scratch != nil {
		w.scratch.remove()
		w.scratch = nil
	}
	return err
}

func (w *Workspace) indexPath() string { return filepath.Join(w.store.Dir(), IndexFile) }
