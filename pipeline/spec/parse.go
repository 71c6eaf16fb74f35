package spec

import (
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/spec/yamlwalk"
)

// A parser turns YAML into a pipeline.
type parser struct {
	yamlwalk.Walker
	reg      *Registry
	dir      string // of the file, absolute
	settings Settings

	source string // name of the data source, if it is one
	data   string // as given, or empty
	path   string // of the data, absolute, if it is a path
	seed   uint64

	nodes  map[string]*Node
	order  []*Node              // as in the file
	inputs map[*Node]*yaml.Node // what each gives under "inputs"
	sets   map[string][]set
}

func newParser(r *Registry, file, dir string, s Settings) *parser {
	return &parser{
		Walker: yamlwalk.Walker{File: file}, reg: r, dir: dir, settings: s,
		nodes: map[string]*Node{}, inputs: map[*Node]*yaml.Node{},
	}
}

func (p *parser) pipeline(text []byte) *Pipeline {
	root := p.Document(text, "a mapping with data, seed and stages")
	if root == nil {
		return nil
	}
	p.readSettings()
	fields := p.Fields(root, "pipeline", "data", "seed", "stages")
	p.readSeed(fields["seed"])
	dataParams := p.readData(fields["data"])
	stages := fields["stages"]
	if stages == nil {
		p.Fail(root, "it has no stages: give them under \"stages:\"")
		return nil
	}
	bodies := p.readStages(stages)
	if p.source != "" {
		p.addData(dataParams)
	}
	for i, n := range p.order {
		p.readStage(n, bodies[i])
	}
	for _, n := range p.order {
		p.readInputs(n)
	}
	p.checkSets()
	nodes := p.sort()
	if len(p.Problems) > 0 {
		return nil
	}
	for _, n := range nodes {
		n.code, n.Metrics = p.reg.code, n.Kind.Metrics
		if n.Kind.Random {
			n.Seed = p.seed
		}
	}
	return &Pipeline{Path: p.File, Data: p.data, Seed: p.seed, nodes: nodes}
}

func (p *parser) readSeed(n *yaml.Node) {
	if n != nil {
		n = yamlwalk.Deref(n)
		seed, err := strconv.ParseUint(n.Value, 0, 64)
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil {
			p.Fail(n, "seed: want an integer from 0 to 2^64-1, not %q", n.Value)
		}
		p.seed = seed
	}
	if p.settings.Seed != nil {
		p.seed = *p.settings.Seed
	}
}

// isPath reports whether a ref is a path rather than a name.
func isPath(ref string) bool {
	return strings.HasPrefix(ref, "./") || strings.HasPrefix(ref, "../") || strings.HasPrefix(ref, "/") || ref == "." || ref == ".."
}

func (p *parser) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(p.dir, path)
}
