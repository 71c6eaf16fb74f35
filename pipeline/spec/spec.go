package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
)

// A Pipeline is a pipeline.yaml with all names resolved, all parameters
// checked and all settings applied. It is not changed by running it.
type Pipeline struct {
	Path string // of the file, as given
	Spec string // the file's text
	Data string // name of a data source or path of the data, as given; may be empty
	Seed uint64 // of the run

	nodes []*Node // in the order in which data flows
}

// An Error lists everything that is wrong with a pipeline.yaml or the settings.
type Error = yamlwalk.Error

// Settings are what is decided outside of the file.
type Settings struct {
	// Set gives parameters, each as "stage.param=value" with the value in
	// YAML. The stage of the data source is "data"; "seed=N" sets the seed.
	Set []string

	// Data replaces the file's data: the name of a data source or a path
	// relative to the working directory.
	Data string

	// Seed replaces the file's seed.
	Seed *uint64

	// LookupEnv finds the variables that command stages ask for; nil means
	// os.LookupEnv.
	LookupEnv func(name string) (string, bool)
}

// Load reads a pipeline.yaml. If the file or the settings are wrong, the error
// is an [*Error].
func (r *Registry) Load(path string, s Settings) (*Pipeline, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read pipeline: %w", err)
	}
	return r.Parse(path, text, s)
}

// Parse is Load of a text that is taken to be in a file called path.
func (r *Registry) Parse(path string, text []byte, s Settings) (*Pipeline, error) {
	if s.LookupEnv == nil {
		s.LookupEnv = os.LookupEnv
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	p := newParser(r, path, dir, s)
	pl := p.pipeline(text)
	if err := p.Err(); err != nil {
		return nil, err
	}
	pl.Spec = string(text)
	return pl, nil
}

// Nodes returns the targets and all that they depend on, or all nodes if there
// are no targets, in the order in which data flows. An unknown target is an
// [*Error].
func (p *Pipeline) Nodes(targets ...string) ([]*Node, error) {
	if len(targets) == 0 {
		return p.nodes, nil
	}
	byName := make(map[string]*Node, len(p.nodes))
	for _, n := range p.nodes {
		byName[n.Name] = n
	}
	var errs yamlwalk.Problems
	need := map[*Node]bool{}
	var visit func(n *Node)
	visit = func(n *Node) {
		if need[n] {
			return
		}
		need[n] = true
		for _, in := range n.Inputs {
			if in.From != nil {
				visit(in.From)
			}
		}
	}
	for _, t := range targets {
		if n := byName[t]; n != nil {
			visit(n)
		} else {
			errs.Add(yamlwalk.Position{File: p.Path}, "unknown stage %q%s", t, yamlwalk.Suggest(t, sortedKeys(byName)))
		}
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(p.nodes), func(n *Node) bool { return !need[n] }), nil
}

// UsesSeed reports whether the run's seed is part of the key of any stage that
// the targets need. If it is not, runs with different seeds are the same run.
func (p *Pipeline) UsesSeed(targets ...string) (bool, error) {
	nodes, err := p.Nodes(targets...)
	return slices.ContainsFunc(nodes, func(n *Node) bool { return n.Kind.Random }), err
}

// Metrics returns the descriptions of the metrics that the stages declare, by
// the name of the stage.
func (p *Pipeline) Metrics() map[string][]stage.MetricInfo {
	m := map[string][]stage.MetricInfo{}
	for _, n := range p.nodes {
		if len(n.Metrics) > 0 {
			m[n.Name] = n.Metrics
		}
	}
	return m
}
