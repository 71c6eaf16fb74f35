package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"whorl/pipeline/stage"
)

// resolve finds what a wire's ref names.
func (p *parser) resolve(n *node, w *wire) {
	fail := func(format string, args ...any) {
		p.errs.add(w.pos, "stage %q: input %q: %s", n.name, w.name, fmt.Sprintf(format, args...))
	}
	if isPath(w.ref) {
		w.path = p.abs(w.ref)
		return
	}
	if w.ref == dataNode {
		switch {
		case p.path != "":
			w.path = p.path
			if p.settings.Data != "" {
				w.pos = position{file: "--data " + p.settings.Data}
			}
		case p.nodes[dataNode] != nil:
			w.from = p.nodes[dataNode]
			w.output = w.from.kind.Outputs[0].Name
			p.fits(n, w, w.from.kind.Outputs[0], fail)
		case p.data == "":
			fail("there is no data: give --data, or \"data:\" in the file")
		}
		return
	}
	name, output, ok := strings.Cut(w.ref, ".")
	from := p.nodes[name]
	if !ok || from == nil {
		hint := ""
		if !ok {
			hint = fmt.Sprintf("; want \"stage.output\", %q or a path, which begins with ./", dataNode)
		} else if hint = nearest(name, p.stageNames()); hint == "" {
			hint = "; a path begins with ./"
		}
		fail("there is no stage %q%s", name, hint)
		return
	}
	if from.kind.Run == nil {
		return
	}
	i := slices.IndexFunc(from.kind.Outputs, func(port stage.Port) bool { return port.Name == output })
	if i < 0 {
		fail("stage %q has no output %q%s", name, output, Suggest(output, outputsOf(from.kind)))
		return
	}
	w.from, w.output = from, output
	p.fits(n, w, from.kind.Outputs[i], fail)
}

// fits checks that an output may be wired to an input.
func (p *parser) fits(n *node, w *wire, out stage.Port, fail func(string, ...any)) {
	switch {
	case n.kind.Name == commandKind: // it takes anything
	case out.Dir && !w.port.Dir:
		fail("it wants a file, and %s is a directory", w.ref)
	case !out.Dir && w.port.Dir:
		fail("it wants a directory, and %s is a file", w.ref)
	case out.Type != "" && w.port.Type != "" && out.Type != w.port.Type:
		fail("it wants %s, and %s is %s", w.port.Type, w.ref, out.Type)
	}
}

func (p *parser) stageNames() []string {
	names := make([]string, len(p.order))
	for i, n := range p.order {
		names[i] = n.name
	}
	return names
}

// sort returns the nodes in the order in which data flows: of those whose
// inputs have come, the one that is first in the file. The data source comes
// before all, and only if it is used.
func (p *parser) sort() []*node {
	waits := map[*node]int{}
	then := map[*node][]*node{}
	for _, n := range p.order {
		for _, w := range n.inputs {
			if w.from != nil {
				waits[n]++
				then[w.from] = append(then[w.from], n)
			}
		}
	}
	var ready, sorted []*node
	if d := p.nodes[dataNode]; d != nil && len(then[d]) > 0 {
		ready = append(ready, d)
	}
	for _, n := range p.order {
		if waits[n] == 0 {
			ready = append(ready, n)
		}
	}
	for {
		for len(ready) > 0 {
			i := 0
			for j := range ready {
				if ready[j].index < ready[i].index {
					i = j
				}
			}
			n := ready[i]
			ready = slices.Delete(ready, i, i+1)
			sorted = append(sorted, n)
			for _, m := range then[n] {
				if waits[m]--; waits[m] == 0 {
					ready = append(ready, m)
				}
			}
		}
		n := p.cyclic(waits)
		if n == nil {
			return sorted
		}
		cycle := p.cycle(n, waits)
		p.errs.add(cycle[0].pos, "stage %q depends on itself: %s", cycle[0].name, path(cycle))
		for _, n := range cycle { // as if that were mended, to find the next
			waits[n] = 0
		}
		ready = cycle
	}
}

// cyclic returns the first node in the file that waits for ever.
func (p *parser) cyclic(waits map[*node]int) *node {
	for _, n := range p.order {
		if waits[n] > 0 {
			return n
		}
	}
	return nil
}

// cycle returns a cycle that n is in or waits for, in the direction in which
// data flows, beginning with the one that comes first in the file.
func (p *parser) cycle(n *node, waits map[*node]int) []*node {
	var back []*node // from n to what it waits for, and so on
	for !slices.Contains(back, n) {
		back = append(back, n)
		for _, w := range n.inputs {
			if w.from != nil && waits[w.from] > 0 {
				n = w.from
				break
			}
		}
	}
	back = back[slices.Index(back, n):]
	slices.Reverse(back)
	first := 0
	for i := range back {
		if back[i].index < back[first].index {
			first = i
		}
	}
	return append(back[first:len(back):len(back)], back[:first]...)
}

func path(cycle []*node) string {
	var b strings.Builder
	for _, n := range cycle {
		b.WriteString(n.name + " -> ")
	}
	return b.String() + cycle[0].name
}
