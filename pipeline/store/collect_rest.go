package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// remove removes a file or directory, named relative to the store, and counts it.
// What cannot be removed stays, and a notice says so.
func (c *collector) remove(path string, count *int) error {
	*count++
	c.Bytes += sizeOf(c.s.path(path))
	if c.o.DryRun {
		return nil
	}
	if c.undo != nil {
		c.Until = c.undo.until
		return c.undo.take(path)
	}
	if err := removeAll(c.s.path(path)); err != nil {
		c.s.notice("%s cannot be removed: %v", c.s.path(path), err)
	}
	return nil
}

// sizeOf returns how many bytes are in a file, or in all files of a directory.
func sizeOf(path string) (bytes int64) {
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
	if c.o.DryRun {
		return nil
	}
	folders, err := os.ReadDir(c.s.path(kind))
	if err != nil {
		return err
	}
	for _, d := range folders {
		if !d.IsDir() {
			continue
		}
		if err := c.s.disk.sync(c.s.path(kind, d.Name())); err != nil {
			return err
		}
	}
	return nil
}

// checkpoints removes those of removed results, and of work that was given up.
func (c *collector) checkpoints() error {
	kept, done := map[string]bool{}, map[string]bool{}
	for _, m := range c.kept {
		kept[m.Checkpoint] = true
	}
	for _, m := range c.refused {
		done[m.Checkpoint] = true
	}
	dirs, err := os.ReadDir(c.s.path("checkpoints"))
	if err != nil {
		return err
	}
	for _, d := range dirs {
		info, err := d.Info()
		if err != nil || kept[d.Name()] || !done[d.Name()] && time.Since(info.ModTime()) < unfinished {
			continue
		}
		if err := c.remove(filepath.Join("checkpoints", d.Name()), &c.Checkpoints); err != nil {
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
		if err := c.remove(filepath.Join("damaged", d.Name()), &c.Damaged); err != nil {
			return err
		}
	}
	if c.o.DryRun {
		return nil
	}
	if err := c.forgetRuns(); err != nil {
		return err
	}
	for _, folder := range []string{"locks", "removed", "memo"} {
		if err := c.clear(folder); err != nil {
			return err
		}
	}
	return nil
}

// forgetRuns empties the trash of runs. Their names stay for as long as there may
// be results of them: it is known then why a record is missing.
func (c *collector) forgetRuns() error {
	ids, err := c.s.RemovedRuns()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.s.disk.write(c.s.path("removed", id), nil); err != nil {
			return err
		}
	}
	return c.s.emptyTrash()
}

// clear removes what is of no more use in a folder of small files.
func (c *collector) clear(folder string) error {
	dir, err := os.ReadDir(c.s.path(folder))
	if err != nil {
		return err
	}
	for _, d := range dir {
		info, err := d.Info()
		if err != nil || d.IsDir() ||
			folder == "removed" && c.known[d.Name()] ||
			folder == "memo" && time.Since(info.ModTime()) < unfinished && filepath.Ext(d.Name()) == "" && d.Name()[0] != '.' {
			continue
		}
		if err := os.Remove(c.s.path(folder, d.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) && !readOnly(err) {
			return err
		}
	}
	return nil
}

func sortedNames(set map[string]bool) []string {
	var names []string
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
