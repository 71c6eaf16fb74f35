package spec

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A GraphFormat is a way to draw a pipeline.
type GraphFormat string

// The formats that [Pipeline.WriteGraph] knows.
const (
	GraphText    GraphFormat = "text"
	GraphMermaid GraphFormat = "mermaid"
	GraphDOT     GraphFormat = "dot"
)

// GraphFormats lists the formats.
var GraphFormats = []GraphFormat{GraphText, GraphMermaid, GraphDOT}

// WriteGraph draws the stages in the order in which data flows, and what flows
// between them.
func (p *Pipeline) WriteGraph(w io.Writer, f GraphFormat) error {
	var b strings.Builder
	switch f {
	case GraphText:
		p.text(&b)
	case GraphMermaid:
		p.mermaid(&b)
	case GraphDOT:
		p.dot(&b)
	default:
		return fmt.Errorf("graph format %q: want text, mermaid or dot", f)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// text writes a stage a paragraph: its name and kind, then each stage or path
// that it reads from with what it reads.
func (p *Pipeline) text(b *strings.Builder) {
	for _, n := range p.nodes {
		fmt.Fprintf(b, "%s", n.Name)
		if n.Kind.Name != n.Name {
			fmt.Fprintf(b, " (%s)", n.Kind.Name)
		}
		b.WriteString("\n")
		for _, e := range n.edges() {
			fmt.Fprintf(b, "  <- %s", e.from)
			if len(e.outputs) > 0 {
				fmt.Fprintf(b, ": %s", strings.Join(e.outputs, " "))
			}
			b.WriteString("\n")
		}
	}
}

func (p *Pipeline) mermaid(b *strings.Builder) {
	b.WriteString("flowchart TD\n")
	for _, path := range p.paths() {
		fmt.Fprintf(b, "  %s[/\"%s\"/]\n", id(path), escapeMermaid(path))
	}
	for _, n := range p.nodes {
		fmt.Fprintf(b, "  %s[\"%s\"]\n", id(n.Name), escapeMermaid(n.label("<br/>")))
	}
	for _, n := range p.nodes {
		for _, e := range n.edges() {
			if len(e.outputs) == 0 {
				fmt.Fprintf(b, "  %s --> %s\n", id(e.from), id(n.Name))
				continue
			}
			fmt.Fprintf(b, "  %s -->|%s| %s\n", id(e.from), strings.Join(e.outputs, "<br/>"), id(n.Name))
		}
	}
}

func (p *Pipeline) dot(b *strings.Builder) {
	b.WriteString("digraph pipeline {\n  rankdir=TB;\n  node [shape=box];\n")
	for _, path := range p.paths() {
		fmt.Fprintf(b, "  %q [shape=folder];\n", path)
	}
	for _, n := range p.nodes {
		fmt.Fprintf(b, "  %q [label=%q];\n", n.Name, n.label("\n"))
	}
	for _, n := range p.nodes {
		for _, e := range n.edges() {
			fmt.Fprintf(b, "  %q -> %q", e.from, n.Name)
			if len(e.outputs) > 0 {
				fmt.Fprintf(b, " [label=%q]", strings.Join(e.outputs, "\n"))
			}
			b.WriteString(";\n")
		}
	}
	b.WriteString("}\n")
}

func (n *Node) label(sep string) string {
	if n.Kind.Name == n.Name {
		return n.Name
	}
	return n.Name + sep + n.Kind.Name
}

// An edge is all that flows from one stage, or path, to another.
type edge struct {
	from    string
	outputs []string // none for a path or the data
}

func (n *Node) edges() []edge {
	var es []edge
	for _, in := range n.Inputs {
		from, output := in.Path, ""
		switch {
		case in.From != nil:
			from, output = in.From.Name, in.Output
		default:
			from = in.Ref
		}
		i := slices.IndexFunc(es, func(e edge) bool { return e.from == from })
		if i < 0 {
			i = len(es)
			es = append(es, edge{from: from})
		}
		if output != "" && !slices.Contains(es[i].outputs, output) {
			es[i].outputs = append(es[i].outputs, output)
		}
	}
	for _, e := range es {
		slices.Sort(e.outputs)
	}
	slices.SortFunc(es, func(a, b edge) int { return strings.Compare(a.from, b.from) })
	return es
}

// paths lists the refs that are paths, sorted.
func (p *Pipeline) paths() []string {
	var paths []string
	for _, n := range p.nodes {
		for _, in := range n.Inputs {
			if in.From == nil && !slices.Contains(paths, in.Ref) {
				paths = append(paths, in.Ref)
			}
		}
	}
	slices.Sort(paths)
	return paths
}

// id makes an identifier of a name for Mermaid, which has reserved words.
func id(name string) string {
	var b strings.Builder
	b.WriteString("s_")
	for _, c := range []byte(name) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	return b.String()
}

func escapeMermaid(s string) string {
	return strings.NewReplacer(`"`, "#quot;").Replace(s)
}
