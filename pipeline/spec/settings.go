package spec

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/spec/yamlwalk"
)

// A set is a parameter that is given by --set or by an item of a foreach stage.
type set struct {
	param string
	value *yaml.Node
	text  string // of a field of a file of rows
	pos   yamlwalk.Position
}

// readSettings sorts Settings.Set by stage.
func (p *parser) readSettings() {
	p.sets = map[string][]set{}
	for _, s := range p.settings.Set {
		pos := yamlwalk.Position{File: "--set " + s}
		name, text, ok := strings.Cut(s, "=")
		stage, param, dotted := strings.Cut(name, ".")
		if ok && name == "seed" {
			seed, err := strconv.ParseUint(text, 0, 64)
			if err != nil {
				p.FailAt(pos, "want an integer from 0 to 2^64-1, not %q", text)
			}
			p.settings.Seed = &seed
			continue
		}
		if ok && !dotted && name != "" {
			p.loose = append(p.loose, loose{name, text, pos})
			continue
		}
		if !ok || !dotted || stage == "" || param == "" {
			p.FailAt(pos, "want stage.param=value")
			continue
		}
		var doc yaml.Node
		value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
		if strings.TrimSpace(text) != "" {
			if err := yaml.Load([]byte(text), &doc); err != nil {
				p.FailAt(pos, "the value is no YAML: %v", err)
				continue
			}
			if value = &doc; doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
				value = doc.Content[0]
			}
		}
		p.sets[stage] = append(p.sets[stage], set{param: param, value: value, pos: pos})
	}
}

// A loose setting names no stage.
type loose struct {
	param, text string
	pos         yamlwalk.Position
}

// failLoose reports settings without a stage, and suggests those that have such
// a parameter.
func (p *parser) failLoose() {
	for _, l := range p.loose {
		var stages []string
		for _, n := range p.order {
			if n.Foreach == "" && slices.ContainsFunc(n.Params, func(v Param) bool { return v.Name == l.param }) {
				stages = append(stages, fmt.Sprintf("%s.%s=%s", n.Name, l.param, l.text))
			}
		}
		hint := ""
		if len(stages) > 0 {
			hint = fmt.Sprintf(" (did you mean %s?)", strings.Join(stages, " or "))
		}
		p.FailAt(l.pos, "want stage.param=value%s", hint)
	}
}

// take returns what is set of a stage.
func (p *parser) take(stage string) []set {
	sets := p.sets[stage]
	delete(p.sets, stage)
	return sets
}

// checkSets reports settings of stages that do not exist.
func (p *parser) checkSets() {
	p.failLoose()
	for _, stage := range sortedKeys(p.sets) {
		if p.nodes[stage] != nil {
			continue // its kind is unknown, which has been said
		}
		for _, s := range p.sets[stage] {
			if stage == dataNode {
				p.FailAt(s.pos, "the data is %s, which has no parameters", p.describeData())
				continue
			}
			p.FailAt(s.pos, "unknown stage %q%s", stage, yamlwalk.Suggest(stage, p.stageNames()))
		}
	}
}

func (p *parser) describeData() string {
	if p.path != "" {
		return "the path " + p.data
	}
	return "not given"
}

// readData finds out what the data is and returns the parameters that the file
// gives for it.
func (p *parser) readData(n *yaml.Node) (dataParams *yaml.Node) {
	var where *yaml.Node
	if n != nil {
		where = yamlwalk.Deref(n)
		if where.Kind == yaml.MappingNode {
			f := p.Fields(n, "data", "source", "params")
			dataParams = f["params"]
			if where = f["source"]; where == nil {
				p.Fail(n, "data: it has no source%s", yamlwalk.Suggest("", sortedKeys(p.reg.data)))
				return nil
			}
		}
		var ok bool
		if p.data, ok = p.Text(where, "data"); !ok {
			return nil
		}
	}
	if d := p.settings.Data; d != "" {
		if d != p.data {
			dataParams = nil // they are another source's
		}
		p.data = d
		if p.reg.data[d] != nil {
			p.source = d
			return dataParams
		}
		abs, err := filepath.Abs(d)
		if err != nil {
			p.FailAt(yamlwalk.Position{File: "--data " + d}, "%v", err)
		}
		p.path = abs
		return nil
	}
	switch {
	case n == nil:
	case p.reg.data[p.data] != nil:
		p.source = p.data
	case isPath(p.data):
		p.path = p.abs(p.data)
	default:
		p.Fail(where, "data: unknown data source %q%s; a path begins with ./", p.data, yamlwalk.Nearest(p.data, sortedKeys(p.reg.data)))
	}
	if p.path != "" && dataParams != nil {
		p.Fail(dataParams, "data: the path %s has no parameters", p.data)
	}
	return dataParams
}

// addData makes the stage of the data source.
func (p *parser) addData(node *yaml.Node) {
	k := p.reg.data[p.source]
	n := &Node{Name: dataNode, Kind: k.Kind, pos: yamlwalk.Position{File: p.File}, index: -1}
	p.readParams(n, k, &body{
		what: fmt.Sprintf("data source %q", p.source), sets: p.take(dataNode),
		fields: map[string]*yaml.Node{"params": node},
	})
	p.nodes[dataNode] = n
}
