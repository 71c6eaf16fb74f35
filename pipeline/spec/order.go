package spec

import (
	"slices"
	"strings"
)

// sort returns the nodes in the order in which data flows: of those whose
// inputs have come, the one that is first in the file. The data source comes
// before all, and only if it is used.
func (p *parser) sort() []*Node {
	waits := map[*Node]int{}
	then := map[*Node][]*Node{}
	for _, n := range p.order {
		for _, in := range n.Inputs {
			if in.From != nil {
				waits[n]++
				then[in.From] = append(then[in.From], n)
			}
		}
	}
	var ready, sorted []*Node
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
		p.FailAt(cycle[0].pos, "stage %q depends on itself: %s", cycle[0].Name, path(cycle))
		for _, n := range cycle { // as if that were mended, to find the next
			waits[n] = 0
		}
		ready = cycle
	}
}

// cyclic returns the first node in the file that waits for ever.
func (p *parser) cyclic(waits map[*Node]int) *Node {
	for _, n := range p.order {
		if waits[n] > 0 {
			return n
		}
	}
	return nil
}

// cycle returns a cycle that n is in or waits for, in the direction in which
// data flows, beginning with the one that comes first in the file.
func (p *parser) cycle(n *Node, waits map[*Node]int) []*Node {
	var back []*Node // from n to what it waits for, and so on
	for !slices.Contains(back, n) {
		back = append(back, n)
		for _, in := range n.Inputs {
			if in.From != nil && waits[in.From] > 0 {
				n = in.From
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

func path(cycle []*Node) string {
	var b strings.Builder
	for _, n := range cycle {
		b.WriteString(n.Name + " -> ")
	}
	return b.String() + cycle[0].Name
}
