package pipeline

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/command"
	"whorl/pipeline/internal/params"
)

// commandKind is the kind whose ports and parameters pipeline.yaml declares.
const commandKind = "command"

func (p *parser) isCommand(body *yaml.Node) bool {
	body = deref(body)
	if body.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(body.Content); i += 2 {
		if body.Content[i].Value == "kind" {
			return deref(body.Content[i+1]).Value == commandKind
		}
	}
	return false
}

// readCommand reads a stage of kind command, all but what its inputs name.
func (p *parser) readCommand(n *node, body *yaml.Node, what string) {
	f := p.fields(body, what, "kind", "inputs", "params", "cmd", "outputs", "env", "timeout")
	p.wires[n] = f["inputs"]
	spec := command.Spec{Params: map[string]string{}}
	if f["cmd"] == nil {
		p.errs.add(n.pos, "%s: it has no cmd: want what sh -c is to run", what)
	} else {
		spec.Cmd, _ = p.text(f["cmd"], "%s: cmd", what)
	}
	if f["inputs"] != nil {
		seen := len(p.errs)
		p.pairs(f["inputs"], what, func(key, _ *yaml.Node) {
			if !validName.MatchString(key.Value) {
				p.fail(key, "%s: input %q: %s", what, key.Value, aName)
			}
			spec.Inputs = append(spec.Inputs, key.Value)
		})
		if len(p.errs) > seen {
			p.wires[n] = nil // said once is enough
		}
	}
	p.readOutputs(n, &spec, f["outputs"], what)
	p.readFreeParams(n, &spec, f["params"], what)
	p.readEnv(n, &spec, f["env"], what)
	if t := f["timeout"]; t != nil {
		d, err := time.ParseDuration(deref(t).Value)
		if err != nil || d <= 0 {
			p.fail(t, "%s: timeout: want a duration such as 90s or 1h30m, not %q", what, deref(t).Value)
		}
		spec.Timeout = d
	}
	if f["cmd"] != nil {
		for _, problem := range spec.Check() {
			p.fail(f["cmd"], "%s: cmd: %s", what, problem)
		}
	}
	n.kind, n.value = spec.Kind(), spec
	n.extra = append(n.extra, line{"cmd", params.Canonical(spec.Cmd)})
}

func (p *parser) readOutputs(n *node, spec *command.Spec, body *yaml.Node, what string) {
	if body == nil {
		p.errs.add(n.pos, "%s: it has no outputs: want names and file names, such as {all: all.txt}", what)
		return
	}
	p.pairs(body, what+": outputs", func(key, value *yaml.Node) {
		file, ok := p.text(value, "%s: output %q", what, key.Value)
		if !ok {
			return
		}
		out := command.Output{Name: key.Value, File: strings.TrimSuffix(file, "/"), Dir: strings.HasSuffix(file, "/")}
		clash := slices.IndexFunc(spec.Outputs, func(o command.Output) bool {
			return within(o.File, out.File) || within(out.File, o.File)
		})
		switch {
		case !validName.MatchString(out.Name):
			p.fail(key, "%s: output %q: %s", what, out.Name, aName)
		case !filepath.IsLocal(out.File) || filepath.Clean(out.File) != out.File || out.File == ".":
			p.fail(value, "%s: output %q: want a file name within the stage's working directory, not %q", what, out.Name, file)
		case command.Reserved(out.File):
			p.fail(value, "%s: output %q: the folder \"in\" is for the inputs, so it cannot be %q", what, out.Name, file)
		case clash >= 0:
			p.fail(value, "%s: output %q: %q is, holds or lies in what output %q is", what, out.Name, file, spec.Outputs[clash].Name)
		default:
			spec.Outputs = append(spec.Outputs, out)
			n.extra = append(n.extra, line{"output " + out.Name, params.Canonical(file)})
		}
	})
}

// within reports whether a path is a folder or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}

// readFreeParams reads parameters that nobody declared: any scalar, or list of
// scalars.
func (p *parser) readFreeParams(n *node, spec *command.Spec, body *yaml.Node, what string) {
	var names []string
	assign := func(name string, value *yaml.Node, at position) {
		v, text, err := freeValue(deref(value))
		spec.Params[name] = text
		if err != nil {
			p.errs.add(at, "%s: parameter %q %v", what, name, err)
			return
		}
		n.params = slices.DeleteFunc(n.params, func(v params.Value) bool { return v.Name == name })
		n.params = append(n.params, params.Value{Name: name, Value: v, Text: params.Canonical(v)})
	}
	if body != nil {
		p.pairs(body, what+": params", func(key, value *yaml.Node) {
			names = append(names, key.Value)
			if !validName.MatchString(key.Value) {
				p.fail(key, "%s: parameter %q: %s", what, key.Value, aName)
				return
			}
			assign(key.Value, value, p.at(value))
		})
	}
	for _, s := range p.take(n.name) {
		if !slices.Contains(names, s.param) {
			p.errs.add(s.pos, "%s: unknown parameter %q%s", what, s.param, Suggest(s.param, names))
			continue
		}
		assign(s.param, s.value, s.pos)
	}
	slices.SortFunc(n.params, func(a, b params.Value) int { return strings.Compare(a.Name, b.Name) })
}

var errFree = errors.New("wants a scalar or a list of scalars")

// freeValue returns a YAML value as it is recorded and as a shell sees it, which
// is a function of the former: the key knows no other spelling of a number.
func freeValue(n *yaml.Node) (v any, text string, err error) {
	if n.Kind == yaml.SequenceNode {
		list, words := []any{}, []string{}
		for _, c := range n.Content {
			if c = deref(c); c.Kind != yaml.ScalarNode {
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
			err = fmt.Errorf("wants an integer of 64 bits: quote it if it is none")
		}
		v = i
	case "!!float":
		if n.Decode(&x) != nil || x-x != 0 {
			err = fmt.Errorf("wants a finite number: quote it if it is none")
		}
		v = x
	case "!!null":
		return nil, "", fmt.Errorf("wants a value, not nothing")
	default:
		if strings.Contains(n.Value, "\x00") {
			return nil, "", errors.New("wants a string without NUL")
		}
		return n.Value, command.Quote(n.Value), nil
	}
	if err != nil {
		return nil, "", err
	}
	return v, command.Quote(params.Canonical(v)), nil
}

func (p *parser) readEnv(n *node, spec *command.Spec, body *yaml.Node, what string) {
	if body == nil {
		return
	}
	if body = deref(body); body.Kind != yaml.SequenceNode {
		p.fail(body, "%s: env: want a list of names", what)
		return
	}
	for _, c := range body.Content {
		name, ok := p.text(c, "%s: env", what)
		if !ok {
			continue
		}
		if !validName.MatchString(name) || name == "PATH" {
			p.fail(c, "%s: env: %q cannot be passed", what, name)
			continue
		}
		value, set := p.settings.LookupEnv(name)
		l := line{"env " + name, "unset"}
		if set {
			spec.Env = append(spec.Env, name+"="+value)
			l.value = params.Canonical(value)
		}
		n.extra = append(n.extra, l)
	}
}
