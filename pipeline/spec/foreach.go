package spec

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/gather"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/value"
)

// maxItems bounds the items of a stage, which a product of lists makes many.
const maxItems = 100_000

// readForeach reads a stage that is executed for each of its items: a node for
// each, with the item's parameters, and one of the stage's own name that gathers
// their outputs. It returns them all.
func (p *parser) readForeach(n *Node, b *body) []*Node {
	wrong := len(p.Problems)
	items := p.readItems(b.fields["foreach"], b.what+": foreach")
	labels := labelsOf(items)
	var nodes []*Node
	for i, item := range items {
		m := &Node{Name: n.Name + "[" + labels[i] + "]", Foreach: n.Name, pos: n.pos, item: item}
		own := *b
		own.item = item
		p.readKind(m, &own)
		if len(p.Problems) > wrong {
			return []*Node{n} // the other items have the same problems
		}
		p.nodes[m.Name] = m
		nodes = append(nodes, m)
	}
	if len(nodes) > 0 {
		p.readGather(n, nodes, labels, b)
	}
	return append(nodes, n)
}

// readGather turns a foreach stage into the node that gathers.
func (p *parser) readGather(n *Node, items []*Node, labels []string, b *body) {
	s := gather.Spec{}
	for _, port := range items[0].Kind.Outputs {
		if port.Name == gather.Items {
			p.FailAt(n.pos, "%s: an output of a foreach stage cannot be called %q, which lists the items: rename it", b.what, port.Name)
			return
		}
		s.Outputs = append(s.Outputs, port.Name)
	}
	list := make([]string, len(items))
	for i, m := range items {
		entry := fmt.Sprintf("%0*d-%s", max(4, len(fmt.Sprint(len(items)))), i+1, labels[i])
		text := itemJSON(m, entry)
		list[i] = "  " + text
		n.extra = append(n.extra, Line{"item " + entry, text})
		for _, port := range m.Kind.Outputs {
			file := path.Ext(m.outputFile(port.Name))
			n.Inputs = append(n.Inputs, &Input{
				Name: port.Name + "/" + entry + file, Ref: m.Name + "." + port.Name, Port: port,
				From: m, Output: port.Name, pos: n.pos,
			})
		}
	}
	slices.SortFunc(n.Inputs, func(a, b *Input) int { return strings.Compare(a.Name, b.Name) })
	s.Items = "[\n" + strings.Join(list, ",\n") + "\n]\n"
	n.Items, n.Kind, n.Value = len(items), s.Kind(), s
}

// itemJSON describes an item: the entry of its outputs and its parameters.
func itemJSON(n *Node, entry string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{\"entry\": %s, \"params\": {", value.JSON(entry))
	for i, s := range n.item {
		if i > 0 {
			b.WriteString(", ")
		}
		j := slices.IndexFunc(n.Params, func(v Param) bool { return v.Name == s.param })
		fmt.Fprintf(&b, "%s: %s", value.JSON(s.param), value.JSON(n.Params[j].Value))
	}
	b.WriteString("}}")
	return b.String()
}

// readItems reads the items of a stage: a list for each of some parameters, of
// which every combination is an item, or the rows of a file.
func (p *parser) readItems(node *yaml.Node, what string) [][]set {
	node = yamlwalk.Deref(node)
	if node.Kind == yaml.ScalarNode {
		if file, ok := p.Text(node, "%s", what); ok {
			return p.readRows(node, what, file)
		}
		return nil
	}
	items := [][]set{nil}
	p.Pairs(node, what, func(key, list *yaml.Node) {
		if !validName(key.Value) {
			p.Fail(key, "%s: parameter %q: %s", what, key.Value, aName)
			return
		}
		values, ok := p.List(list, "%s: %s", what, key.Value)
		if !ok {
			return
		}
		if len(values)*len(items) > maxItems {
			p.Fail(node, "%s: more than %d items", what, maxItems)
			items = nil
			return
		}
		var product [][]set
		for _, item := range items {
			for _, v := range values {
				product = append(product, append(slices.Clone(item), set{param: key.Value, value: v, pos: p.At(v)}))
			}
		}
		items = product
	})
	if len(items) == 0 || len(items[0]) == 0 {
		p.Fail(node, "%s: want at least one item, such as {subject: [1, 2]}, or a file of rows, such as ./subjects.csv", what)
		return nil
	}
	p.unique(items, what)
	return items
}

// unique checks that no two items are the same.
func (p *parser) unique(items [][]set, what string) {
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		key := ""
		for _, s := range item {
			v, _, err := freeValue(s.value)
			if err != nil {
				p.FailAt(s.pos, "%s: %s %v", what, s.param, err)
				continue
			}
			key += value.Text(v) + "\x00"
		}
		if seen[key] {
			p.FailAt(item[len(item)-1].pos, "%s: the item %s is given twice", what, describeItem(item))
		}
		seen[key] = true
	}
}

func describeItem(item []set) string {
	words := make([]string, len(item))
	for i, s := range item {
		words[i] = s.param + "=" + s.value.Value
	}
	return strings.Join(words, " ")
}

var notInLabel = regexp.MustCompile(`[^A-Za-z0-9_+-]+`)

// labelsOf names the items by their values, or by their numbers where these
// would not be different and short.
func labelsOf(items [][]set) []string {
	labels := make([]string, len(items))
	seen := make(map[string]bool, len(items))
	for i, item := range items {
		words := make([]string, len(item))
		for j, s := range item {
			words[j] = notInLabel.ReplaceAllString(s.value.Value, "_")
		}
		labels[i] = strings.Join(words, ",")
		if strings.Trim(labels[i], "_,") == "" || len(labels[i]) > 40 || seen[labels[i]] {
			for i := range labels {
				labels[i] = fmt.Sprint(i + 1)
			}
			return labels
		}
		seen[labels[i]] = true
	}
	return labels
}

var itemParam = regexp.MustCompile(`\{params\.([A-Za-z0-9_-]+)\}`)

// ref returns a reference with the parameters of the item in their places.
func (p *parser) ref(n *Node, node *yaml.Node, what, ref string) string {
	if n.item == nil || !isPath(ref) {
		return ref
	}
	return itemParam.ReplaceAllStringFunc(ref, func(s string) string {
		name := itemParam.FindStringSubmatch(s)[1]
		for _, v := range n.Params {
			if v.Name != name {
				continue
			}
			if text, ok := v.Value.(string); ok {
				return text
			}
			return v.Text
		}
		p.Fail(node, "%s: %s names nothing", what, s)
		return s
	})
}

// isGather reports whether the node gathers the items of a foreach stage.
func (n *Node) isGather() bool { return n.Items > 0 }
