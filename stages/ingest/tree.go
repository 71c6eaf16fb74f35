package ingest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"whorl/fingerprint"
)

// openTree returns the folder that holds Real and Altered: the given one or
// the only one in it that does.
func openTree(in fs.FS) (fs.FS, error) {
	if holds(in) {
		return in, nil
	}
	entries, err := fs.ReadDir(in, ".")
	if err != nil {
		return nil, fmt.Errorf("list prints: %w", err)
	}
	var roots, found []string
	for _, e := range entries {
		if isLitter(e.Name()) {
			continue
		}
		found = append(found, e.Name())
		if sub, err := fs.Sub(in, e.Name()); err == nil && holds(sub) {
			roots = append(roots, e.Name())
		}
	}
	switch {
	case len(roots) == 1:
		return fs.Sub(in, roots[0])
	case len(roots) > 1:
		return nil, fmt.Errorf("prints: the folders %s each hold Real or Altered; name the one that is meant", strings.Join(roots, ", "))
	case len(found) == 0:
		return nil, errors.New("prints: the folder is empty; want the folder that holds Real and Altered, or the one above it")
	}
	const most = 5
	if len(found) > most {
		found = append(found[:most], "...")
	}
	return nil, fmt.Errorf("prints: neither Real nor Altered is in the folder or in one below it, found %s; want the folder that holds them, or the one above it", strings.Join(found, ", "))
}

// holds tells whether the top of a data set, even one of which something is
// missing, is here.
func holds(dir fs.FS) bool {
	for _, name := range []string{"Real", "Altered"} {
		if info, err := fs.Stat(dir, name); err == nil && info.IsDir() {
			return true
		}
	}
	return false
}

// list returns the names in each subset's folder, in byte order. All folders
// that are missing or empty are reported at once.
func list(tree fs.FS) (names [fingerprint.Subsets][]string, err error) {
	var errs []error
	for s := range fingerprint.Subsets {
		entries, err := fs.ReadDir(tree, s.Dir())
		switch {
		case errors.Is(err, fs.ErrNotExist):
			errs = append(errs, fmt.Errorf("prints: the subset %q is missing: no folder %s", s, s.Dir()))
			continue
		case err != nil:
			errs = append(errs, fmt.Errorf("list prints: %w", err))
			continue
		}
		for _, e := range entries { // ReadDir sorts by name
			if !isLitter(e.Name()) {
				names[s] = append(names[s], e.Name())
			}
		}
		if len(names[s]) == 0 {
			errs = append(errs, fmt.Errorf("prints: the subset %q is empty: no file in %s", s, s.Dir()))
		}
	}
	return names, errors.Join(errs...)
}

// isLitter tells whether a name is one that operating systems leave behind in
// folders that were looked at.
func isLitter(name string) bool {
	return strings.HasPrefix(name, ".") || strings.EqualFold(name, "Thumbs.db") || strings.EqualFold(name, "desktop.ini")
}

// inTree is a file's name in artifacts and messages: its path in the tree.
func inTree(s fingerprint.Subset, name string) string { return path.Join(s.Dir(), name) }
