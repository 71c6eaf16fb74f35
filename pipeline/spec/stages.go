package spec

import (
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/spec/internal/params"
	"whorl/pipeline/spec/yamlwalk"
)

// A body is what a stage gives in the file and what is set for it from outside.
type body struct {
	what   string // names the stage in messages
	node   *yaml.Node
	fields map[string]*yaml.Node
	sets   []set
	item   []set // parameters of one item of a foreach stage
}

// has reports whether the item of a foreach stage gives a parameter.
func (b *body) has(param string) bool {
	return slices.ContainsFunc(b.item, func(s set) bool { return s.param == param })
}

// readStages makes a node for each stage and returns their bodies.
func (p *parser) readStages(n *yaml.Node) (bodies []*yaml.Node) {
	p.Pairs(n, "stages", func(key, value *yaml.Node) {
		switch {
		case key.Value == dataNode:
			p.Fail(key, "a stage cannot be called %q: that is what --data names", dataNode)
			return
		case !validName(key.Value):
			p.Fail(key, "stage %q: %s", key.Value, aName)
			return
		}
		st := &Node{Name: key.Value, pos: p.At(key)}
		p.nodes[st.Name] = st
		p.order = append(p.order, st)
		bodies = append(bodies, value)
	})
	if len(p.order) == 0 && len(p.Problems) == 0 {
		p.Fail(n, "stages: want at least one")
	}
	return bodies
}

// commonFields are those of every stage.
var commonFields = []string{"kind", "inputs", "params", "foreach"}

// readStage reads all of a stage but what its inputs name, and returns the nodes
// that it is.
func (p *parser) readStage(n *Node, node *yaml.Node) []*Node {
	b := &body{what: fmt.Sprintf("stage %q", n.Name), node: node, sets: p.take(n.Name)}
	known := commonFields
	if isCommand(node) {
		known = slices.Concat(commonFields, commandFields)
	}
	b.fields = p.Fields(node, b.what, known...)
	if b.fields["foreach"] != nil {
		return p.readForeach(n, b)
	}
	p.readKind(n, b)
	return []*Node{n}
}

// readKind reads the kind of a stage and its parameters.
func (p *parser) readKind(n *Node, b *body) {
	p.bodies[n] = b
	f := b.fields["kind"]
	if f == nil {
		p.FailAt(n.pos, "%s: it has no kind%s", b.what, yamlwalk.Suggest(n.Name, sortedKeys(p.reg.kinds)))
		return
	}
	name, ok := p.Text(f, "%s: kind", b.what)
	if !ok {
		return
	}
	if name == commandKind {
		p.readCommand(n, b)
		return
	}
	k := p.reg.kinds[name]
	if k == nil {
		p.Fail(f, "%s: unknown kind %q%s", b.what, name, yamlwalk.Suggest(name, append(sortedKeys(p.reg.kinds), commandKind)))
		return
	}
	n.Kind = k.Kind
	p.readParams(n, k, b)
}

// readParams reads the parameters of a kind with a schema, and applies what
// is set from outside.
func (p *parser) readParams(n *Node, k *kind, b *body) {
	vs := k.schema.New()
	good := true
	assign := func(param string, value *yaml.Node, name yamlwalk.Position, at func(*yaml.Node) yamlwalk.Position) {
		if !k.schema.Has(param) {
			p.FailAt(name, "%s: unknown parameter %q%s", b.what, param, yamlwalk.Suggest(param, k.schema.Names()))
			good = false
			return
		}
		if node, err := vs.Set(param, value); err != nil {
			hint := ""
			if e := (*params.EnumError)(nil); errors.As(err, &e) {
				hint = yamlwalk.Nearest(e.Value, e.Enum)
			}
			p.FailAt(at(node), "%s: parameter %q %v%s", b.what, param, err, hint)
			good = false
		}
	}
	if f := b.fields["params"]; f != nil {
		p.Pairs(f, b.what+": params", func(key, value *yaml.Node) {
			if b.has(key.Value) {
				p.Fail(key, "%s: parameter %q is given by foreach", b.what, key.Value)
				return
			}
			assign(key.Value, value, p.At(key), p.At)
		})
	}
	for _, s := range p.outside(b) {
		if k.schema.IsString(s.param) && s.text != "" {
			s.value = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s.text}
		}
		assign(s.param, s.value, s.pos, func(*yaml.Node) yamlwalk.Position { return s.pos })
	}
	if !good {
		return
	}
	if err := vs.Validate(); err != nil {
		at := n.pos
		if f := b.fields["params"]; f != nil {
			at = p.At(f)
		}
		p.FailAt(at, "%s: %v", b.what, err)
	}
	n.Params, n.Value = vs.All(), vs.Struct()
}

// outside returns what is set from outside, and then by the item.
func (p *parser) outside(b *body) []set {
	for _, s := range b.sets {
		if b.has(s.param) {
			p.FailAt(s.pos, "%s: parameter %q is given by foreach", b.what, s.param)
		}
	}
	return slices.Concat(b.sets, b.item)
}
