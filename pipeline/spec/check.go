package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"whorl/pipeline/spec/yamlwalk"
)

// CheckSources checks that the files which the targets, or all stages, read
// from outside of the store exist, can be read and are of the right form. The
// store's directory, which need not exist, may not lie in any of them, since
// every run changes it. The error is an [*Error].
func (p *Pipeline) CheckSources(store string, targets ...string) error {
	nodes, err := p.Nodes(targets...)
	if err != nil {
		return err
	}
	if store, err = filepath.Abs(store); err != nil {
		return err
	}
	store = real(store)
	var errs yamlwalk.Problems
	for _, n := range nodes {
		for _, in := range n.Inputs {
			if in.From != nil {
				continue
			}
			if problem := n.checkSource(in, store); problem != "" {
				errs.Add(in.pos, "%s", problem)
			}
		}
	}
	return errs.Err()
}

// checkSource returns what is wrong with an input that is a path.
func (n *Node) checkSource(in *Input, store string) string {
	what := fmt.Sprintf("stage %q: input %q", n.Name, in.Name)
	if in.Ref == dataNode {
		what = "the data"
	}
	info, err := os.Stat(in.Path)
	switch {
	case err != nil:
		return fmt.Sprintf("%s cannot be read: %v", what, err)
	case info.IsDir() && within(store, real(in.Path)):
		return fmt.Sprintf("%s holds the artifacts (%s), which each run changes: name a folder without them, or keep them elsewhere with --artifacts", what, store)
	case n.IsCommand():
	case in.Port.Dir && !info.IsDir():
		return fmt.Sprintf("%s must be a directory, and %s is a file", what, in.Path)
	case !in.Port.Dir && info.IsDir():
		return fmt.Sprintf("%s must be a file, and %s is a directory", what, in.Path)
	}
	return ""
}

// within reports whether a path is a folder or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}

// real returns a path without symbolic links, or as it is if it does not exist.
func real(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	return path
}
