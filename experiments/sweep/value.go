package sweep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/spec/yamlwalk"
	codec "whorl/pipeline/value"
)

// value reads what a parameter is set to: a scalar, or a list of them.
func (p *parser) value(key string, n *yaml.Node) Setting {
	s := Setting{Key: key, at: p.At(n)}
	n = yamlwalk.Deref(n)
	if n.Kind != yaml.SequenceNode {
		s.Value, s.text = p.scalar(key, n)
		return s
	}
	values := make([]any, len(n.Content))
	texts := make([]string, len(n.Content))
	for i, e := range n.Content {
		values[i], texts[i] = p.scalar(key, yamlwalk.Deref(e))
	}
	s.Value, s.text = values, "["+strings.Join(texts, ", ")+"]"
	return s
}

// points reads a list of different values of a parameter, at least one.
func (p *parser) points(key string, n *yaml.Node, what string) []Setting {
	n = yamlwalk.Deref(n)
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		p.Fail(n, "%s: want a list of values, not %s", what, yamlwalk.Describe(n))
		return nil
	}
	var points []Setting
	seen := map[string]bool{}
	for _, e := range n.Content {
		point := p.value(key, e)
		same := canonical(point.Value)
		if seen[same] { // two runs of one seed would count as replicates
			p.Fail(e, "%s: the value %s is given twice", what, point.text)
		}
		seen[same] = true
		points = append(points, point)
	}
	return points
}

// scalar returns a scalar's value, and its text as YAML on one line that has
// the same value and type.
func (p *parser) scalar(key string, n *yaml.Node) (value any, text string) {
	if n.Kind != yaml.ScalarNode {
		p.Fail(n, "%s: want a value, or a list of values, not %s", key, yamlwalk.Describe(n))
		return nil, ""
	}
	switch tag := n.ShortTag(); tag {
	case "!!str":
		return n.Value, codec.Text(n.Value) // a JSON string is a YAML string
	case "!!bool", "!!int", "!!float", "!!null":
		if err := n.Decode(&value); err != nil {
			p.Fail(n, "%s: %q is not a value of type %s", key, n.Value, strings.TrimPrefix(tag, "!!"))
		}
		return value, n.Value
	default:
		p.Fail(n, "%s: want a bool, a number or a string, not a %s; put it in quotes if it is a string",
			key, strings.TrimLeft(tag, "!"))
		return nil, ""
	}
}

// integer reads an integer that is at least least. Of no node it keeps what
// there is.
func (p *parser) integer(n *yaml.Node, what string, least int, to *int) bool {
	if n == nil {
		return false
	}
	v := yamlwalk.Deref(n)
	var i int
	if v.Kind != yaml.ScalarNode || v.ShortTag() != "!!int" || v.Decode(&i) != nil || i < least {
		p.Fail(n, "%s: want an integer from %d, not %s", what, least, yamlwalk.Describe(n))
		return false
	}
	*to = i
	return true
}

// number reads a number and reports whether it is written as an integer.
func (p *parser) number(n *yaml.Node, what string, to *float64) (integer bool) {
	v := yamlwalk.Deref(n)
	tag := v.ShortTag()
	if v.Kind != yaml.ScalarNode || tag != "!!int" && tag != "!!float" || v.Decode(to) != nil {
		p.Fail(n, "%s: want a number, not %s", what, yamlwalk.Describe(n))
	}
	return tag == "!!int"
}

// oneOf reads one of some words.
func (p *parser) oneOf(n *yaml.Node, what string, words ...string) (string, bool) {
	word, ok := p.Text(n, "%s", what)
	if ok && !slices.Contains(words, word) {
		p.Fail(n, "%s: unknown value %q%s", what, word, yamlwalk.Suggest(word, words))
		return "", false
	}
	return word, ok
}

// canonical returns the same text for values that mean the same to whatever
// takes them both: 1, 0x1 and 1.0.
func canonical(value any) string {
	switch v := value.(type) {
	case string:
		return strconv.Quote(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = canonical(v[i])
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	return fmt.Sprint(value)
}

// canonicalSettings returns the same text for settings that mean the same, in
// any order.
func canonicalSettings(settings []Setting) string {
	lines := make([]string, len(settings))
	for i, s := range settings {
		lines[i] = s.Key + " " + canonical(s.Value) + "\n"
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}
