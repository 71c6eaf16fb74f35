package spec

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/command"
	"whorl/pipeline/spec/internal/params"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/value"
)

// readFreeParams reads the parameters of a command, which nobody declared: any
// scalar, or list of scalars.
func (p *parser) readFreeParams(n *Node, spec *command.Spec, b *body) {
	var names []string
	assign := func(name string, node *yaml.Node, at yamlwalk.Position) {
		v, text, err := freeValue(yamlwalk.Deref(node))
		spec.Params[name] = text
		if err != nil {
			p.FailAt(at, "%s: parameter %q %v", b.what, name, err)
			return
		}
		n.Params = slices.DeleteFunc(n.Params, func(v params.Value) bool { return v.Name == name })
		n.Params = append(n.Params, params.Value{Name: name, Value: v, Text: value.Text(v)})
	}
	if f := b.fields["params"]; f != nil {
		p.Pairs(f, b.what+": params", func(key, node *yaml.Node) {
			names = append(names, key.Value)
			switch {
			case !validName(key.Value):
				p.Fail(key, "%s: parameter %q: %s", b.what, key.Value, aName)
			case b.has(key.Value):
				p.Fail(key, "%s: parameter %q is given by foreach", b.what, key.Value)
			default:
				assign(key.Value, node, p.At(node))
			}
		})
	}
	for _, s := range p.outside(b) {
		if !slices.Contains(names, s.param) && !b.has(s.param) {
			p.FailAt(s.pos, "%s: unknown parameter %q%s", b.what, s.param, yamlwalk.Suggest(s.param, names))
			continue
		}
		assign(s.param, s.value, s.pos)
	}
	slices.SortFunc(n.Params, func(a, b params.Value) int { return strings.Compare(a.Name, b.Name) })
	spec.JSON = paramsJSON(n.Params)
}

// paramsJSON returns the parameters as a JSON object, one a line.
func paramsJSON(ps []params.Value) string {
	lines := make([]string, len(ps))
	for i, v := range ps {
		lines[i] = fmt.Sprintf("  %s: %s", value.JSON(v.Name), value.JSON(v.Value))
	}
	if len(lines) == 0 {
		return "{}\n"
	}
	return "{\n" + strings.Join(lines, ",\n") + "\n}\n"
}

var errFree = errors.New("wants a scalar or a list of scalars")

// freeValue returns a YAML value as it is recorded and as a shell sees it, which
// is a function of the former: the key knows no other spelling of a number.
func freeValue(n *yaml.Node) (v any, text string, err error) {
	if n.Kind == yaml.SequenceNode {
		list, words := []any{}, []string{}
		for _, c := range n.Content {
			if c = yamlwalk.Deref(c); c.Kind != yaml.ScalarNode {
				return nil, "", errFree
			}
			v, text, err := freeValue(c)
			if err != nil {
				return nil, "", err
			}
			list, words = append(list, v), append(words, text)
		}
		return list, strings.Join(words, " "), nil
	}
	if n.Kind != yaml.ScalarNode {
		return nil, "", errFree
	}
	var (
		b bool
		i int64
		x float64
	)
	switch n.ShortTag() {
	case "!!bool":
		err = n.Decode(&b)
		v = b
	case "!!int":
		if n.Decode(&i) != nil {
			err = errors.New("wants an integer of 64 bits: quote it if it is none")
		}
		v = i
	case "!!float":
		if n.Decode(&x) != nil || x-x != 0 {
			err = errors.New("wants a finite number: quote it if it is none")
		}
		v = x
	case "!!null":
		return nil, "", errors.New("wants a value, not nothing")
	default:
		if strings.Contains(n.Value, "\x00") {
			return nil, "", errors.New("wants a string without NUL")
		}
		return n.Value, command.Quote(n.Value), nil
	}
	if err != nil {
		return nil, "", err
	}
	return v, command.Quote(value.Text(v)), nil
}
