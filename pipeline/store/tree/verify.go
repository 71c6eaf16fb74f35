package tree

import (
	"context"
	"slices"
	"time"
)

// Edited compares what is at t's root now with what was scanned, and returns
// the paths that were, or may have been, changed in between: even a file that
// was changed and changed back counts, since a reader may have seen either. A
// root that is gone is an error.
func (t *Tree) Edited(ctx context.Context, workers int) ([]string, error) {
	now, err := walk(ctx, t.Root, stat{}, workers)
	if err != nil {
		return nil, err
	}
	if now.Dir != t.Dir {
		return []string{t.Root}, nil
	}
	var edited []string
	var racy Listing
	old, new := t.Entries, now.Entries
	for len(old) > 0 || len(new) > 0 {
		switch {
		case len(new) == 0 || len(old) > 0 && old[0].Path < new[0].Path:
			edited = append(edited, old[0].Path)
			old = old[1:]
		case len(old) == 0 || new[0].Path < old[0].Path:
			edited = append(edited, new[0].Path)
			new = new[1:]
		default:
			if old[0].stat != new[0].stat || old[0].Mode != new[0].Mode {
				edited = append(edited, new[0].Path)
			} else if old[0].Mode != Folder && !old[0].settled(t.scanned) {
				racy = append(racy, old[0])
			}
			old, new = old[1:], new[1:]
		}
	}
	// The times of a file that was young when it was hashed vouch for nothing.
	again := &Tree{Root: t.Root, Entries: slices.Clone(racy), scanned: now.scanned}
	if _, err := again.hash(ctx, nil, workers); err != nil {
		return nil, err
	}
	for i := range racy {
		if racy[i].Digest != again.Entries[i].Digest {
			edited = append(edited, racy[i].Path)
		}
	}
	slices.Sort(edited)
	return edited, nil
}

// Unchanged reports whether a stat of all that is at t's root tells nothing
// else than when it was scanned. It reads no content, so it is for files that
// nobody changes in good faith, as in the store.
func (t *Tree) Unchanged(ctx context.Context, workers int) (bool, error) {
	now, err := walk(ctx, t.Root, stat{}, workers)
	if err != nil {
		return false, err
	}
	return now.Dir == t.Dir && slices.EqualFunc(t.Entries, now.Entries, func(a, b Entry) bool {
		return a.Path == b.Path && a.Mode == b.Mode && a.stat == b.stat
	}), nil
}

// Moved returns t as it is after its root was renamed to path, which changes
// the ctime of the root only, or nil if anything else changed.
func (t *Tree) Moved(ctx context.Context, path string, workers int) (*Tree, error) {
	now, err := walk(ctx, path, stat{}, workers)
	if err != nil {
		return nil, err
	}
	if now.Dir != t.Dir || len(now.Entries) != len(t.Entries) {
		return nil, nil
	}
	for i := range now.Entries {
		a, b := &t.Entries[i], &now.Entries[i]
		was := a.stat
		if !t.Dir {
			was.ctime = b.stat.ctime
		}
		if a.Path != b.Path || a.Mode != b.Mode || was != b.stat {
			return nil, nil
		}
		b.Digest = a.Digest
	}
	now.finish()
	return now, nil
}

// Unlike returns the path of the first entry below root that is not what want
// says, as far as a stat tells, or false: a file must have the size, the
// permission to be executed and the modification time.
func (want Listing) Unlike(ctx context.Context, root string, modified time.Time, workers int) (path string, unlike bool, err error) {
	now, err := walk(ctx, root, stat{}, workers)
	if err != nil {
		return "", false, err
	}
	have := now.Entries
	for i, e := range want {
		if i == len(have) || have[i].Path != e.Path || have[i].Mode != e.Mode || have[i].Size != e.Size ||
			e.Mode != Folder && have[i].stat.mtime != modified.UnixNano() {
			return e.Path, true, nil
		}
	}
	if len(have) > len(want) {
		return have[len(want)].Path, true, nil
	}
	return "", false, nil
}
