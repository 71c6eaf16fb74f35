package spec

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/command"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
	"whorl/pipeline/value"
)

// commandKind is the kind whose ports and parameters pipeline.yaml declares.
const commandKind = "command"

// commandFields are those of a command stage only.
var commandFields = []string{"cmd", "outputs", "metrics", "seed", "env", "path", "tools", "timeout", "sandbox", "mounts"}

func isCommand(body *yaml.Node) bool {
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
func (p *parser) readCommand(n *Node, b *body) {
	f, what := b.fields, b.what
	spec := command.Spec{Params: map[string]string{}}
	if f["cmd"] == nil {
		p.FailAt(n.pos, "%s: it has no cmd: want what sh -c is to run", what)
	} else {
		spec.Cmd, _ = p.Text(f["cmd"], "%s: cmd", what)
	}
	n.extra = append(n.extra, Line{"cmd", value.Text(spec.Cmd)})
	p.readInputNames(&spec, b)
	p.readOutputs(n, &spec, b)
	p.readMetrics(n, &spec, b)
	p.readFreeParams(n, &spec, b)
	spec.Seed = p.flag(f["seed"], what+": seed")
	p.readEnv(n, &spec, f["env"], what)
	p.readPath(n, &spec, f["path"], what)
	p.readTools(n, f["tools"], what)
	p.readSandbox(n, &spec, b)
	if t := f["timeout"]; t != nil {
		d, err := time.ParseDuration(yamlwalk.Deref(t).Value)
		if err != nil || d <= 0 {
			p.Fail(t, "%s: timeout: want a duration such as 90s or 1h30m, not %q", what, yamlwalk.Deref(t).Value)
		}
		spec.Timeout = d
	}
	n.Kind, n.Value = spec.Kind(), spec
}

func (p *parser) readInputNames(spec *command.Spec, b *body) {
	if b.fields["inputs"] == nil {
		return
	}
	seen := len(p.Problems)
	p.Pairs(b.fields["inputs"], b.what, func(key, _ *yaml.Node) {
		if !validName(key.Value) {
			p.Fail(key, "%s: input %q: %s", b.what, key.Value, aName)
		}
		spec.Inputs = append(spec.Inputs, key.Value)
	})
	if len(p.Problems) > seen {
		delete(b.fields, "inputs") // said once is enough
	}
}

// flag reads a boolean field, which may be missing.
func (p *parser) flag(n *yaml.Node, what string) bool {
	if n == nil {
		return false
	}
	var on bool
	if n = yamlwalk.Deref(n); n.ShortTag() != "!!bool" || n.Decode(&on) != nil {
		p.Fail(n, "%s: want true or false, not %s", what, yamlwalk.Describe(n))
	}
	return on
}

// texts calls f for each string of a list, which may be missing.
func (p *parser) texts(n *yaml.Node, what string, f func(at *yaml.Node, text string)) {
	if n == nil {
		return
	}
	list, _ := p.List(n, "%s", what)
	for _, c := range list {
		if text, ok := p.Text(c, "%s", what); ok {
			f(c, text)
		}
	}
}

func (p *parser) readEnv(n *Node, spec *command.Spec, node *yaml.Node, what string) {
	reserved := []string{"PATH", command.SeedVariable}
	p.texts(node, what+": env", func(at *yaml.Node, name string) {
		if !validName(name) || slices.Contains(reserved, name) {
			p.Fail(at, "%s: env: %q cannot be passed", what, name)
			return
		}
		text, set := p.settings.LookupEnv(name)
		l := Line{"env " + name, "unset"}
		if set {
			spec.Env = append(spec.Env, name+"="+text)
			l.Value = value.Text(text)
		}
		n.extra = append(n.extra, l)
	})
}

// readPath reads the directories that come before the fixed PATH. Their names
// count for the key, and what is in them does not: that is for tools.
func (p *parser) readPath(n *Node, spec *command.Spec, node *yaml.Node, what string) {
	var written []string
	p.texts(node, what+": path", func(at *yaml.Node, dir string) {
		if strings.Contains(dir, ":") {
			p.Fail(at, "%s: path: a directory in PATH has no colon in its name, and %q has", what, dir)
			return
		}
		written = append(written, dir)
		spec.Path = append(spec.Path, p.abs(dir))
		n.dirs = append(n.dirs, directory{"path", p.abs(dir), p.At(at)})
	})
	if written != nil {
		n.extra = append(n.extra, Line{"path", value.Text(written)})
	}
}

func (p *parser) readTools(n *Node, node *yaml.Node, what string) {
	p.texts(node, what+": tools", func(at *yaml.Node, text string) {
		if slices.ContainsFunc(n.tools, func(t tool) bool { return t.command == text }) {
			p.Fail(at, "%s: tools: %q is given twice", what, text)
			return
		}
		n.tools = append(n.tools, tool{text, p.At(at)})
	})
}

// readSandbox reads which files a command sees beside its inputs.
func (p *parser) readSandbox(n *Node, spec *command.Spec, b *body) {
	spec.Sandbox = p.flag(b.fields["sandbox"], b.what+": sandbox")
	if spec.Sandbox {
		n.extra = append(n.extra, Line{"sandbox", "true"})
	}
	mounts := b.fields["mounts"]
	if mounts != nil && !spec.Sandbox {
		p.Fail(mounts, "%s: mounts: want \"sandbox: true\" beside it, since any other command sees every file", b.what)
		return
	}
	var written []string
	p.texts(mounts, b.what+": mounts", func(at *yaml.Node, path string) {
		written = append(written, path)
		spec.Mounts = append(spec.Mounts, p.abs(path))
		n.dirs = append(n.dirs, directory{"mounts", p.abs(path), p.At(at)})
	})
	if written != nil {
		n.extra = append(n.extra, Line{"mounts", value.Text(written)})
	}
}

// place gives each input of a command the name of its file, checks the
// placeholders, and completes the node.
func (p *parser) place(n *Node, b *body) {
	spec := n.Value.(command.Spec)
	spec.Files = map[string]string{}
	for _, in := range n.Inputs {
		file := in.file()
		spec.Files[in.Name] = file
		n.extra = append(n.extra, Line{"file " + in.Name, value.Text(file)})
	}
	for _, problem := range spec.Check() {
		p.Fail(b.fields["cmd"], "%s: cmd: %s", b.what, problem)
	}
	n.Value = spec
}

// file returns the name under which a command sees an input: that of the path
// or of the output, with its suffix, but nothing that differs between machines.
func (in *Input) file() string {
	switch {
	case in.From != nil:
		return in.From.outputFile(in.Output)
	case in.Ref == dataNode:
		return dataNode + filepath.Ext(in.Path)
	}
	file := filepath.Base(in.Ref)
	if file == "." || file == ".." || file == "/" {
		return in.Name
	}
	return file
}

// suffixes are those of the files of a media type.
var suffixes = map[string]string{
	stage.TypeNPY: ".npy", stage.TypeNPZ: ".npz", stage.TypeJSON: ".json", stage.TypeCSV: ".csv",
	stage.TypePNG: ".png", stage.TypeJPEG: ".jpg", stage.TypeSVG: ".svg", stage.TypeHTML: ".html",
	stage.TypeMarkdown: ".md", stage.TypeCurves: ".json", stage.TypeFigures: ".json",
}

// outputFile returns the name of the file that an output is.
func (n *Node) outputFile(output string) string {
	if s, ok := n.Value.(command.Spec); ok {
		i := slices.IndexFunc(s.Outputs, func(o command.Output) bool { return o.Name == output })
		return filepath.Base(s.Outputs[i].File)
	}
	i := slices.IndexFunc(n.Kind.Outputs, func(o stage.Port) bool { return o.Name == output })
	return output + suffixes[n.Kind.Outputs[i].Type]
}
