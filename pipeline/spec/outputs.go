package spec

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/command"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
	"whorl/pipeline/value"
)

// readOutputs reads the outputs of a command: "name: file" or
// "name: {file, title}".
func (p *parser) readOutputs(n *Node, spec *command.Spec, b *body) {
	outputs := b.fields["outputs"]
	if outputs == nil {
		if b.fields["metrics"] == nil {
			p.FailAt(n.pos, "%s: it has no outputs: want names and file names, such as {all: all.txt}, or metrics", b.what)
		}
		return
	}
	p.Pairs(outputs, b.what+": outputs", func(key, node *yaml.Node) {
		what := fmt.Sprintf("%s: output %q", b.what, key.Value)
		out := command.Output{Name: key.Value}
		if m := yamlwalk.Deref(node); m.Kind == yaml.MappingNode {
			f := p.Fields(m, what, "file", "title")
			if f["title"] != nil {
				out.Title, _ = p.Text(f["title"], "%s: title", what)
			}
			if node = f["file"]; node == nil {
				p.Fail(m, "%s: it has no file", what)
				return
			}
		}
		file, ok := p.Text(node, "%s", what)
		if !ok {
			return
		}
		out.File, out.Dir = strings.TrimSuffix(file, "/"), strings.HasSuffix(file, "/")
		if !validName(out.Name) {
			p.Fail(key, "%s: %s", what, aName)
			return
		}
		if p.checkFile(spec, node, what, out.File, file) {
			spec.Outputs = append(spec.Outputs, out)
			n.extra = append(n.extra, Line{"output " + out.Name, value.Text(file)})
		}
	})
}

// checkFile checks the name of a file that a command makes against those that
// are known.
func (p *parser) checkFile(spec *command.Spec, at *yaml.Node, what, file, written string) bool {
	clash := func(other string) bool { return other != "" && (within(other, file) || within(file, other)) }
	switch {
	case !filepath.IsLocal(file) || filepath.Clean(file) != file || file == ".":
		p.Fail(at, "%s: want a file name within the stage's working directory, not %q", what, written)
		return false
	case command.Reserved(file):
		p.Fail(at, "%s: the folder \"in\" is for the inputs, so it cannot be %q", what, written)
		return false
	}
	for _, o := range spec.Outputs {
		if clash(o.File) {
			p.Fail(at, "%s: %q is, holds or lies in what output %q is", what, written, o.Name)
			return false
		}
	}
	if clash(spec.Metrics.File) || clash(spec.Metrics.Series) {
		p.Fail(at, "%s: %q is, holds or lies in another file of metrics", what, written)
		return false
	}
	return true
}

// readMetrics reads in which files a command leaves what it measured.
func (p *parser) readMetrics(n *Node, spec *command.Spec, b *body) {
	node := b.fields["metrics"]
	if node == nil {
		return
	}
	what := b.what + ": metrics"
	f := p.Fields(node, what, "file", "series", "about")
	if f["file"] == nil && f["series"] == nil {
		p.Fail(node, "%s: want a file, such as {file: metrics.json}, or a series", what)
	}
	for _, m := range []struct {
		field string
		to    *string
	}{{"file", &spec.Metrics.File}, {"series", &spec.Metrics.Series}} {
		if f[m.field] == nil {
			continue
		}
		file, ok := p.Text(f[m.field], "%s: %s", what, m.field)
		if ok && p.checkFile(spec, f[m.field], what+": "+m.field, file, file) {
			*m.to = file
			n.extra = append(n.extra, Line{"metrics " + m.field, value.Text(file)})
		}
	}
	if f["about"] != nil {
		p.readAbout(spec, f["about"], what+": about")
	}
}

// readAbout reads what a metric is called and which values of it are better.
func (p *parser) readAbout(spec *command.Spec, node *yaml.Node, what string) {
	goals := []string{string(stage.Minimize), string(stage.Maximize)}
	primary := ""
	p.Pairs(node, what, func(key, body *yaml.Node) {
		what := fmt.Sprintf("%s: %q", what, key.Value)
		info := stage.MetricInfo{Name: key.Value}
		if info.Name == "" {
			p.Fail(key, "%s: want the name of a metric", what)
		}
		f := p.Fields(body, what, "goal", "title", "unit", "doc", "primary")
		for _, t := range []struct {
			field string
			to    *string
		}{{"title", &info.Title}, {"unit", &info.Unit}, {"doc", &info.Doc}} {
			if f[t.field] != nil {
				*t.to, _ = p.Text(f[t.field], "%s: %s", what, t.field)
			}
		}
		if f["goal"] != nil {
			goal, ok := p.Text(f["goal"], "%s: goal", what)
			if ok && !slices.Contains(goals, goal) {
				p.Fail(f["goal"], "%s: goal: want minimize or maximize, not %q%s", what, goal, yamlwalk.Nearest(goal, goals))
			}
			info.Goal = stage.Goal(goal)
		}
		if info.Primary = p.flag(f["primary"], what+": primary"); info.Primary {
			switch {
			case primary != "":
				p.Fail(f["primary"], "%s: %q is primary already, and one metric can be", what, primary)
			case info.Goal == stage.NoGoal:
				p.Fail(f["primary"], "%s: a primary metric needs a goal: minimize or maximize", what)
			}
			primary = info.Name
		}
		spec.Metrics.About = append(spec.Metrics.About, info)
	})
}
