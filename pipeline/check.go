package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// CheckSources looks whether the files that the targets, or all stages, are to
// read are there and can be read with a store in the directory given, which
// need not exist. [Engine.Run] does so too, before anything runs; a caller that
// has many pipelines to run can look at all of them first. The error is a
// [*SpecError].
func (p *Pipeline) CheckSources(store string, targets ...string) error {
	nodes, err := p.closure(targets)
	if err != nil {
		return err
	}
	if store, err = filepath.Abs(store); err != nil {
		return err
	}
	return checkSources(nodes, store)
}

// checkSources looks whether the paths that stages are to read are there, so
// that a misspelt one is told of before anything runs. None may hold the store,
// which every run changes.
func checkSources(nodes []*node, store string) error {
	var errs problems
	store = real(store)
	fail := func(w *wire, format string, args ...any) {
		p := Problem{w.pos.file, w.pos.line, w.pos.col, fmt.Sprintf(format, args...)}
		if !slices.Contains(errs, p) { // several stages may read what --data gave
			errs = append(errs, p)
		}
	}
	for _, n := range nodes {
		for _, w := range n.inputs {
			if w.from != nil {
				continue
			}
			what := fmt.Sprintf("stage %q: input %q: it", n.name, w.name)
			if w.ref == dataNode {
				what = "the data"
			}
			info, err := os.Stat(w.path)
			switch {
			case err != nil:
				fail(w, "%s cannot be read: %v", what, err)
			case info.IsDir() && within(store, real(w.path)):
				fail(w, "%s holds the artifacts (%s), which each run changes: name a folder without them, or keep them elsewhere with --artifacts", what, store)
			case n.kind.Name == commandKind:
			case w.port.Dir && !info.IsDir():
				fail(w, "%s must be a directory, and %s is a file", what, w.path)
			case !w.port.Dir && info.IsDir():
				fail(w, "%s must be a file, and %s is a directory", what, w.path)
			}
		}
	}
	return errs.err()
}

// real returns a path without symbolic links, or as it is if there is nothing.
func real(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	return path
}
