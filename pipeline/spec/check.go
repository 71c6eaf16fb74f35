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
	c := checker{store: store, found: map[string]string{}}
	for _, n := range nodes {
		for _, d := range n.dirs {
			if problem := c.missing(d.path); problem != "" {
				errs.Add(d.pos, "stage %q: %s: %s", n.Name, d.field, problem)
			}
		}
		for _, in := range n.Inputs {
			if in.From != nil {
				continue
			}
			if problem := c.source(n, in); problem != "" {
				what := fmt.Sprintf("stage %q: input %q", n.Name, in.Name)
				if in.Ref == dataNode {
					what = "the data"
				}
				errs.Add(in.pos, "%s %s", what, problem)
			}
		}
	}
	return errs.Err()
}

// A checker looks at each path once.
type checker struct {
	store string            // a directory without symbolic links
	found map[string]string // problems by check
}

func (c *checker) once(check string, look func() string) string {
	problem, ok := c.found[check]
	if !ok {
		problem = look()
		c.found[check] = problem
	}
	return problem
}

func (c *checker) missing(path string) string {
	return c.once("missing "+path, func() string {
		if _, err := os.Stat(path); err != nil {
			return err.Error()
		}
		return ""
	})
}

// source returns what is wrong with an input that is a path.
func (c *checker) source(n *Node, in *Input) string {
	command := n.IsCommand() // it takes files and directories
	return c.once(fmt.Sprint(command, in.Port.Dir, in.Path), func() string {
		info, err := os.Stat(in.Path)
		switch {
		case err != nil:
			return fmt.Sprintf("cannot be read: %v", err)
		case info.IsDir() && within(c.store, real(in.Path)):
			return fmt.Sprintf("holds the artifacts (%s), which each run changes: name a folder without them, or keep them elsewhere with --artifacts", c.store)
		case command:
		case in.Port.Dir && !info.IsDir():
			return fmt.Sprintf("must be a directory, and %s is a file", in.Path)
		case !in.Port.Dir && info.IsDir():
			return fmt.Sprintf("must be a file, and %s is a directory", in.Path)
		}
		return ""
	})
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
