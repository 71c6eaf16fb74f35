package nn

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestAnyShape draws networks of any depth, width and size, and compares the
// kernels with the general loops in float64.
func TestAnyShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, w := rapid.IntRange(2, 20).Draw(t, "h"), rapid.IntRange(2, 20).Draw(t, "w")
		pairs := rapid.IntRange(1, 5).Draw(t, "pairs")
		abs := rapid.Bool().Draw(t, "abs")
		convs := func(label string) []Conv {
			return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Conv {
				return Conv{
					Filters: rapid.IntRange(1, 40).Draw(t, "filters"),
					Kernel:  rapid.SampledFrom([]int{3, 3, 3, 1, 5}).Draw(t, "kernel"),
					ReLU:    rapid.Bool().Draw(t, "relu"), Pool: rapid.Bool().Draw(t, "pool"),
				}
			}), 0, 2).Draw(t, label)
		}
		branch, head := convs("branch"), convs("head")
		units := rapid.SliceOfN(rapid.IntRange(1, 70), 0, 2).Draw(t, "units")
		x, d := build[float32](t, pairs, h, w, abs, branch, head, units), build[float64](t, pairs, h, w, abs, branch, head, units)
		if (x == nil) != (d == nil) {
			t.Fatal("only one of two equal networks can be built")
		}
		if x == nil {
			t.Skip("pooled away")
		}
		if err := x.Gradients(); err != nil {
			t.Fatal(err)
		}
		if err := d.Gradients(); err != nil {
			t.Fatal(err)
		}
		want := d.Logits(make([]float64, pairs))
		for i, z := range x.Logits(make([]float32, pairs)) {
			if diff := float64(z) - want[i]; diff > 1e-4 || diff < -1e-4 {
				t.Fatalf("logit %d is %v, want %v", i, z, want[i])
			}
		}
	})
}

func build[T Float](t *rapid.T, pairs, h, w int, abs bool, branch, head []Conv, units []int) *Machine[T] {
	g := NewGraph[T](pairs, h, w)
	x := g.Images()
	for i, c := range branch {
		x = g.Conv(fmt.Sprint("branch", i), x, c)
	}
	if len(branch) == 0 { // of raw pixels there is nothing to subtract a gradient from
		x = g.Dense("code", x, Dense{Units: 3, ReLU: true})
	}
	x = g.Merge("merge", x, abs)
	for i, c := range head {
		x = g.Conv(fmt.Sprint("head", i), x, c)
	}
	for i, n := range units {
		x = g.Dense(fmt.Sprint("dense", i), x, Dense{Units: n, ReLU: true})
	}
	g.Loss(g.Dense("out", x, Dense{Units: 1}))
	m, err := g.Training()
	if err != nil {
		if !strings.Contains(err.Error(), "pooling needs 2x2") {
			t.Fatal(err)
		}
		return nil
	}
	fill(m)
	return m
}

func TestBuildErrors(t *testing.T) {
	for want, f := range map[string]func(g *Graph[float32]){
		"neither a loss nor an output": func(g *Graph[float32]) { g.Images() },
		"merged already": func(g *Graph[float32]) {
			x := g.Merge("a", g.Dense("d", g.Images(), Dense{Units: 2}), false)
			g.Loss(g.Merge("b", x, false))
		},
		"does not follow": func(g *Graph[float32]) {
			x := g.Images()
			g.Dense("a", x, Dense{Units: 1})
			g.Loss(g.Dense("b", x, Dense{Units: 1}))
		},
		"a filter is odd": func(g *Graph[float32]) { g.Loss(g.Conv("c", g.Images(), Conv{Filters: 1, Kernel: 2})) },
		"more than the":   func(g *Graph[float32]) { g.Loss(g.Dense("c", g.Images(), Dense{Units: 1 << 40})) },
		"one number for each of 2 pairs, got 3": func(g *Graph[float32]) {
			g.Loss(g.Merge("m", g.Dense("c", g.Images(), Dense{Units: 3}), false))
		},
	} {
		g := NewGraph[float32](2, 5, 5)
		f(g)
		if _, err := g.Training(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	g := NewGraph[float32](2, 5, 5)
	g.Output(g.Dense("d", g.Images(), Dense{Units: 2}))
	m, err := g.Inference()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Gradients(); err == nil || !strings.Contains(err.Error(), "built for inference") {
		t.Errorf("error %v", err)
	}
}
