package spec

import (
	"slices"
	"strconv"
	"strings"
)

// keyVersion changes when the recipe of a key does; it is the first line of
// every key's text.
const keyVersion = "whorl key 2"

// A Line is "name value" in the text that a key is the digest of.
type Line struct{ Name, Value string }

// KeyText returns all that a stage's result depends on:
//
//	whorl key 2
//	kind train
//	code DIGEST            of the listing of its code
//	variant avx512         where the kind has one
//	seed 1                 where the kind is random
//	param epochs 15        each, sorted, as package value writes it
//	input x_real f DIGEST  each, sorted, of its content: f a file, x one that may be executed, d a directory
//
// A command stage has lines for its cmd, outputs and environment too. The
// stage's name is not among them: two stages that do the same share a result.
//
// The contents are those of the inputs, "MODE DIGEST", in the order of n.Inputs.
// An empty one is left out.
func (n *Node) KeyText(id *Identity, contents []string) string {
	return n.text(keyVersion, id, contents, true)
}

// OwnText is the key's text without the inputs.
func (n *Node) OwnText(id *Identity) string {
	return n.text(keyVersion, id, nil, true)
}

// CheckpointText is the text of the key under which the stage's checkpoints are
// kept: its own without the parameters that only say how far to go.
func (n *Node) CheckpointText(id *Identity, contents []string) string {
	return n.text("whorl checkpoint 2", id, contents, false)
}

func (n *Node) text(version string, id *Identity, contents []string, progress bool) string {
	var b strings.Builder
	b.Grow(512)
	write := func(name, value string) {
		b.WriteString(name)
		b.WriteByte(' ')
		b.WriteString(value)
		b.WriteByte('\n')
	}
	b.WriteString(version + "\n")
	write("kind", n.Kind.Name)
	write("code", id.Digest)
	if n.Kind.Variant != nil {
		write("variant", strconv.Quote(n.Kind.Variant()))
	}
	if n.Kind.Random {
		write("seed", strconv.FormatUint(n.Seed, 10))
	}
	for _, l := range n.extra {
		write(l.Name, l.Value)
	}
	for _, l := range id.tools {
		write(l.Name, l.Value)
	}
	for _, v := range n.Params {
		if progress || !v.Progress {
			write("param "+v.Name, v.Text)
		}
	}
	for i, c := range contents {
		if c != "" {
			write("input "+n.Inputs[i].Name, c)
		}
	}
	return b.String()
}

// named lists the first words of lines that are followed by a name.
var named = []string{"param", "input", "env", "output", "file", "metrics", "item"}

// ReadKeyText splits a key's text into its lines.
func ReadKeyText(text string) []Line {
	var lines []Line
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		name, value, ok := strings.Cut(l, " ")
		if !ok {
			continue
		}
		if slices.Contains(named, name) {
			sub, rest, _ := strings.Cut(value, " ")
			name, value = name+" "+sub, rest
		}
		if q, err := strconv.QuotedPrefix(value); err == nil && name == "tool" {
			name, value = name+" "+q, strings.TrimPrefix(value[len(q):], " ")
		}
		lines = append(lines, Line{name, value})
	}
	return lines
}

// WithoutInputs turns the text of a key into its [Node.OwnText].
func WithoutInputs(text string) string {
	lines := slices.Collect(strings.Lines(text))
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "input ") }), "")
}
