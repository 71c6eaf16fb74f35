package sweep

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// value reads what a parameter is set to: a scalar, or a list of them.
func (p *parser) value(key, n *yaml.Node) Setting {
	s := Setting{Key: key.Value, line: n.Line, column: n.Column}
	n = deref(n)
	if n.Kind != yaml.SequenceNode {
		s.Value, s.text = p.scalar(key, n)
		return s
	}
	values := make([]any, len(n.Content))
	texts := make([]string, len(n.Content))
	for i, e := range n.Content {
		values[i], texts[i] = p.scalar(key, deref(e))
	}
	s.Value, s.text = values, "["+strings.Join(texts, ", ")+"]"
	return s
}

// scalar returns a scalar's value, and its text as YAML on one line that has
// the same value and type.
func (p *parser) scalar(key, n *yaml.Node) (value any, text string) {
	if n.Kind != yaml.ScalarNode {
		p.fail(n, "%s: want a value, or a list of values, not %s", key.Value, describe(n))
		return nil, ""
	}
	switch tag := n.ShortTag(); tag {
	case "!!str":
		var b bytes.Buffer
		e := json.NewEncoder(&b) // a JSON string is a YAML string
		e.SetEscapeHTML(false)
		if err := e.Encode(n.Value); err != nil {
			p.fail(n, "%s: %v", key.Value, err)
		}
		return n.Value, strings.TrimSpace(b.String())
	case "!!bool", "!!int", "!!float", "!!null":
		if err := n.Decode(&value); err != nil {
			p.fail(n, "%s: %q is no value of type %s", key.Value, n.Value, strings.TrimPrefix(tag, "!!"))
		}
		return value, n.Value
	default:
		p.fail(n, "%s: want a bool, a number or a string, not a %s; put it in quotes if it is a string",
			key.Value, strings.TrimLeft(tag, "!"))
		return nil, ""
	}
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

func deref(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// describe says what a node is, for messages.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode && len(n.Content) == 0:
		return "an empty list"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return "nothing"
	}
	return fmt.Sprintf("%q", n.Value)
}
