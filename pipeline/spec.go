package pipeline

import (
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/internal/params"
	"whorl/pipeline/stage"
)

// A Pipeline is a pipeline.yaml with all names resolved, all parameters
// checked and all settings applied. It is not changed by running it.
type Pipeline struct {
	Path string // of the file, as given
	Spec string // the file's text
	Data string // name of a data source or path of the data, as given; may be empty
	Seed uint64 // of the run

	nodes []*node // in the order in which data flows
	reg   *Registry
}

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

// dataNode is the name of the stage that a data source is.
const dataNode = "data"

// A node is a stage of a pipeline.
type node struct {
	name   string
	pos    position
	index  int // in the order of the file
	kind   stage.Kind
	inputs []*wire        // sorted by name
	params []params.Value // sorted by name
	value  any            // for Task.Params
	extra  []line         // further lines of its key
}

// A wire is an input of a node.
type wire struct {
	name string
	ref  string // as written
	pos  position
	port stage.Port

	from   *node // either a node with the name of its output
	output string
	path   string // or an absolute path
}

// Load reads a pipeline.yaml. If the file or the settings are wrong, the error
// is a [*SpecError] that lists everything that is.
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
	p := &parser{reg: r, file: path, dir: dir, settings: s, nodes: map[string]*node{}, wires: map[*node]*yaml.Node{}}
	pl := p.pipeline(text)
	if err := p.errs.err(); err != nil {
		return nil, err
	}
	pl.Spec = string(text)
	return pl, nil
}

// Plans describes the stages that the targets need, all if there are none, in
// the order in which data flows.
func (p *Pipeline) Plans(targets ...string) ([]Plan, error) {
	nodes, err := p.closure(targets)
	if err != nil {
		return nil, err
	}
	return plans(nodes), nil
}

func plans(nodes []*node) []Plan {
	ps := make([]Plan, len(nodes))
	for i, n := range nodes {
		ps[i] = n.plan()
	}
	return ps
}

func (n *node) plan() Plan {
	p := Plan{Name: n.name, Kind: n.kind.Name}
	if len(n.params) > 0 {
		p.Params = make([]Param, len(n.params))
	}
	for i, v := range n.params {
		p.Params[i] = Param{v.Name, v.Value}
	}
	if len(n.inputs) > 0 {
		p.Inputs = make([]Wire, len(n.inputs))
	}
	for i, w := range n.inputs {
		p.Inputs[i] = Wire{w.name, w.ref}
	}
	return p
}

// closure returns the targets and all that they depend on, in order.
func (p *Pipeline) closure(targets []string) ([]*node, error) {
	if len(targets) == 0 {
		return p.nodes, nil
	}
	byName := make(map[string]*node, len(p.nodes))
	for _, n := range p.nodes {
		byName[n.name] = n
	}
	var errs problems
	need := map[*node]bool{}
	var visit func(n *node)
	visit = func(n *node) {
		if need[n] {
			return
		}
		need[n] = true
		for _, w := range n.inputs {
			if w.from != nil {
				visit(w.from)
			}
		}
	}
	for _, t := range targets {
		if n := byName[t]; n != nil {
			visit(n)
		} else {
			errs.add(position{file: p.Path}, "there is no stage %q%s", t, Suggest(t, sortedKeys(byName)))
		}
	}
	if err := errs.err(); err != nil {
		return nil, err
	}
	var nodes []*node
	for _, n := range p.nodes {
		if need[n] {
			nodes = append(nodes, n)
		}
	}
	return nodes, nil
}
