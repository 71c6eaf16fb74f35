package nn

import (
	"math"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"
)

var (
	_ gorgonia.Op        = backwardOp{}
	_ gorgonia.SDOp      = forwardOp{}
	_ gorgonia.Solver    = (*Adam[float32])(nil)
	_ gorgonia.ValueGrad = (*Param[float32])(nil)
)

// TestOneNodeALayer looks at the graph that Gorgonia gets to see.
func TestOneNodeALayer(t *testing.T) {
	g := NewGraph[float32](2, 27, 22)
	fast(g, false)
	if _, err := g.Training(); err != nil {
		t.Fatal(err)
	}
	var forward, backward, gradients []string
	for _, n := range g.expr.AllNodes() {
		switch op := n.Op().(type) {
		case forwardOp:
			forward = append(forward, op.name)
		case backwardOp:
			backward = append(backward, op.layer.String())
		case gradientOp:
			gradients = append(gradients, op.name)
		}
	}
	layers := []string{"conv1", "conv2", "merge", "conv3", "dense1", "dense2", "loss"}
	if !slices.Equal(forward, layers) {
		t.Errorf("forward nodes %q, want %q", forward, layers)
	}
	slices.Reverse(layers)
	if !slices.Equal(backward, layers) {
		t.Errorf("backward nodes %q, want %q", backward, layers)
	}
	if want := 2*5 + 6; len(gradients) != want { // of weights and biases, and of all inputs but images, truth and weights of pairs
		t.Errorf("%d gradients: %q, want %d", len(gradients), gradients, want)
	}
}

// TestAnySolver takes a step of plain gradient descent with Gorgonia's own
// solver.
func TestAnySolver(t *testing.T) {
	const rate = 0.1
	for _, path := range []path{kernels, general} {
		m := training(t, 3, 27, 22, false, fast[float32], path)
		if err := m.Gradients(); err != nil {
			t.Fatal(err)
		}
		var want [][]float32
		for i, g := range gradients(m) {
			w := make([]float32, len(g))
			m.Params()[i].Get(w)
			for k := range w {
				w[k] -= rate * g[k]
			}
			want = append(want, w)
		}
		if err := m.Step(gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(rate))); err != nil {
			t.Fatal(err)
		}
		for i, p := range m.Params() {
			w := make([]float32, p.Len())
			p.Get(w)
			for k := range w {
				if math.Abs(float64(w[k]-want[i][k])) > 1e-6 {
					t.Fatalf("%s[%d] = %v, want %v", p.Name, k, w[k], want[i][k])
				}
			}
		}
	}
}

// TestAdamAgreesWithPlain takes steps in float32 on the kernels and in float64
// on the plain loops.
func TestAdamAgreesWithPlain(t *testing.T) {
	m, d := training(t, 3, 27, 22, true, fast[float32], kernels), training(t, 3, 27, 22, true, fast[float64], kernels)
	a, b := NewAdam[float32](), NewAdam[float64]()
	a.Decay, b.Decay, a.Clip, b.Clip = 0.1, 0.1, 0.01, 0.01
	for range 3 {
		if err := m.Step(a); err != nil {
			t.Fatal(err)
		}
		if err := d.Step(b); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range m.Params() {
		got, want := make([]float32, p.Len()), make([]float64, p.Len())
		p.Get(got)
		d.Params()[i].Get(want)
		for k := range got {
			// A step is 1e-3 at most, whatever the gradient; where that is
			// all rounding, so may be the step's sign.
			if math.Abs(float64(got[k])-want[k]) > 1e-4 {
				t.Fatalf("%s[%d] = %v, want %v", p.Name, k, got[k], want[k])
			}
		}
	}
}
