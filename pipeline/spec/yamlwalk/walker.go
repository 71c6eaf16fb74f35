package yamlwalk

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A Walker reads the nodes of one file. It continues after a problem, so that all
// are found at once.
type Walker struct {
	File string
	Problems
}

// At returns the position of a node.
func (w *Walker) At(n *yaml.Node) Position {
	return Position{w.File, max(1, n.Line), max(1, n.Column)}
}

// Fail reports a problem at a node.
func (w *Walker) Fail(n *yaml.Node, format string, args ...any) {
	w.Add(w.At(n), format, args...)
}

// FailAt reports a problem at a position.
func (w *Walker) FailAt(at Position, format string, args ...any) {
	w.Add(at, format, args...)
}

// Pairs calls f for each entry of a mapping whose key is a string that has not
// been seen, and reports the others. A null is an empty mapping. The argument
// what names the mapping in messages.
func (w *Walker) Pairs(n *yaml.Node, what string, f func(key, value *yaml.Node)) {
	if n = Deref(n); IsNull(n) {
		return // all of it may be commented out
	}
	if n.Kind != yaml.MappingNode {
		w.Fail(n, "%s: want a mapping, not %s", what, Describe(n))
		return
	}
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			w.Fail(key, "%s: want a name as key, not %s", what, Describe(key))
		case key.ShortTag() == "!!merge":
			w.Fail(key, "%s: merge keys are not supported", what)
		case seen[key.Value] > 0:
			w.Fail(key, "%s: %q is given twice, first on line %d", what, key.Value, seen[key.Value])
		default:
			seen[key.Value] = key.Line
			f(key, value)
		}
	}
}

// Fields returns the values of a mapping by their keys, which must be known.
func (w *Walker) Fields(n *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	fields := map[string]*yaml.Node{}
	w.Pairs(n, what, func(key, value *yaml.Node) {
		if !slices.Contains(known, key.Value) {
			w.Fail(key, "%s: unknown field %q%s", what, key.Value, Suggest(key.Value, known))
			return
		}
		fields[key.Value] = value
	})
	return fields
}

// List returns the elements of a list, with aliases resolved. The arguments
// name the list in messages.
func (w *Walker) List(n *yaml.Node, what string, args ...any) ([]*yaml.Node, bool) {
	if n = Deref(n); n.Kind != yaml.SequenceNode {
		w.Fail(n, "%s: want a list, not %s", fmt.Sprintf(what, args...), Describe(n))
		return nil, false
	}
	list := make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		list[i] = Deref(c)
	}
	return list, true
}

// Text returns the value of a string that is not empty. The arguments name it in
// messages.
func (w *Walker) Text(n *yaml.Node, what string, args ...any) (string, bool) {
	switch n = Deref(n); {
	case n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || n.Value == "":
		w.Fail(n, "%s: want a string, not %s", fmt.Sprintf(what, args...), Describe(n))
	case strings.Contains(n.Value, "\x00"):
		w.Fail(n, "%s: want a string without NUL", fmt.Sprintf(what, args...))
	default:
		return n.Value, true
	}
	return "", false
}

// Deref returns the node that an alias stands for, and any other node as it is.
func Deref(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// IsNull reports whether a node is null or empty.
func IsNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// Describe says what a node is, for messages.
func Describe(n *yaml.Node) string {
	n = Deref(n)
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode && len(n.Content) == 0:
		return "an empty list"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case IsNull(n):
		return "nothing"
	case n.ShortTag() == "!!str":
		return fmt.Sprintf("%q", n.Value)
	}
	return n.Value
}
