package spec

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/command"
	"whorl/pipeline/spec/internal/params"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/value"
)

// commandKind is the kind whose ports and parameters pipeline.yaml declares.
const commandKind = "command"

func (p *parser) isCommand(body *yaml.Node) bool {
	body = yamlwalk.Deref(body)
	if body.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(body.Content); i += 2 {
		if body.Content[i].Value == "kind" {
			return yamlwalk.Deref(body.Content[i+1]).Value == commandKind
		}
	}
	return false
}

// readCommand reads a stage of kind command, all but what its inputs name.
func (p *parser) readCommand(n *Node, body *yaml.Node, what string) {
	f := p.Fields(body, what, "kind", "inputs", "params", "cmd", "outputs", "env", "timeout")
	p.inputs[n] = f["inputs"]
	spec := command.Spec{Params: map[string]string{}}
	if f["cmd"] == nil {
		p.FailAt(n.pos, "%s: it has no cmd: want what sh -c is to run", what)
	} else {
		spec.Cmd, _ = p.Text(f["cmd"], "%s: cmd", what)
	}
	if f["inputs"] != nil {
		seen := len(p.Problems)
		p.Pairs(f["inputs"], what, func(key, _ *yaml.Node) {
			if !validName.MatchString(key.Value) {
				p.Fail(key, "%s: input %q: %s", what, key.Value, aName)
			}
			spec.Inputs = append(spec.Inputs, key.Value)
		})
		if len(p.Problems) > seen {
			p.inputs[n] = nil // said once is enough
		}
	}
	p.readOutputs(n, &spec, f["outputs"], what)
	p.readFreeParams(n, &spec, f["params"], what)
	p.readEnv(n, &spec, f["env"], what)
	if t := f["timeout"]; t != nil {
		d, err := time.ParseDuration(yamlwalk.Deref(t).Value)
		if err != nil || d <= 0 {
			p.Fail(t, "%s: timeout: want a duration such as 90s or 1h30m, not %q", what, yamlwalk.Deref(t).Value)
		}
		spec.Timeout = d
	}
	if f["cmd"] != nil {
		for _, problem := range spec.Check() {
			p.Fail(f["cmd"], "%s: cmd: %s", what, problem)
		}
	}
	n.Kind, n.Value = spec.Kind(), spec
	n.extra = append(n.extra, Line{"cmd", value.Text(spec.Cmd)})
}

func (p *parser) readOutputs(n *Node, spec *command.Spec, body *yaml.Node, what string) {
	if body == nil {
		p.FailAt(n.pos, "%s: it has no outputs: want names and file names, such as {all: all.txt}", what)
		return
	}
	p.Pairs(body, what+": outputs", func(key, body *yaml.Node) {
		file, ok := p.Text(body, "%s: output %q", what, key.Value)
		if !ok {
			return
		}
		out := command.Output{Name: key.Value, File: strings.TrimSuffix(file, "/"), Dir: strings.HasSuffix(file, "/")}
		clash := slices.IndexFunc(spec.Outputs, func(o command.Output) bool {
			return within(o.File, out.File) || within(out.File, o.File)
		})
		switch {
		case !validName.MatchString(out.Name):
			p.Fail(key, "%s: output %q: %s", what, out.Name, aName)
		case !filepath.IsLocal(out.File) || filepath.Clean(out.File) != out.File || out.File == ".":
			p.Fail(body, "%s: output %q: want a file name within the stage's working directory, not %q", what, out.Name, file)
		case command.Reserved(out.File):
			p.Fail(body, "%s: output %q: the folder \"in\" is for the inputs, so it cannot be %q", what, out.Name, file)
		case clash >= 0:
			p.Fail(body, "%s: output %q: %q is, holds or lies in what output %q is", what, out.Name, file, spec.Outputs[clash].Name)
		default:
			spec.Outputs = append(spec.Outputs, out)
			n.extra = append(n.extra, Line{"output " + out.Name, value.Text(file)})
		}
	})
}

// readFreeParams reads parameters that nobody declared: any scalar, or list of
// scalars.
func (p *parser) readFreeParams(n *Node, spec *command.Spec, body *yaml.Node, what string) {
	var names []string
	assign := func(name string, body *yaml.Node, at yamlwalk.Position) {
		v, text, err := freeValue(yamlwalk.Deref(body))
		spec.Params[name] = text
		if err != nil {
			p.FailAt(at, "%s: parameter %q %v", what, name, err)
			return
		}
		n.Params = slices.DeleteFunc(n.Params, func(v params.Value) bool { return v.Name == name })
		n.Params = append(n.Params, params.Value{Name: name, Value: v, Text: value.Text(v)})
	}
	if body != nil {
		p.Pairs(body, what+": params", func(key, body *yaml.Node) {
			names = append(names, key.Value)
			if !validName.MatchString(key.Value) {
				p.Fail(key, "%s: parameter %q: %s", what, key.Value, aName)
				return
			}
			assign(key.Value, body, p.At(body))
		})
	}
	for _, s := range p.take(n.Name) {
		if !slices.Contains(names, s.param) {
			p.FailAt(s.pos, "%s: unknown parameter %q%s", what, s.param, yamlwalk.Suggest(s.param, names))
			continue
		}
		assign(s.param, s.value, s.pos)
	}
	slices.SortFunc(n.Params, func(a, b params.Value) int { return strings.Compare(a.Name, b.Name) })
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
	return v, command.Quote(value.Text(v)), nil
}

func (p *parser) readEnv(n *Node, spec *command.Spec, body *yaml.Node, what string) {
	if body == nil {
		return
	}
	if body = yamlwalk.Deref(body); body.Kind != yaml.SequenceNode {
		p.Fail(body, "%s: env: want a list of names", what)
		return
	}
	for _, c := range body.Content {
		name, ok := p.Text(c, "%s: env", what)
		if !ok {
			continue
		}
		if !validName.MatchString(name) || name == "PATH" {
			p.Fail(c, "%s: env: %q cannot be passed", what, name)
			continue
		}
		text, set := p.settings.LookupEnv(name)
		l := Line{"env " + name, "unset"}
		if set {
			spec.Env = append(spec.Env, name+"="+text)
			l.Value = value.Text(text)
		}
		n.extra = append(n.extra, l)
	}
}
