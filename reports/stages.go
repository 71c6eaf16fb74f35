package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"whorl/experiments/compare"
	"whorl/pipeline/record"
	"whorl/reports/internal/layout"
)

// A diagram is the DAG of the trials that ran the same one.
type diagram struct {
	Trials        []*trial
	Width, Height float64 // pixels
	Nodes         []node
	Wires         []wire
}

type node struct {
	Name, Kind   string
	Label        string // as much of the name as there is room for
	Source       bool   // data rather than a stage
	X, Y         float64
	Counts       []tally // of statuses, in a fixed order
	Distinct     int     // different results
	Spent, Saved float64 // seconds over all trials
	Detail       string
}

// A tally is how many trials a stage had some status in; X and Width place
// its part of the bar across the node.
type tally struct {
	Status   string
	N        int
	X, Width float64
}

type wire struct {
	Path   string // of SVG
	Detail string
}

const (
	nodeWidth, nodeHeight = 116.0, 54.0
	columnGap, rowGap     = 40.0, 22.0
	margin                = 6.0
	nodeRunes             = 13 // of the widest letters but few
)

// diagrams returns the distinct DAGs of the trials.
func diagrams(trials []*trial) []*diagram {
	var all []*diagram
	byShape := map[string]*diagram{}
	for _, t := range trials {
		if len(t.Stages) == 0 {
			continue
		}
		key := shape(t)
		if byShape[key] == nil {
			byShape[key] = &diagram{}
			all = append(all, byShape[key])
		}
		byShape[key].Trials = append(byShape[key].Trials, t)
	}
	for _, d := range all {
		d.draw()
	}
	return all
}

func shape(t *trial) string {
	var b strings.Builder
	for _, s := range t.Stages {
		fmt.Fprintf(&b, "%s %s\n", s.Name, s.Kind)
		for _, in := range s.Inputs {
			fmt.Fprintf(&b, "\t%s %s\n", in.Name, in.Ref)
		}
	}
	return b.String()
}

func (d *diagram) draw() {
	stages := d.Trials[0].Stages
	index := map[string]int{}
	for i, s := range stages {
		index[s.Name] = i
		d.Nodes = append(d.Nodes, d.stageNode(s))
	}
	var edges []layout.Edge
	ports := map[layout.Edge][]string{}
	for i, s := range stages {
		for _, in := range s.Inputs {
			from, output, _ := strings.Cut(in.Ref, ".")
			at, ok := index[from]
			if !ok { // data or a path
				if at, ok = index["\x00"+in.Ref]; !ok {
					at = len(d.Nodes)
					index["\x00"+in.Ref] = at
					d.Nodes = append(d.Nodes, node{Name: sourceName(d.Trials[0], in.Ref), Source: true})
				}
				output = in.Ref
			}
			e := layout.Edge{From: at, To: i}
			if ports[e] == nil {
				edges = append(edges, e)
			}
			if !slices.Contains(ports[e], output) {
				ports[e] = append(ports[e], output)
			}
		}
	}
	placed := layout.Place(len(d.Nodes), edges)
	x := func(p layout.Point) float64 { return margin + p.Column*(nodeWidth+columnGap) }
	y := func(p layout.Point) float64 { return margin + p.Row*(nodeHeight+rowGap) + nodeHeight/2 }
	for i := range d.Nodes {
		d.Nodes[i].Label = ending(d.Nodes[i].Name, nodeRunes)
		d.Nodes[i].X, d.Nodes[i].Y = x(placed.Nodes[i]), y(placed.Nodes[i])-nodeHeight/2
	}
	for i, e := range edges {
		var b strings.Builder
		path := placed.Edges[i]
		fmt.Fprintf(&b, "M%g %g", x(path[0])+nodeWidth, y(path[0]))
		for k := 1; k < len(path); k++ {
			x0, y0, x1, y1 := x(path[k-1])+nodeWidth, y(path[k-1]), x(path[k]), y(path[k])
			half := (x1 - x0) / 2
			fmt.Fprintf(&b, "C%g %g %g %g %g %g", x0+half, y0, x1-half, y1, x1, y1)
			if k < len(path)-1 { // past the nodes of that column
				fmt.Fprintf(&b, "H%g", x1+nodeWidth)
			}
		}
		d.Wires = append(d.Wires, wire{b.String(), fmt.Sprintf("%s to %s: %s",
			d.Nodes[e.From].Name, d.Nodes[e.To].Name, strings.Join(ports[e], ", "))})
	}
	d.Width = 2*margin + float64(placed.Columns)*(nodeWidth+columnGap) - columnGap
	d.Height = 2*margin + placed.Rows*(nodeHeight+rowGap) - rowGap
}

// sourceName is how a source of data is called in the diagram: the end of its
// path.
func sourceName(t *trial, ref string) string {
	if ref == compare.Data && t.Data != "" {
		ref = t.Data
	}
	if i := strings.LastIndexByte(strings.TrimRight(ref, "/"), '/'); i >= 0 {
		ref = strings.TrimRight(ref, "/")[i+1:]
	}
	return ref
}

// stageNode sums a stage up over the diagram's trials.
func (d *diagram) stageNode(s record.Stage) node {
	n := node{Name: s.Name, Kind: s.Kind}
	counts, results := map[record.Status]int{}, map[string]bool{}
	total := 0
	for _, t := range d.Trials {
		for _, o := range t.Stages {
			if o.Name != s.Name {
				continue
			}
			counts[o.Status]++
			total++
			if o.Status == record.Ran || o.Status == record.Cached {
				results[o.Key] = true
			}
			n.Spent += o.Seconds
			n.Saved += saved(o)
		}
	}
	n.Distinct = len(results)
	var words []string
	at := 0.0
	for _, status := range record.Statuses {
		if c := counts[status]; c > 0 {
			width := nodeWidth * float64(c) / float64(total)
			n.Counts = append(n.Counts, tally{string(status), c, at, width})
			words = append(words, fmt.Sprintf("%s %d", status, c))
			at += width
		}
	}
	n.Detail = fmt.Sprintf("%s (kind %s): %s; %s; took %s", s.Name, s.Kind, strings.Join(words, ", "), count(n.Distinct, "distinct result"), seconds(n.Spent))
	if n.Saved > 0 {
		n.Detail += ", saved " + seconds(n.Saved)
	}
	return n
}

// saved is how much longer the stage would have taken without the cache.
func saved(s record.Stage) float64 {
	if s.Status != record.Cached {
		return 0
	}
	return math.Max(0, s.Cost-s.Seconds)
}

// Saved is what the cache saved the trial, in seconds.
func (t *trial) Saved() float64 {
	total := 0.0
	for _, s := range t.Stages {
		total += saved(s)
	}
	return total
}

// Took is how long the run took, if it has ended.
func (t *trial) Took() string {
	if t.State == record.Running {
		return "–"
	}
	return seconds(t.Seconds())
}

// stageNames returns the stages of all trials in the pipeline's order.
func stageNames(trials []*trial) []string {
	var names []string
	for _, t := range trials {
		for _, s := range t.Stages {
			if !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
		}
	}
	return names
}
