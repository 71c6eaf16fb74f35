package spec

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/spec/yamlwalk"
)

// A set is a parameter that is given from outside of the file.
type set struct {
	param string
	value *yaml.Node
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

// take returns what is set of a stage.
func (p *parser) take(stage string) []set {
	sets := p.sets[stage]
	delete(p.sets, stage)
	return sets
}

// checkSets complains of settings whose stage there is not.
func (p *parser) checkSets() {
	for _, stage := range sortedKeys(p.sets) {
		if p.nodes[stage] != nil {
			continue // its kind is unknown, which has been said
		}
		for _, s := range p.sets[stage] {
			if stage == dataNode {
				p.FailAt(s.pos, "the data is %s, which has no parameters", p.describeData())
				continue
			}
			p.FailAt(s.pos, "there is no stage %q%s", stage, yamlwalk.Suggest(stage, p.stageNames()))
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
		p.Fail(where, "data: there is no data source %q%s; a path begins with ./", p.data, yamlwalk.Nearest(p.data, sortedKeys(p.reg.data)))
	}
	if p.path != "" && dataParams != nil {
		p.Fail(dataParams, "data: the path %s has no parameters", p.data)
	}
	return dataParams
}

// addData makes the stage of the data source.
func (p *parser) addData(body *yaml.Node) {
	k := p.reg.data[p.source]
	n := &Node{Name: dataNode, Kind: k.Kind, pos: yamlwalk.Position{File: p.File}, index: -1}
	p.readParams(n, k, body, fmt.Sprintf("data source %q", p.source))
	p.nodes[dataNode] = n
}
