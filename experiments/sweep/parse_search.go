package sweep

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"whorl/experiments/sweep/space"
	"whorl/pipeline/spec/yamlwalk"
)

// replicates reads a number, {seeds: [...]} or {until: decided, min, max}.
func (p *parser) replicates(n *yaml.Node, s *Sweep) {
	if k := p.keys[Seed]; k.line > 0 {
		p.Fail(n, "replicates: the seed is also in %s, on line %d", k.section, k.line)
	}
	p.keys[Seed] = key{"replicates", n.Line}
	if v := yamlwalk.Deref(n); v.Kind != yaml.MappingNode {
		count := 1
		if p.integer(n, "replicates", 1, &count) {
			s.Replicates = counted(count, count)
		}
		return
	}
	f := p.Fields(n, "replicates", "seeds", "until", "min", "max")
	switch {
	case f["seeds"] != nil && len(f) > 1:
		p.Fail(n, "replicates: give either seeds or until, min and max")
	case f["seeds"] != nil:
		s.Replicates = p.seeds(f["seeds"], "replicates: seeds")
	case f["until"] == nil:
		p.Fail(n, "replicates: want a number, {seeds: [1, 2, 3]} or {until: decided, min: 3, max: 12}")
	default:
		p.oneOf(f["until"], "replicates: until", "decided")
		least, most := 3, 0
		p.integer(f["min"], "replicates: min", 2, &least)
		if f["max"] == nil {
			p.Fail(n, "replicates: it has no max, the seeds at which to stop undecided")
		} else if p.integer(f["max"], "replicates: max", 2, &most) && most < least {
			p.Fail(f["max"], "replicates: max %d is below min %d", most, least)
			return
		}
		s.Replicates = counted(least, most)
	}
}

func counted(least, most int) Replicates {
	r := Replicates{Min: least, Seeds: make([]uint64, min(most, maxTrials+1))}
	for i := range r.Seeds {
		r.Seeds[i] = uint64(i + 1)
	}
	return r
}

// seeds reads a list of seeds.
func (p *parser) seeds(n *yaml.Node, what string) Replicates {
	var r Replicates
	for _, x := range p.points(Seed, n, what) {
		switch v := x.Value.(type) {
		case int:
			if v < 0 {
				p.FailAt(x.at, "%s: want an integer from 0 to 2^64-1, not %d", what, v)
			}
			r.Seeds = append(r.Seeds, uint64(v))
		case uint64:
			r.Seeds = append(r.Seeds, v)
		default:
			p.FailAt(x.at, "%s: want an integer from 0 to 2^64-1, not %s", what, x.text)
		}
	}
	r.Min = max(1, len(r.Seeds))
	return r
}

// grid reads the short form, in which the seed may be varied too.
func (p *parser) grid(n *yaml.Node, s *Sweep) {
	p.Pairs(n, "grid", func(key, value *yaml.Node) {
		if p.named(key) {
			p.claim(key, "grid")
		}
		if key.Value == Seed {
			s.Replicates = p.seeds(value, "grid: seed")
			return
		}
		s.Search.Space = append(s.Search.Space, Param{
			Key: key.Value, Categories: p.points(key.Value, value, "grid: "+key.Value), Points: 3, at: p.At(key),
		})
	})
}

var methods = []string{"grid", "list", "random", "halton", "tpe"}

func (p *parser) search(n *yaml.Node, s *Sweep) {
	f := p.Fields(n, "search", "method", "budget", "seed", "ahead", "space")
	if m := f["method"]; m != nil {
		s.Search.Method, _ = p.oneOf(m, "search: method", methods...)
	}
	method := s.Search.Method
	if f["seed"] != nil {
		seed := 1
		if p.integer(f["seed"], "search: seed", 0, &seed) {
			s.Search.Seed = uint64(seed)
		}
	}
	p.integer(f["ahead"], "search: ahead", 1, &s.Search.Ahead)
	draws := slices.Contains([]string{"random", "halton", "tpe"}, method)
	if f["budget"] != nil {
		if p.integer(f["budget"], "search: budget", 1, &s.Search.Budget) && s.Search.Budget > maxTrials {
			p.Fail(f["budget"], "search: budget: want at most %d", maxTrials)
		}
	} else if draws {
		p.Fail(n, "search: %s needs a budget: how many configurations to try", method)
	}
	switch sp := f["space"]; {
	case method == "list" && sp == nil:
		p.Fail(n, "search: the method list needs a space that is a list of configurations, such as [{train.lr: 0.001}]")
	case method == "list":
		p.list(sp, s)
	case sp != nil:
		p.Pairs(sp, "space", func(key, value *yaml.Node) { s.Search.Space = append(s.Search.Space, p.param(key, value)) })
	}
	if draws && len(s.Search.Space) == 0 {
		p.Fail(n, "search: %s needs a space: the parameters to vary", method)
	}
}

// list reads whole configurations.
func (p *parser) list(n *yaml.Node, s *Sweep) {
	nodes, _ := p.List(n, "search: the space of the method list")
	seen := map[string]bool{}
	for _, c := range nodes {
		before := len(p.Problems)
		x := p.settings(c, "space", true)
		for _, setting := range x {
			if setting.Key == Seed {
				p.FailAt(setting.at, "space: give seeds as replicates")
			}
		}
		if len(p.Problems) > before {
			continue
		}
		if same := canonicalSettings(x); seen[same] {
			p.Fail(c, "space: this configuration is given twice")
		} else {
			seen[same] = true
		}
		s.Search.List = append(s.Search.List, x)
	}
}

// param reads the values of a parameter: a list or a range.
func (p *parser) param(name, n *yaml.Node) Param {
	if p.named(name) {
		p.claim(name, "space")
	}
	what := "space: " + name.Value
	param := Param{Key: name.Value, at: p.At(name), Points: 3}
	if name.Value == Seed {
		p.Fail(name, "space: give seeds as replicates")
	}
	v := yamlwalk.Deref(n)
	if v.Kind != yaml.MappingNode {
		param.Categories = p.points(name.Value, n, what)
		return param
	}
	f := p.Fields(n, what, "values", "min", "max", "step", "scale", "points", "when")
	if w := f["when"]; w != nil {
		param.When = p.when(w, what)
	}
	if f["values"] != nil {
		for _, other := range []string{"min", "max", "step", "scale", "points"} {
			if f[other] != nil {
				p.Fail(f[other], "%s: give either values or a range", what)
			}
		}
		param.Categories = p.points(name.Value, f["values"], what)
		return param
	}
	param.Range = p.numbers(n, f, what)
	p.integer(f["points"], what+": points", 2, &param.Points)
	return param
}

// numbers reads a range. It is one of integers if min, max and step are.
func (p *parser) numbers(n *yaml.Node, f map[string]*yaml.Node, what string) *space.Param {
	r := &space.Param{Name: what, Integer: true}
	before := len(p.Problems)
	for _, b := range []struct {
		name string
		to   *float64
	}{{"min", &r.Min}, {"max", &r.Max}, {"step", &r.Step}} {
		if f[b.name] != nil {
			r.Integer = p.number(f[b.name], what+": "+b.name, b.to) && r.Integer
		} else if b.name != "step" {
			p.Fail(n, "%s: want a list of values, or a range with min and max", what)
			return r
		}
	}
	if f["scale"] != nil {
		scale, _ := p.oneOf(f["scale"], what+": scale", "linear", "log")
		r.Log = scale == "log"
	}
	if f["step"] != nil && r.Step == 0 && len(p.Problems) == before {
		p.Fail(f["step"], "%s: step must be positive", what)
	}
	if len(p.Problems) == before {
		if _, err := space.New([]space.Param{*r}); err != nil {
			p.Fail(n, "%s: %v", what, err)
		}
	}
	return r
}

// when reads conditions: parameters, each with a value or a list of them.
func (p *parser) when(n *yaml.Node, what string) (all []Condition) {
	p.Pairs(n, what+": when", func(key, value *yaml.Node) {
		if !p.named(key) {
			return
		}
		c := Condition{Key: key.Value, at: p.At(key)}
		if v := yamlwalk.Deref(value); v.Kind == yaml.SequenceNode {
			c.Values = p.points(key.Value, value, what+": when: "+key.Value)
		} else {
			c.Values = []Setting{p.value(key.Value, value)}
		}
		all = append(all, c)
	})
	return all
}
