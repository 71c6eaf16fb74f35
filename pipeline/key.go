package pipeline

import (
	"slices"
	"strconv"
	"strings"

	"whorl/pipeline/internal/code"
	"whorl/pipeline/store"
)

// keyVersion changes when the recipe of a key does; it is the first line of
// every key's text.
const keyVersion = "whorl key 1"

// A line is "name value" in the text that a key is the digest of.
type line struct{ name, value string }

// keyText returns all that a stage's result depends on:
//
//	whorl key 1
//	kind train
//	code DIGEST            of the listing of its code
//	variant avx512         where the kind has one
//	seed 1                 where the kind is random
//	param epochs 15        each, sorted, in JSON
//	input x_real DIGEST    each, sorted, of its content
//
// A command stage has lines for its cmd, outputs and environment too. The
// stage's name is not among them: two stages that do the same share a result.
func (n *node) keyText(id *code.Identity, seed uint64, inputs []InputResult) string {
	var b strings.Builder
	b.Grow(512)
	n.writeOwn(&b, keyVersion, id, seed, true)
	writeInputs(&b, inputs)
	return b.String()
}

// ownText is the key's text without the inputs.
func (n *node) ownText(id *code.Identity, seed uint64) string {
	var b strings.Builder
	n.writeOwn(&b, keyVersion, id, seed, true)
	return b.String()
}

// checkpointKey is the key under which the stage's checkpoints are kept: its
// own without the parameters that only say how far to go.
func (n *node) checkpointKey(id *code.Identity, seed uint64, inputs []InputResult) string {
	var b strings.Builder
	n.writeOwn(&b, "whorl checkpoint 1", id, seed, false)
	writeInputs(&b, inputs)
	return store.KeyOf(b.String())
}

func writeInputs(b *strings.Builder, inputs []InputResult) {
	for _, in := range inputs {
		writeLine(b, "input "+in.Name, in.Digest)
	}
}

func writeLine(b *strings.Builder, name, value string) {
	b.WriteString(name)
	b.WriteByte(' ')
	b.WriteString(value)
	b.WriteByte('\n')
}

func (n *node) writeOwn(b *strings.Builder, version string, id *code.Identity, seed uint64, progress bool) {
	write := func(name, value string) { writeLine(b, name, value) }
	b.WriteString(version + "\n")
	write("kind", n.kind.Name)
	write("code", id.Digest)
	if n.kind.Variant != nil {
		write("variant", strconv.Quote(n.kind.Variant()))
	}
	if n.kind.Random {
		write("seed", strconv.FormatUint(seed, 10))
	}
	for _, l := range n.extra {
		write(l.name, l.value)
	}
	for _, v := range n.params {
		if progress || !v.Progress {
			write("param "+v.Name, v.Text)
		}
	}
}

// seed returns what the task is given.
func (n *node) seed(run uint64) uint64 {
	if n.kind.Random {
		return run
	}
	return 0
}

// identify finds the code of a node.
func (p *Pipeline) identify(n *node) (*code.Identity, error) {
	return p.reg.code.Of(n.kind.Code()...)
}

// readKeyText splits a key's text into its lines.
func readKeyText(text string) []line {
	var lines []line
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		name, value, ok := strings.Cut(l, " ")
		if !ok {
			continue
		}
		if name == "param" || name == "input" || name == "env" || name == "output" {
			sub, rest, _ := strings.Cut(value, " ")
			name, value = name+" "+sub, rest
		}
		lines = append(lines, line{name, value})
	}
	return lines
}

// withoutInputs is ownText of a key's whole text.
func withoutInputs(text string) string {
	lines := slices.Collect(strings.Lines(text))
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "input ") }), "")
}
