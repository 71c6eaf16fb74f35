package spec

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/spec/internal/params"
	"whorl/pipeline/spec/yamlwalk"
)

// readStages makes a node for each stage and returns their bodies.
func (p *parser) readStages(n *yaml.Node) (bodies []*yaml.Node) {
	p.Pairs(n, "stages", func(key, value *yaml.Node) {
		switch {
		case key.Value == dataNode:
			p.Fail(key, "a stage cannot be called %q: that is what --data names", dataNode)
			return
		case !validName.MatchString(key.Value):
			p.Fail(key, "stage %q: %s", key.Value, aName)
			return
		}
		st := &Node{Name: key.Value, pos: p.At(key), index: len(p.order)}
		p.nodes[st.Name] = st
		p.order = append(p.order, st)
		bodies = append(bodies, value)
	})
	if len(p.order) == 0 && len(p.Problems) == 0 {
		p.Fail(n, "stages: want at least one")
	}
	return bodies
}

// readStage reads all of a stage but its inputs.
func (p *parser) readStage(n *Node, body *yaml.Node) {
	what := fmt.Sprintf("stage %q", n.Name)
	if p.isCommand(body) {
		p.readCommand(n, body, what)
		return
	}
	f := p.Fields(body, what, "kind", "inputs", "params")
	p.inputs[n] = f["inputs"]
	if f["kind"] == nil {
		p.FailAt(n.pos, "%s: it has no kind%s", what, yamlwalk.Suggest(n.Name, sortedKeys(p.reg.kinds)))
		return
	}
	name, ok := p.Text(f["kind"], "%s: kind", what)
	if !ok {
		return
	}
	k := p.reg.kinds[name]
	if k == nil {
		p.Fail(f["kind"], "%s: unknown kind %q%s", what, name, yamlwalk.Suggest(name, append(sortedKeys(p.reg.kinds), commandKind)))
		return
	}
	n.Kind = k.Kind
	p.readParams(n, k, f["params"], what)
}

// readParams reads the parameters of a kind with a schema, and applies what
// is set from outside.
func (p *parser) readParams(n *Node, k *kind, body *yaml.Node, what string) {
	vs := k.schema.New()
	good := true
	assign := func(key, value *yaml.Node, at func(*yaml.Node) yamlwalk.Position) {
		if !k.schema.Has(key.Value) {
			p.FailAt(at(key), "%s: unknown parameter %q%s", what, key.Value, yamlwalk.Suggest(key.Value, k.schema.Names()))
			good = false
			return
		}
		if node, err := vs.Set(key.Value, value); err != nil {
			hint := ""
			if e := (*params.EnumError)(nil); errors.As(err, &e) {
				hint = yamlwalk.Nearest(e.Value, e.Enum)
			}
			p.FailAt(at(node), "%s: parameter %q %v%s", what, key.Value, err, hint)
			good = false
		}
	}
	if body != nil {
		p.Pairs(body, what+": params", func(key, value *yaml.Node) { assign(key, value, p.At) })
	}
	for _, s := range p.take(n.Name) {
		assign(&yaml.Node{Value: s.param}, s.value, func(*yaml.Node) yamlwalk.Position { return s.pos })
	}
	if !good {
		return
	}
	if err := vs.Validate(); err != nil {
		at := n.pos
		if body != nil {
			at = p.At(body)
		}
		p.FailAt(at, "%s: %v", what, err)
	}
	n.Params, n.Value = vs.All(), vs.Struct()
}
