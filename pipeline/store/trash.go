package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// RemoveRun moves a run's record, labels and logs to trash/, from where
// [Store.RestoreRun] brings them back until the next collection. What the run
// made stays until then, too.
func (s *Store) RemoveRun(ctx context.Context, id string) error {
	return s.moveRun(ctx, id, func(guard *Guard) error {
		if _, err := os.Stat(s.runPath(id)); err != nil {
			return err
		}
		if err := s.disk.mkdir(s.path("trash")); err != nil {
			return err
		}
		to := s.path("trash", id)
		if err := removeAll(to); err != nil { // of an earlier run of that id
			return err
		}
		if err := s.disk.mkdir(to); err != nil {
			return err
		}
		return s.moveParts(s.runParts(id), trashParts(to), to)
	})
}

// RestoreRun brings back a run that was removed.
func (s *Store) RestoreRun(ctx context.Context, id string) error {
	return s.moveRun(ctx, id, func(guard *Guard) error {
		from := s.path("trash", id)
		if _, err := os.Stat(trashParts(from)[0]); err != nil {
			return err
		}
		if _, err := os.Stat(s.runPath(id)); err == nil {
			return ErrRunExists
		}
		parts := trashParts(from)
		slices.Reverse(parts) // the record last: with it the run is there
		to := s.runParts(id)
		slices.Reverse(to[:])
		if err := s.moveParts(parts, to, s.path("runs")); err != nil {
			return err
		}
		return removeAll(from)
	})
}

// RemovedRuns lists the runs that can be restored, sorted by id.
func (s *Store) RemovedRuns() ([]string, error) {
	dir, err := os.ReadDir(s.path("trash"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var ids []string
	for _, d := range dir {
		if _, err := os.Stat(trashParts(s.path("trash", d.Name()))[0]); err == nil {
			ids = append(ids, d.Name())
		}
	}
	return ids, nil
}

// moveRun keeps collectors away while move is at work.
func (s *Store) moveRun(ctx context.Context, id string, move func(*Guard) error) error {
	if err := checkRunID(id); err != nil {
		return err
	}
	g, err := s.Use(ctx)
	if err != nil {
		return err
	}
	defer g.Release()
	if err := move(g); err != nil {
		return fmt.Errorf("run %s: %w", id, err)
	}
	return nil
}

// runParts are what is kept of a run, the record first.
func (s *Store) runParts(id string) []string {
	return []string{s.runPath(id), s.labelsPath(id), s.path("logs", id)}
}

// trashParts are the same in the trash.
func trashParts(dir string) []string {
	return []string{filepath.Join(dir, "run.json"), filepath.Join(dir, "labels.json"), filepath.Join(dir, "logs")}
}

// moveParts renames what there is of from, in order, and makes that durable.
func (s *Store) moveParts(from, to []string, folder string) error {
	for i := range from {
		if err := s.disk.rename(from[i], to[i]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return errors.Join(s.disk.sync(folder), s.disk.sync(s.path("runs")))
}

// emptyTrash removes what was removed for good.
func (s *Store) emptyTrash() error {
	if err := removeAll(s.path("trash")); err != nil {
		return fmt.Errorf("empty the trash: %w", err)
	}
	return nil
}
