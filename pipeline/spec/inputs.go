package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
)

func (p *parser) readInputs(n *Node) {
	if n.Kind.Run == nil || n.isGather() {
		return // the kind is wrong, so its ports are not known; or the inputs are
	}
	what := fmt.Sprintf("stage %q", n.Name)
	names := make([]string, len(n.Kind.Inputs))
	for i, port := range n.Kind.Inputs {
		names[i] = port.Name
	}
	at, misspelt := n.pos, false
	b := p.bodies[n]
	if body := b.fields["inputs"]; body != nil {
		at = p.At(body)
		p.Pairs(body, what+": inputs", func(key, value *yaml.Node) {
			i := slices.Index(names, key.Value)
			if i < 0 {
				p.Fail(key, "%s: unknown input %q%s", what, key.Value, yamlwalk.Suggest(key.Value, names))
				misspelt = true
				return
			}
			in := &Input{Name: key.Value, Port: n.Kind.Inputs[i], pos: p.At(value)}
			n.Inputs = append(n.Inputs, in)
			if ref, ok := p.Text(value, "%s: input %q", what, in.Name); ok {
				in.Ref = p.ref(n, value, what+": input "+strconv.Quote(in.Name), ref)
				p.resolve(n, in)
			}
		})
	}
	slices.SortFunc(n.Inputs, func(a, b *Input) int { return strings.Compare(a.Name, b.Name) })
	if misspelt {
		return // a missing input is reported as misspelt already
	}
	for _, port := range n.Kind.Inputs {
		if !port.Optional && !slices.ContainsFunc(n.Inputs, func(in *Input) bool { return in.Name == port.Name }) {
			p.FailAt(at, "%s: input %q is not given: want a \"stage.output\", \"data\" or a path that begins with ./", what, port.Name)
		}
	}
	if n.IsCommand() {
		p.place(n, b)
	}
}

// outputsOf lists the names of a kind's outputs.
func outputsOf(k stage.Kind) []string {
	names := make([]string, len(k.Outputs))
	for i, port := range k.Outputs {
		names[i] = port.Name
	}
	return names
}

// resolve finds what an input's ref names.
func (p *parser) resolve(n *Node, in *Input) {
	fail := func(format string, args ...any) {
		p.FailAt(in.pos, "stage %q: input %q: %s", n.Name, in.Name, fmt.Sprintf(format, args...))
	}
	if isPath(in.Ref) {
		in.Path = p.abs(in.Ref)
		return
	}
	if in.Ref == dataNode {
		switch {
		case p.path != "":
			in.Path = p.path
			if p.settings.Data != "" {
				in.pos = yamlwalk.Position{File: "--data " + p.settings.Data}
			}
		case p.nodes[dataNode] != nil:
			in.From = p.nodes[dataNode]
			in.Output = in.From.Kind.Outputs[0].Name
			p.fits(n, in, in.From.Kind.Outputs[0], fail)
		case p.data == "":
			fail("no data is given: set --data, or \"data:\" in the file")
		}
		return
	}
	name, output, ok := strings.Cut(in.Ref, ".")
	from := p.nodes[name]
	if !ok || from == nil {
		hint := ""
		if !ok {
			hint = fmt.Sprintf("; want \"stage.output\", %q or a path, which begins with ./", dataNode)
		} else if hint = yamlwalk.Nearest(name, p.stageNames()); hint == "" {
			hint = "; a path begins with ./"
		}
		fail("unknown stage %q%s", name, hint)
		return
	}
	if from.Kind.Run == nil {
		return
	}
	i := slices.IndexFunc(from.Kind.Outputs, func(port stage.Port) bool { return port.Name == output })
	if i < 0 {
		fail("stage %q has no output %q%s", name, output, yamlwalk.Suggest(output, outputsOf(from.Kind)))
		return
	}
	in.From, in.Output = from, output
	p.fits(n, in, from.Kind.Outputs[i], fail)
}

// fits checks that an output fits an input.
func (p *parser) fits(n *Node, in *Input, out stage.Port, fail func(string, ...any)) {
	switch {
	case n.Kind.Name == commandKind: // it takes anything
	case out.Dir && !in.Port.Dir:
		fail("it wants a file, and %s is a directory", in.Ref)
	case !out.Dir && in.Port.Dir:
		fail("it wants a directory, and %s is a file", in.Ref)
	case out.Type != "" && in.Port.Type != "" && out.Type != in.Port.Type:
		fail("it wants %s, and %s is %s", in.Port.Type, in.Ref, out.Type)
	}
}

func (p *parser) stageNames() []string {
	names := make([]string, len(p.order))
	for i, n := range p.order {
		names[i] = n.Name
	}
	return names
}
