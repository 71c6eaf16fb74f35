package pipeline

import (
	"os"
)

// checkSources looks whether the paths that stages are to read are there, so
// that a misspelt one is told of before anything runs.
func checkSources(nodes []*node) error {
	var errs problems
	for _, n := range nodes {
		for _, w := range n.inputs {
			if w.from != nil {
				continue
			}
			what := "it"
			if w.ref == dataNode {
				what = "the data"
			}
			info, err := os.Stat(w.path)
			switch {
			case err != nil:
				errs.add(w.pos, "stage %q: input %q: %s cannot be read: %v", n.name, w.name, what, err)
			case n.kind.Name == commandKind:
			case w.port.Dir && !info.IsDir():
				errs.add(w.pos, "stage %q: input %q: it wants a directory, and %s is a file", n.name, w.name, w.path)
			case !w.port.Dir && info.IsDir():
				errs.add(w.pos, "stage %q: input %q: it wants a file, and %s is a directory", n.name, w.name, w.path)
			}
		}
	}
	return errs.err()
}
