package nn

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
)

// fastConv is a 3x3 convolution with bias, ReLU and 2x2 max pooling on the
// kernels. Inputs: the images, as uint8 pixels (n, H*W) for a layer of one
// channel, else as maps (n, InputLen); weights and biases in the kernel's
// layouts. Output: maps (n, Output().Len()).
type fastConv struct {
	team  *kernel.Team
	name  string
	shape *kernel.Conv
	n     int
	// winograd selects Winograd's algorithm for the forward pass: fewer
	// products, and other rounding.
	winograd bool

	x      []float32 // of uint8 pixels: in the kernel's layout
	packed []float32
	y      *tensor.Dense
	codes  []uint8 // nil in a graph that is not differentiated

	dx, dw, db   *tensor.Dense
	partW, partB []float32         // gradients of each part of the batch
	scratch      []*kernel.Scratch // of each worker

	now                 convArgs
	forwardJob, backJob func(worker, chunk int)
}

// convArgs are the arguments of the call that is under way.
type convArgs struct {
	pixels    []uint8
	x, w, b   []float32
	y, dx, dy []float32
}

func newConv(team *kernel.Team, name string, n int, shape *kernel.Conv, winograd bool) *fastConv {
	c := &fastConv{team: team, name: name, n: n, shape: shape, winograd: winograd && shape.In > 1}
	c.y = array[float32](n, shape.Output().Len())
	c.packed = kernel.Make(shape.PackedLen())
	if c.winograd {
		c.packed = kernel.Make(shape.WinogradLen())
	}
	for range team.Workers() {
		c.scratch = append(c.scratch, shape.NewScratch())
	}
	if shape.In == 1 {
		c.x = kernel.Make(n * shape.InputLen())
	}
	c.forwardJob, c.backJob = c.forwardImage, c.backwardPart
	return c
}

func (c *fastConv) String() string         { return c.name }
func (c *fastConv) output() gorgonia.Value { return c.y }
func (c *fastConv) hasGradient(i int) bool { return i > 0 || c.shape.In > 1 }

func (c *fastConv) prepare() {
	c.codes = make([]uint8, c.n*c.shape.CodesLen())
	if c.shape.In > 1 {
		c.dx = array[float32](c.n, c.shape.InputLen())
	}
	c.dw, c.db = array[float32](c.shape.WeightLen()), array[float32](c.shape.BiasLen())
	c.partW = kernel.Make(parts * c.shape.WeightLen())
	c.partB = kernel.Make(parts * c.shape.BiasLen())
}

func (c *fastConv) gradient(i int) gorgonia.Value { return []gorgonia.Value{c.dx, c.dw, c.db}[i] }

func (c *fastConv) forward(in []gorgonia.Value) {
	c.set(in)
	if c.winograd {
		c.shape.PackWinograd(c.packed, c.now.w)
	} else {
		c.shape.Pack(c.packed, c.now.w)
	}
	c.team.Do(c.n, c.forwardJob)
}

// set takes the arguments of a call.
func (c *fastConv) set(in []gorgonia.Value) {
	c.now = convArgs{w: floats[float32](in[1]), b: floats[float32](in[2]), x: c.x, y: floats[float32](c.y)}
	if c.shape.In == 1 {
		c.now.pixels = in[0].(*tensor.Dense).Uint8s()
	} else {
		c.now.x = floats[float32](in[0])
	}
}

func (c *fastConv) forwardImage(worker, i int) {
	x := image(c.now.x, i, c.shape.InputLen())
	if c.shape.In == 1 {
		kernel.Pixels(x, image(c.now.pixels, i, c.shape.H*c.shape.W), c.shape.H, c.shape.W)
	}
	y := image(c.now.y, i, c.shape.Output().Len())
	var codes []uint8
	if c.codes != nil {
		codes = image(c.codes, i, c.shape.CodesLen())
	}
	if c.winograd {
		c.shape.ForwardWinograd(y, codes, x, c.packed, c.now.b, c.scratch[worker])
	} else {
		c.shape.Forward(y, codes, x, c.packed, c.now.b)
	}
}

func (c *fastConv) backward(in []gorgonia.Value, dy gorgonia.Value) {
	c.set(in)
	c.now.dy = floats[float32](dy)
	if c.dx != nil {
		c.now.dx = floats[float32](c.dx)
	}
	c.team.Do(parts, c.backJob)
	kernel.Reduce(c.partW, parts)
	copy(floats[float32](c.dw), c.partW)
	kernel.Reduce(c.partB, parts)
	copy(floats[float32](c.db), c.partB)
}

func (c *fastConv) backwardPart(worker, p int) {
	dw, db := image(c.partW, p, c.shape.WeightLen()), image(c.partB, p, c.shape.BiasLen())
	clear(dw)
	clear(db)
	from, to := part(p, c.n)
	for i := from; i < to; i++ {
		var dx []float32
		if c.now.dx != nil {
			dx = image(c.now.dx, i, c.shape.InputLen())
		}
		c.shape.Backward(dx, dw, db, image(c.now.dy, i, c.shape.Output().Len()), image(c.codes, i, c.shape.CodesLen()),
			image(c.now.x, i, c.shape.InputLen()), c.now.w, c.scratch[worker])
	}
}

// image returns the i-th of the pieces of the given size that x is made of.
func image[E any](x []E, i, size int) []E { return x[i*size : (i+1)*size : (i+1)*size] }
