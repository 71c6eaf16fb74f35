package nn

import (
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
)

// TestNothingAllocated runs every layer that the kernels do, and the solver.
func TestNothingAllocated(t *testing.T) {
	const n = 4
	team := kernel.NewTeam(2)
	conv1, conv2 := kernel.NewConv(20, 20, 1, 16, 1), kernel.NewConv(10, 10, 16, 16, 0)
	size := conv2.Output().Len()
	dense := kernel.NewDense(size, 32)
	weight := &Param[float32]{Shape: Shape{Name: "w"}, team: team, value: array[float32](dense.WeightLen())}
	weight.first, weight.second = make([]float32, dense.WeightLen()), make([]float32, dense.WeightLen())
	full := newDense(team, "dense", n, dense, true)
	full.weight = weight
	pixels := tensor.New(tensor.WithShape(2*n, 400), tensor.WithBacking(make([]uint8, 2*n*400)))
	zeros := func(shape ...int) gorgonia.Value { return array[float32](shape...) }
	adam := NewAdam[float32]()
	for _, c := range []struct {
		layer layer
		in    []gorgonia.Value
	}{
		{newConv(team, "conv1", 2*n, conv1, false), []gorgonia.Value{pixels, zeros(conv1.WeightLen()), zeros(conv1.BiasLen())}},
		{newConv(team, "conv2", 2*n, conv2, true), []gorgonia.Value{zeros(2*n, conv2.InputLen()), zeros(conv2.WeightLen()), zeros(conv2.BiasLen())}},
		{newMerge[float32](team, "subtract", n, size, false), []gorgonia.Value{zeros(2*n, size)}},
		{newMerge[float32](team, "abs", n, size, true), []gorgonia.Value{zeros(2*n, size)}},
		{full, []gorgonia.Value{zeros(n, size), weight.value, zeros(dense.BiasLen())}},
		{newCrossEntropy[float32](n, 32), []gorgonia.Value{zeros(n, 32), zeros(n), zeros(n)}},
	} {
		c.layer.prepare()
		dy := c.layer.output()
		step := func() {
			c.layer.forward(c.in)
			c.layer.backward(c.in, dy)
			for i := range c.in {
				if c.layer.hasGradient(i) {
					c.layer.gradient(i)
				}
			}
		}
		if got := testing.AllocsPerRun(10, step); got != 0 {
			t.Errorf("%v: %v allocations", c.layer, got)
		}
	}
	in := []gorgonia.Value{zeros(n, size), weight.value, zeros(dense.BiasLen())}
	weight.fuse = adam
	if got := testing.AllocsPerRun(10, func() { full.backward(in, full.y) }); got != 0 {
		t.Errorf("dense with Adam: %v allocations", got)
	}

	m := training(t, 4, 27, 22, false, fast[float32], kernels)
	for _, adam.Clip = range []float64{0, 1} {
		if err := m.Gradients(); err != nil {
			t.Fatal(err)
		}
		if got := testing.AllocsPerRun(10, func() { adam.Step(m.model) }); got != 0 {
			t.Errorf("Adam with clip %v: %v allocations", adam.Clip, got)
		}
	}
}
