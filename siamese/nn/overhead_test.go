package nn

import (
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// idle is a layer that computes nothing, so that what a run of its graph takes
// is Gorgonia's own.
type idle struct {
	name      string
	y         gorgonia.Value
	gradients []gorgonia.Value // of the inputs
}

func (l *idle) String() string                            { return l.name }
func (l *idle) forward([]gorgonia.Value)                  {}
func (l *idle) output() gorgonia.Value                    { return l.y }
func (l *idle) hasGradient(i int) bool                    { return l.gradients[i] != nil }
func (l *idle) prepare()                                  {}
func (l *idle) backward([]gorgonia.Value, gorgonia.Value) {}
func (l *idle) gradient(i int) gorgonia.Value             { return l.gradients[i] }

// idlePost is the graph of the network post, with idle layers.
func idlePost(b *testing.B) *gorgonia.ExprGraph {
	b.Helper()
	g := gorgonia.NewGraph()
	input := func(name string, v *tensor.Dense) *gorgonia.Node {
		return gorgonia.NewTensor(g, v.Dtype(), v.Dims(), gorgonia.WithShape(v.Shape()...), gorgonia.WithName(name), gorgonia.WithValue(v))
	}
	var params gorgonia.Nodes
	layer := func(name string, x *gorgonia.Node, given bool) *gorgonia.Node {
		l := &idle{name: name, y: array[float32](2, 3)}
		inputs := gorgonia.Nodes{x}
		if given {
			l.gradients = append(l.gradients, nil)
		} else {
			l.gradients = append(l.gradients, array[float32](2, 3))
		}
		if name != "merge" {
			for _, kind := range []string{".weight", ".bias"} {
				p := input(name+kind, array[float32](2, 3))
				inputs, params = append(inputs, p), append(params, p)
				l.gradients = append(l.gradients, array[float32](2, 3))
			}
		}
		y, err := apply(l, inputs...)
		if err != nil {
			b.Fatal(err)
		}
		return y
	}
	x := layer("conv1", input("images", array[float32](2, 3)), true)
	for _, name := range []string{"conv2", "merge", "dense1", "dense2"} {
		x = layer(name, x, false)
	}
	loss, err := apply(&idle{name: "loss", y: gorgonia.NewF32(0), gradients: []gorgonia.Value{array[float32](2, 3), nil}},
		x, input("truth", array[float32](2)))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := gorgonia.Grad(loss, params...); err != nil {
		b.Fatal(err)
	}
	return g
}

// BenchmarkGorgonia runs the forward and backward nodes of a training step of
// post whose layers do nothing.
//
// There is no choice of machine: Gorgonia's LispMachine cannot run a graph
// twice, since its Reset goes back to the last node, not the first.
func BenchmarkGorgonia(b *testing.B) {
	m := gorgonia.NewTapeMachine(idlePost(b))
	b.ReportAllocs()
	for b.Loop() {
		if err := m.RunAll(); err != nil {
			b.Fatal(err)
		}
		m.Reset()
	}
}
