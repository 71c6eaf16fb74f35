package sweep

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/spec"
	"whorl/pipeline/spec/yamlwalk"
)

// maxTrials bounds the grid, which a slip of the pen makes huge.
const maxTrials = 10_000

// A name becomes part of run ids and of file names.
var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Load reads a definition. If it is wrong the error is a [*spec.Error]
// that lists everything that is.
func Load(path string) (*Sweep, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read sweep: %w", err)
	}
	return Parse(path, text)
}

// Parse is Load of a text that is taken to be in a file called path.
func Parse(path string, text []byte) (*Sweep, error) {
	p := parser{file: path}
	s := p.sweep(text)
	if len(p.problems) > 0 {
		slices.SortStableFunc(p.problems, func(a, b yamlwalk.Problem) int {
			return cmp.Or(a.Line-b.Line, a.Column-b.Column)
		})
		return nil, &spec.Error{Problems: p.problems}
	}
	return s, nil
}

// A parser goes on after an error, so that all are found at once.
type parser struct {
	file     string
	problems []yamlwalk.Problem
	keys     map[string]int // line of each parameter that is set
}

func (p *parser) fail(n *yaml.Node, format string, args ...any) {
	p.problems = append(p.problems, yamlwalk.Problem{
		File: p.file, Line: max(1, n.Line), Column: max(1, n.Column), Message: fmt.Sprintf(format, args...),
	})
}

func (p *parser) sweep(text []byte) *Sweep {
	var doc yaml.Node
	if err := yaml.Load(text, &doc); err != nil {
		at, message := &yaml.Node{}, "want one YAML document with a pipeline, set and grid" // there are none or several
		if e := (*yaml.LoadError)(nil); errors.As(err, &e) && e.Mark.Line > 0 {
			at.Line, at.Column, message = e.Mark.Line, e.Mark.Column, e.Message
		}
		p.fail(at, "%s", message)
		return nil
	}
	root := &doc
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		root = doc.Content[0]
	}

	base := filepath.Base(p.file)
	s := &Sweep{Name: strings.TrimSuffix(base, filepath.Ext(base)), File: p.file, Text: text}
	p.keys = map[string]int{}
	known := []string{"name", "pipeline", "set", "grid"}
	p.mapping(root, "a sweep", func(key, value *yaml.Node) {
		switch key.Value {
		case "name":
			if p.text(value, "name", &s.Name) && !validName.MatchString(s.Name) {
				p.fail(value, "name %q: want letters, digits, dots, - and _, since it becomes part of file names", s.Name)
			}
		case "pipeline":
			p.text(value, "pipeline", &s.Pipeline)
		case "set":
			p.mapping(value, "set", func(key, value *yaml.Node) {
				s.Set = append(s.Set, p.setting(key, value))
			})
		case "grid":
			p.mapping(value, "grid", func(key, value *yaml.Node) {
				s.Grid = append(s.Grid, p.axis(key, value))
			})
		default:
			p.fail(key, "unknown field %q%s", key.Value, yamlwalk.Suggest(key.Value, known))
		}
	})
	switch n := s.size(maxTrials); {
	case len(p.problems) > 0:
	case s.Pipeline == "":
		p.fail(root, `it has no pipeline: say which with "pipeline: PATH", relative to this file`)
	case n > maxTrials:
		p.fail(root, "grid: it has more than %d trials", maxTrials)
	}
	s.Pipeline = s.resolve(s.Pipeline)
	return s
}

// mapping calls f for each entry of a mapping with a key not seen before.
func (p *parser) mapping(n *yaml.Node, what string, f func(key, value *yaml.Node)) {
	n = deref(n)
	if isNull(n) {
		return // all of it may be commented out
	}
	if n.Kind != yaml.MappingNode {
		p.fail(n, "%s: want a mapping, not %s", what, describe(n))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge":
			p.fail(key, "%s: want a name as key, not %s", what, describe(key))
		case seen[key.Value] > 0:
			p.fail(key, "%s: %q is given twice, first on line %d", what, key.Value, seen[key.Value])
		default:
			seen[key.Value] = key.Line
			f(key, value)
		}
	}
}

// text reads a string that is not empty.
func (p *parser) text(n *yaml.Node, what string, to *string) bool {
	n = deref(n)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || n.Value == "" {
		p.fail(n, "%s: want a string, not %s", what, describe(n))
		return false
	}
	*to = n.Value
	return true
}

// key checks the name of a parameter.
func (p *parser) key(n *yaml.Node) {
	stage, param, dotted := strings.Cut(n.Value, ".")
	if n.Value != Seed && (!dotted || stage == "" || param == "" || strings.Contains(n.Value, "=")) {
		p.fail(n, "%q: want the name of a parameter, such as train.epochs, or %s", n.Value, Seed)
	}
	if line := p.keys[n.Value]; line > 0 {
		p.fail(n, "%s is both in set and in grid, first on line %d", n.Value, line)
	}
	p.keys[n.Value] = n.Line
}

func (p *parser) setting(key, value *yaml.Node) Setting {
	p.key(key)
	return p.value(key, value)
}

func (p *parser) axis(key, value *yaml.Node) Axis {
	p.key(key)
	a := Axis{Key: key.Value}
	value = deref(value)
	if value.Kind != yaml.SequenceNode || len(value.Content) == 0 {
		p.fail(value, "grid: %s: want a list of values, not %s", key.Value, describe(value))
		return a
	}
	seen := map[string]bool{}
	for _, n := range value.Content {
		point := p.value(key, n)
		same := canonical(point.Value)
		if seen[same] { // two runs of one seed would count as replicates
			p.fail(n, "grid: %s: the value %s is given twice", key.Value, point.text)
		}
		seen[same] = true
		a.Points = append(a.Points, point)
	}
	return a
}
