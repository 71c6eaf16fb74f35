package nn

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
	"whorl/siamese/plain"
)

// generalConv is a convolution with bias and optionally ReLU and max pooling,
// for any shape. Inputs: images (n, In*H*W), weights (Out, In, Kernel,
// Kernel), biases (Out). Output: (n, Out*h*w).
type generalConv[T Float] struct {
	team       *kernel.Team
	name       string
	shape      plain.Conv
	relu, pool bool
	first      bool // the images are given: no gradient

	y, dx, dw, db *tensor.Dense
	arg           []int32
	partW, partB  []T // gradients of each part of the batch
}

func newGeneralConv[T Float](team *kernel.Team, name string, n int, shape plain.Conv, relu, pool, first bool) *generalConv[T] {
	c := &generalConv[T]{team: team, name: name, shape: shape, relu: relu, pool: pool, first: first}
	c.y = array[T](n, c.outLen())
	c.arg = make([]int32, n*c.outLen())
	return c
}

func (c *generalConv[T]) String() string { return c.name }

func (c *generalConv[T]) outLen() int {
	if c.pool {
		return c.shape.Out * (c.shape.H / 2) * (c.shape.W / 2)
	}
	return c.shape.Out * c.shape.H * c.shape.W
}

func (c *generalConv[T]) output() gorgonia.Value { return c.y }

func (c *generalConv[T]) forward(in []gorgonia.Value) {
	x, w, b, y := floats[T](in[0]), floats[T](in[1]), floats[T](in[2]), floats[T](c.y)
	lx, _, full := c.shape.Lengths()
	ly := c.outLen()
	n := len(y) / ly
	c.team.Do(n, func(_, i int) {
		xi, yi, arg := x[i*lx:][:lx], y[i*ly:][:ly], c.arg[i*ly:][:ly]
		if !c.pool {
			plain.ConvForward(c.shape, yi, xi, w, b)
			if c.relu {
				plain.ReLU(yi, arg, yi)
			}
			return
		}
		unpooled := make([]T, full)
		plain.ConvForward(c.shape, unpooled, xi, w, b)
		plain.MaxPool(yi, arg, unpooled, c.shape.Out, c.shape.H, c.shape.W, c.relu)
	})
}

func (c *generalConv[T]) prepare() {
	lx, lw, _ := c.shape.Lengths()
	k := c.shape.Kernel
	if !c.first {
		c.dx = array[T](c.y.Shape()[0], lx)
	}
	c.dw = array[T](c.shape.Out, c.shape.In, k, k)
	c.db = array[T](c.shape.Out)
	c.partW = make([]T, parts*lw)
	c.partB = make([]T, parts*c.shape.Out)
}

func (c *generalConv[T]) hasGradient(i int) bool { return i > 0 || !c.first }

func (c *generalConv[T]) gradient(i int) gorgonia.Value {
	return []gorgonia.Value{c.dx, c.dw, c.db}[i]
}

func (c *generalConv[T]) backward(in []gorgonia.Value, grad gorgonia.Value) {
	x, w, dy := floats[T](in[0]), floats[T](in[1]), floats[T](grad)
	lx, lw, full := c.shape.Lengths()
	ly := c.outLen()
	n := len(dy) / ly
	clear(c.partW)
	clear(c.partB)
	c.team.Do(parts, func(_, p int) {
		dw, db := c.partW[p*lw:][:lw], c.partB[p*c.shape.Out:][:c.shape.Out]
		unpooled := make([]T, full)
		from, to := part(p, n)
		for i := from; i < to; i++ {
			g := dy[i*ly:][:ly]
			if c.pool || c.relu {
				plain.Route(unpooled, g, c.arg[i*ly:][:ly])
				g = unpooled
			}
			var dx []T
			if !c.first {
				dx = floats[T](c.dx)[i*lx:][:lx]
			}
			plain.ConvBackward(c.shape, dx, dw, db, g, x[i*lx:][:lx], w)
		}
	})
	sumParts(floats[T](c.dw), c.partW)
	sumParts(floats[T](c.db), c.partB)
}

// parts is into how many parts a sum over the images of a batch is split, no
// matter how many processors there are: each part is summed in order, and then
// the parts are.
const parts = 16

// part returns the bounds of the given part of n images.
func part(p, n int) (from, to int) { return p * n / parts, (p + 1) * n / parts }

// sumParts adds up len(dst) sums that were made for each part, in order.
func sumParts[T Float](dst, from []T) {
	copy(dst, from)
	for p := 1; p < parts; p++ {
		for i, v := range from[p*len(dst):][:len(dst)] {
			dst[i] += v
		}
	}
}
