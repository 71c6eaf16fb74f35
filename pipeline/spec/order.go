package spec

import (
	"container/heap"
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
	var ready byIndex
	var sorted []*Node
	if d := p.nodes[dataNode]; d != nil && len(then[d]) > 0 {
		ready = append(ready, d)
	}
	for _, n := range p.order {
		if waits[n] == 0 {
			ready = append(ready, n) // in order, so it is a heap
		}
	}
	for {
		for len(ready) > 0 {
			n := heap.Pop(&ready).(*Node)
			sorted = append(sorted, n)
			for _, m := range then[n] {
				if waits[m]--; waits[m] == 0 {
					heap.Push(&ready, m)
				}
			}
		}
		n := p.cyclic(waits)
		if n == nil {
			return sorted
		}
		cycle := p.cycle(n, waits)
		p.FailAt(cycle[0].pos, "stage %q depends on itself: %s", cycle[0].Name, arrows(cycle))
		for _, n := range cycle { // treat the cycle as removed, to find the next
			waits[n] = 0
		}
		for _, n := range cycle {
			heap.Push(&ready, n)
		}
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

// arrows writes a cycle as a -> b -> a.
func arrows(cycle []*Node) string {
	var b strings.Builder
	for _, n := range cycle {
		b.WriteString(n.Name + " -> ")
	}
	return b.String() + cycle[0].Name
}

// byIndex is a heap of nodes, the first in the file at the top.
type byIndex []*Node

func (h byIndex) Len() int           { return len(h) }
func (h byIndex) Less(i, j int) bool { return h[i].index < h[j].index }
func (h byIndex) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byIndex) Push(n any)        { *h = append(*h, n.(*Node)) }

func (h *byIndex) Pop() any {
	last := len(*h) - 1
	n := (*h)[last]
	*h = (*h)[:last]
	return n
}
