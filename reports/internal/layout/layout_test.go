package layout

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestPlaceChainWithAShortcut(t *testing.T) {
	d := Place(3, []Edge{{0, 1}, {1, 2}, {0, 2}})
	if d.Columns != 3 {
		t.Fatalf("%d columns, want 3", d.Columns)
	}
	for i, p := range d.Nodes {
		if p.Column != float64(i) {
			t.Errorf("node %d in column %g", i, p.Column)
		}
	}
	if n := len(d.Edges[2]); n != 3 {
		t.Errorf("the shortcut passes %d points, want 3: it must bend around node 1", n)
	}
	if d.Edges[2][1] == d.Nodes[1] {
		t.Error("the shortcut runs through node 1")
	}
}

func TestPlaceUncrosses(t *testing.T) {
	// 0 -> 3 and 1 -> 2 cross unless column 1 is turned round.
	d := Place(4, []Edge{{0, 3}, {1, 2}})
	if (d.Nodes[0].Row < d.Nodes[1].Row) != (d.Nodes[3].Row < d.Nodes[2].Row) {
		t.Errorf("edges cross: %v", d.Nodes)
	}
}

func TestPlaceProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "nodes")
		var edges []Edge
		for to := 1; to < n; to++ {
			for _, from := range rapid.SliceOfNDistinct(rapid.IntRange(0, to-1), 0, 3, rapid.ID[int]).Draw(t, "from") {
				edges = append(edges, Edge{from, to})
			}
		}
		d := Place(n, edges)
		seen := map[Point]bool{}
		for _, p := range d.Nodes {
			if seen[p] {
				t.Fatalf("two nodes at %v", p)
			}
			seen[p] = true
			if p.Row < 0 || p.Row > d.Rows-1 || p.Column >= float64(d.Columns) {
				t.Fatalf("%v lies outside %d x %g", p, d.Columns, d.Rows)
			}
		}
		for i, e := range edges {
			path := d.Edges[i]
			if path[0] != d.Nodes[e.From] || path[len(path)-1] != d.Nodes[e.To] {
				t.Fatalf("edge %v runs %v", e, path)
			}
			for k := 1; k < len(path); k++ {
				if path[k].Column != path[k-1].Column+1 {
					t.Fatalf("edge %v skips a column: %v", e, path)
				}
			}
		}
		if again := Place(n, edges); !reflect.DeepEqual(d, again) {
			t.Fatal("two layouts of the same graph differ")
		}
	})
}
