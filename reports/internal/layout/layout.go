// Package layout places the nodes of a directed acyclic graph for drawing:
// in columns from left to right along the edges, with few crossings.
//
// Source: Sugiyama, Tagawa, Toda: Methods for visual understanding of
// hierarchical system structures, IEEE Trans. SMC 11(2), 1981, with the
// barycentre heuristic for the order within a column.
package layout

import (
	"slices"
	"sort"
)

// An Edge leads from one node to another, both given by index.
type Edge struct{ From, To int }

// A Point is a position in units of columns and rows; Row may be fractional.
type Point struct{ Column, Row float64 }

// A Drawing is where everything goes.
type Drawing struct {
	Columns int
	Rows    float64 // height: the Row of every node is in [0, Rows-1]
	Nodes   []Point
	Edges   [][]Point // for each edge the points it passes, ends included
}

const (
	sweeps   = 8   // of the barycentre heuristic; it settles in fewer
	bendRoom = 0.5 // rows that an edge takes up where it passes nodes by; sums of it are exact
)

// Place lays out n nodes. The edges must have no cycle. Nodes in the same
// column stand in the order of their indices unless edges pull them apart, so
// that the drawing is always the same.
func Place(n int, edges []Edge) Drawing {
	column := columns(n, edges)
	g := newGrid(n, column, edges)
	g.order()
	return g.drawing(n, len(edges))
}

// columns gives each node the length of the longest path to it.
func columns(n int, edges []Edge) []int {
	column := make([]int, n)
	for range n { // at most n passes without a cycle
		changed := false
		for _, e := range edges {
			if column[e.To] <= column[e.From] {
				column[e.To], changed = column[e.From]+1, true
			}
		}
		if !changed {
			break
		}
	}
	return column
}

// A grid has in each column the nodes and, where an edge passes through, a
// bend: an item with no node of its own.
type grid struct {
	nodes   int
	columns [][]int // item numbers, in order from the top
	paths   [][]int // for each edge, the items it passes
	before  [][]int // for each item, those it is joined to in the column before
	after   [][]int
	row     []float64
}

func newGrid(n int, column []int, edges []Edge) *grid {
	g := &grid{nodes: n, columns: make([][]int, slices.Max(append(slices.Clone(column), 0))+1)}
	for i := range n {
		g.columns[column[i]] = append(g.columns[column[i]], i)
	}
	items := n
	for _, e := range edges {
		path := []int{e.From}
		for c := column[e.From] + 1; c < column[e.To]; c++ {
			g.columns[c] = append(g.columns[c], items)
			path = append(path, items)
			items++
		}
		g.paths = append(g.paths, append(path, e.To))
	}
	g.before, g.after, g.row = make([][]int, items), make([][]int, items), make([]float64, items)
	for _, p := range g.paths {
		for i := 1; i < len(p); i++ {
			g.after[p[i-1]] = append(g.after[p[i-1]], p[i])
			g.before[p[i]] = append(g.before[p[i]], p[i-1])
		}
	}
	for _, c := range g.columns {
		g.number(c)
	}
	return g
}

// number sets the rows of a column, centred on row 0.
func (g *grid) number(column []int) {
	at := -g.height(column) / 2
	for _, item := range column {
		g.row[item] = at + g.room(item)/2
		at += g.room(item)
	}
}

// room is the height that an item takes up.
func (g *grid) room(item int) float64 {
	if item < g.nodes {
		return 1
	}
	return bendRoom
}

func (g *grid) height(column []int) float64 {
	sum := 0.0
	for _, item := range column {
		sum += g.room(item)
	}
	return sum
}

// order sorts every column by the mean row of what its items are joined to,
// forwards and backwards in turn.
func (g *grid) order() {
	for sweep := range sweeps {
		neighbours := g.before
		if sweep%2 == 1 {
			neighbours = g.after
		}
		for i := range g.columns {
			c := g.columns[i]
			if sweep%2 == 1 {
				c = g.columns[len(g.columns)-1-i]
			}
			mean := make(map[int]float64, len(c))
			for _, item := range c {
				mean[item] = g.row[item]
				if ns := neighbours[item]; len(ns) > 0 {
					sum := 0.0
					for _, o := range ns {
						sum += g.row[o]
					}
					mean[item] = sum / float64(len(ns))
				}
			}
			sort.SliceStable(c, func(a, b int) bool { return mean[c[a]] < mean[c[b]] })
			g.number(c)
		}
	}
}

func (g *grid) drawing(n, edges int) Drawing {
	d := Drawing{Columns: len(g.columns), Nodes: make([]Point, n), Edges: make([][]Point, edges)}
	for _, c := range g.columns {
		d.Rows = max(d.Rows, g.height(c), 1)
	}
	at := make([]Point, len(g.row))
	for c, items := range g.columns {
		for _, item := range items {
			at[item] = Point{float64(c), g.row[item] + (d.Rows-1)/2}
		}
	}
	copy(d.Nodes, at)
	for i, path := range g.paths {
		for _, item := range path {
			d.Edges[i] = append(d.Edges[i], at[item])
		}
	}
	return d
}
