package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/internal/params"
	"whorl/pipeline/stage"
)

// A parser turns YAML into a pipeline. It goes on after an error, so that all
// are found at once.
type parser struct {
	reg      *Registry
	file     string
	dir      string // of the file, absolute
	settings Settings
	errs     problems

	source string // name of the data source, if it is one
	data   string // as given, or empty
	path   string // of the data, absolute, if it is a path
	seed   uint64

	nodes map[string]*node
	order []*node              // as in the file
	wires map[*node]*yaml.Node // what each gives under "inputs"
	sets  map[string][]set
}

func (p *parser) at(n *yaml.Node) position { return position{p.file, n.Line, n.Column} }

func (p *parser) fail(n *yaml.Node, format string, args ...any) {
	p.errs.add(p.at(n), format, args...)
}

func (p *parser) pipeline(text []byte) *Pipeline {
	root := p.document(text)
	if root == nil {
		return nil
	}
	p.readSettings()
	fields := p.fields(root, "pipeline", "data", "seed", "stages")
	p.readSeed(fields["seed"])
	dataParams := p.readData(fields["data"])
	stages := fields["stages"]
	if stages == nil {
		p.fail(root, "it has no stages: give them under \"stages:\"")
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
	if len(p.errs) > 0 {
		return nil
	}
	return &Pipeline{Path: p.file, Data: p.data, Seed: p.seed, nodes: nodes, reg: p.reg}
}

// document returns the root mapping, or nil if there is none.
func (p *parser) document(text []byte) *yaml.Node {
	var doc, more yaml.Node
	l, err := yaml.NewLoader(bytes.NewReader(text))
	if err == nil {
		err = l.Load(&doc)
	}
	if errors.Is(err, io.EOF) {
		p.errs.add(position{p.file, 1, 1}, "it is empty: want a mapping with data, seed and stages")
		return nil
	}
	if err == nil {
		switch err = l.Load(&more); {
		case err == nil:
			p.fail(&more, "a second document begins here: want one")
			return nil
		case errors.Is(err, io.EOF):
			err = nil
		}
	}
	if err != nil {
		p.syntax(text, err)
		return nil
	}
	root := &doc
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		root = doc.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		p.errs.add(position{p.file, max(1, root.Line), max(1, root.Column)}, "want a mapping with data, seed and stages")
		return nil
	}
	if hasAlias(root) {
		if n := selfContained(root, map[*yaml.Node]bool{}); n != nil {
			p.fail(n, "the alias *%s is part of what it stands for", n.Value)
			return nil
		}
	}
	return root
}

// syntax tells of a text that is no YAML.
func (p *parser) syntax(text []byte, err error) {
	at, message := position{p.file, 1, 1}, strings.TrimPrefix(err.Error(), "yaml: ")
	if le := (*yaml.LoadError)(nil); errors.As(err, &le) {
		at.line, at.col, message = max(1, le.Mark.Line), max(1, le.Mark.Column), le.Message
	}
	if !utf8.Valid(text) { // of which YAML gives no position
		at.line, at.col, message = 1, 1, "it is not UTF-8 from here on"
		for r, size := utf8.DecodeRune(text); r != utf8.RuneError || size > 1; r, size = utf8.DecodeRune(text) {
			at.col++
			if r == '\n' {
				at.line, at.col = at.line+1, 1
			}
			text = text[size:]
		}
	}
	p.errs.add(at, "%s", message)
}

func hasAlias(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || slices.ContainsFunc(n.Content, hasAlias)
}

// selfContained returns an alias that lies within its own anchor, or nil; done
// is false for the nodes that n lies in, and true for those seen before.
func selfContained(n *yaml.Node, done map[*yaml.Node]bool) *yaml.Node {
	finished, seen := done[n]
	switch {
	case finished:
		return nil
	case seen:
		return n
	}
	done[n] = false
	if n.Kind == yaml.AliasNode {
		if finished, seen := done[n.Alias]; seen && !finished {
			return n
		}
		if bad := selfContained(n.Alias, done); bad != nil {
			return bad
		}
	}
	for _, c := range n.Content {
		if bad := selfContained(c, done); bad != nil {
			return bad
		}
	}
	done[n] = true
	return nil
}

// pairs calls f for each entry of a mapping whose key is a string that has not
// been seen, and complains of the others.
func (p *parser) pairs(n *yaml.Node, what string, f func(key, value *yaml.Node)) {
	if n = deref(n); n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		p.fail(n, "%s: want a mapping", what)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			p.fail(key, "%s: want a name as key", what)
		case key.ShortTag() == "!!merge":
			p.fail(key, "%s: merge keys are not supported", what)
		case seen[key.Value] > 0:
			p.fail(key, "%s: %q is given twice, first on line %d", what, key.Value, seen[key.Value])
		default:
			seen[key.Value] = key.Line
			f(key, value)
		}
	}
}

func deref(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// fields returns the values of a mapping by their keys, which must be known.
func (p *parser) fields(n *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	fields := map[string]*yaml.Node{}
	p.pairs(n, what, func(key, value *yaml.Node) {
		if !slices.Contains(known, key.Value) {
			p.fail(key, "%s: unknown field %q%s", what, key.Value, Suggest(key.Value, known))
			return
		}
		fields[key.Value] = value
	})
	return fields
}

// text returns the value of a string scalar, which what and args say the name
// of.
func (p *parser) text(n *yaml.Node, what string, args ...any) (string, bool) {
	if n = deref(n); n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || n.Value == "" {
		p.fail(n, what+": want a string", args...)
		return "", false
	}
	if strings.Contains(n.Value, "\x00") {
		p.fail(n, what+": want a string without NUL", args...)
		return "", false
	}
	return n.Value, true
}

func (p *parser) readSeed(n *yaml.Node) {
	if n != nil {
		n = deref(n)
		seed, err := strconv.ParseUint(n.Value, 0, 64)
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil {
			p.fail(n, "seed: want an integer from 0 to 2^64-1, not %q", n.Value)
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

// readStages makes a node for each stage and returns their bodies.
func (p *parser) readStages(n *yaml.Node) (bodies []*yaml.Node) {
	p.pairs(n, "stages", func(key, value *yaml.Node) {
		switch {
		case key.Value == dataNode:
			p.fail(key, "a stage cannot be called %q: that is what --data names", dataNode)
			return
		case !validName.MatchString(key.Value):
			p.fail(key, "stage %q: %s", key.Value, aName)
			return
		}
		st := &node{name: key.Value, pos: p.at(key), index: len(p.order)}
		p.nodes[st.name] = st
		p.order = append(p.order, st)
		bodies = append(bodies, value)
	})
	if len(p.order) == 0 && len(p.errs) == 0 {
		p.fail(n, "stages: want at least one")
	}
	return bodies
}

// readStage reads all of a stage but its inputs.
func (p *parser) readStage(n *node, body *yaml.Node) {
	what := fmt.Sprintf("stage %q", n.name)
	if p.isCommand(body) {
		p.readCommand(n, body, what)
		return
	}
	f := p.fields(body, what, "kind", "inputs", "params")
	p.wires[n] = f["inputs"]
	if f["kind"] == nil {
		p.errs.add(n.pos, "%s: it has no kind%s", what, Suggest(n.name, sortedKeys(p.reg.kinds)))
		return
	}
	name, ok := p.text(f["kind"], "%s: kind", what)
	if !ok {
		return
	}
	k := p.reg.kinds[name]
	if k == nil {
		p.fail(f["kind"], "%s: unknown kind %q%s", what, name, Suggest(name, append(sortedKeys(p.reg.kinds), commandKind)))
		return
	}
	n.kind = k.Kind
	p.readParams(n, k, f["params"], what)
}

// readParams reads the parameters of a kind with a schema, and applies what
// is set from outside.
func (p *parser) readParams(n *node, k *kind, body *yaml.Node, what string) {
	vs := k.schema.New()
	good := true
	assign := func(key, value *yaml.Node, at func(*yaml.Node) position) {
		if !k.schema.Has(key.Value) {
			p.errs.add(at(key), "%s: unknown parameter %q%s", what, key.Value, Suggest(key.Value, k.schema.Names()))
			good = false
			return
		}
		if node, err := vs.Set(key.Value, value); err != nil {
			hint := ""
			if e := (*params.EnumError)(nil); errors.As(err, &e) {
				hint = nearest(e.Value, e.Enum)
			}
			p.errs.add(at(node), "%s: parameter %q %v%s", what, key.Value, err, hint)
			good = false
		}
	}
	if body != nil {
		p.pairs(body, what+": params", func(key, value *yaml.Node) { assign(key, value, p.at) })
	}
	for _, s := range p.take(n.name) {
		assign(&yaml.Node{Value: s.param}, s.value, func(*yaml.Node) position { return s.pos })
	}
	if !good {
		return
	}
	if err := vs.Validate(); err != nil {
		at := n.pos
		if body != nil {
			at = p.at(body)
		}
		p.errs.add(at, "%s: %v", what, err)
	}
	n.params, n.value = vs.All(), vs.Struct()
}

// nearest is Suggest without the list of all names.
func nearest(name string, names []string) string {
	if s := Suggest(name, names); strings.HasPrefix(s, " (did") {
		return s
	}
	return ""
}

func (p *parser) readInputs(n *node) {
	if n.kind.Run == nil {
		return // the kind is wrong, so its ports are not known
	}
	what := fmt.Sprintf("stage %q", n.name)
	names := make([]string, len(n.kind.Inputs))
	for i, port := range n.kind.Inputs {
		names[i] = port.Name
	}
	at, misspelt := n.pos, false
	if body := p.wires[n]; body != nil {
		at = p.at(body)
		p.pairs(body, what+": inputs", func(key, value *yaml.Node) {
			i := slices.Index(names, key.Value)
			if i < 0 {
				p.fail(key, "%s: unknown input %q%s", what, key.Value, Suggest(key.Value, names))
				misspelt = true
				return
			}
			w := &wire{name: key.Value, pos: p.at(value), port: n.kind.Inputs[i]}
			n.inputs = append(n.inputs, w)
			if ref, ok := p.text(value, "%s: input %q", what, w.name); ok {
				w.ref = ref
				p.resolve(n, w)
			}
		})
	}
	slices.SortFunc(n.inputs, func(a, b *wire) int { return strings.Compare(a.name, b.name) })
	if misspelt {
		return // that it is missing has been said
	}
	for _, port := range n.kind.Inputs {
		if !port.Optional && !slices.ContainsFunc(n.inputs, func(w *wire) bool { return w.name == port.Name }) {
			p.errs.add(at, "%s: input %q is not given: want a \"stage.output\", \"data\" or a path that begins with ./", what, port.Name)
		}
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
