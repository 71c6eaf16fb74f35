package sweep

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
)

// maxTrials bounds the trials, which a slip of the pen makes huge.
const maxTrials = 10_000

// A name becomes part of run ids and of file names.
var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Load reads a definition. If it is wrong the error is a [*yamlwalk.Error] that
// lists everything that is.
func Load(path string) (*Sweep, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read sweep: %w", err)
	}
	return Parse(path, text)
}

// Parse is Load of a text that is taken to be in a file called path.
func Parse(path string, text []byte) (*Sweep, error) {
	p := parser{Walker: yamlwalk.Walker{File: path}, keys: map[string]key{}}
	s := p.sweep(text)
	if err := p.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// A parser goes on after an error, so that all are found at once.
type parser struct {
	yamlwalk.Walker
	keys map[string]key // parameters that are set or varied
}

// A key is where a parameter was first named.
type key struct {
	section string
	line    int
}

func (p *parser) sweep(text []byte) *Sweep {
	root := p.Document(text, "a mapping with pipeline and search or grid")
	if root == nil {
		return nil
	}
	base := filepath.Base(p.File)
	s := &Sweep{
		Name: strings.TrimSuffix(base, filepath.Ext(base)), File: p.File, Text: text,
		Replicates: Replicates{Min: 1}, Search: Search{Method: "grid", Seed: 1, Ahead: 2},
	}
	f := p.Fields(root, "a sweep",
		"name", "pipeline", "question", "set", "baseline", "replicates", "search", "grid", "objective", "prune")
	if n := f["name"]; n != nil {
		if name, ok := p.Text(n, "name"); ok {
			if s.Name = name; !validName.MatchString(name) {
				p.Fail(n, "name %q: want letters, digits, dots, - and _, since it becomes part of file names", name)
			}
		}
	}
	if n := f["pipeline"]; n != nil {
		s.Pipeline, _ = p.Text(n, "pipeline")
		s.Pipeline = s.resolve(s.Pipeline)
	} else {
		p.Fail(root, `it has no pipeline: say which with "pipeline: PATH", relative to this file`)
	}
	if n := f["question"]; n != nil {
		s.Question, _ = p.Text(n, "question")
	}
	if n := f["set"]; n != nil {
		s.Set = p.settings(n, "set", true)
	}
	if f["search"] != nil && f["grid"] != nil {
		p.Fail(f["grid"], "give either search or grid, which is short for a search by grid")
	}
	if n := f["replicates"]; n != nil {
		p.replicates(n, s)
	}
	if n := f["grid"]; n != nil {
		p.grid(n, s)
	}
	if n := f["search"]; n != nil {
		p.search(n, s)
	}
	if n := f["baseline"]; n != nil {
		s.Baseline = p.settings(n, "baseline", false)
	}
	if n := f["objective"]; n != nil {
		p.objective(n, s)
	}
	if n := f["prune"]; n != nil {
		p.prune(n, s)
	}
	if len(p.Problems) == 0 {
		p.checkSpace(root, s)
	}
	return s
}

// settings reads a mapping of parameters to values. Those that are the same
// for all trials claim their keys.
func (p *parser) settings(n *yaml.Node, section string, claim bool) []Setting {
	var all []Setting
	p.Pairs(n, section, func(key, value *yaml.Node) {
		if p.named(key) && claim {
			p.claim(key, section)
		}
		all = append(all, p.value(key.Value, value))
	})
	return all
}

// named checks the name of a parameter.
func (p *parser) named(n *yaml.Node) bool {
	stage, param, dotted := strings.Cut(n.Value, ".")
	if n.Value != Seed && (!dotted || stage == "" || param == "" || strings.Contains(n.Value, "=")) {
		p.Fail(n, "%q: want the name of a parameter, such as train.epochs, or %s", n.Value, Seed)
		return false
	}
	return true
}

// claim reports a parameter that is both set and varied.
func (p *parser) claim(n *yaml.Node, section string) {
	if k := p.keys[n.Value]; k.line > 0 && k.section != section {
		p.Fail(n, "%s is both in %s and in %s, first on line %d", n.Value, k.section, section, k.line)
		return
	}
	p.keys[n.Value] = key{section, n.Line}
}

func (p *parser) objective(n *yaml.Node, s *Sweep) {
	f := p.Fields(n, "objective", "metric", "goal")
	if m := f["metric"]; m == nil {
		p.Fail(n, "objective: it has no metric: name one as STAGE.METRIC")
	} else if name, ok := p.Text(m, "objective: metric"); ok {
		if s.Objective.Metric = name; !strings.Contains(name, ".") {
			p.Fail(m, "objective: metric %q: want STAGE.METRIC, such as evaluate.eer", name)
		}
	}
	if g := f["goal"]; g == nil {
		p.Fail(n, "objective: it has no goal: want minimize or maximize")
	} else if goal, ok := p.oneOf(g, "objective: goal", string(stage.Minimize), string(stage.Maximize)); ok {
		s.Objective.Goal = stage.Goal(goal)
	}
}

func (p *parser) prune(n *yaml.Node, s *Sweep) {
	f := p.Fields(n, "prune", "method", "resource", "min", "max", "eta")
	r := &Prune{Method: "asha", Min: 1, Eta: 3}
	s.Prune = r
	if m := f["method"]; m != nil {
		p.oneOf(m, "prune: method", "asha")
	}
	if k := f["resource"]; k == nil {
		p.Fail(n, "prune: it has no resource: name the parameter that says how long a trial goes on, such as train.epochs")
	} else if name, ok := p.Text(k, "prune: resource"); ok && p.named(k) {
		r.Resource, r.at = name, p.At(k)
		if at := p.keys[name]; name == Seed {
			p.Fail(k, "prune: the seed is not a resource")
		} else if at.line > 0 && at.section != "set" {
			p.Fail(k, "prune: the resource %s is varied in %s, on line %d", name, at.section, at.line)
		}
	}
	p.integer(f["min"], "prune: min", 1, &r.Min)
	p.integer(f["eta"], "prune: eta", 2, &r.Eta)
	if f["max"] == nil {
		p.Fail(n, "prune: it has no max: the resource of a trial that runs in full")
	} else if p.integer(f["max"], "prune: max", 1, &r.Max) && r.Max < r.Min {
		p.Fail(f["max"], "prune: max %d is below min %d", r.Max, r.Min)
	}
}
