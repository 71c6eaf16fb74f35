package nn

import (
	"fmt"
	"runtime"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
)

// A Graph builds a network for batches of pairs, layer by layer:
//
//	g := nn.NewGraph[float32](32, 90, 90)
//	x := g.Images()
//	x = g.Conv("conv1", x, nn.Conv{Filters: 32, Kernel: 3, ReLU: true, Pool: true})
//	x = g.Merge("merge", x, false)
//	x = g.Dense("dense1", x, nn.Dense{Units: 128, ReLU: true})
//	g.Loss(g.Dense("dense2", x, nn.Dense{Units: 1}))
//	m, err := g.Training()
//
// The first error is kept, and returned at the end.
type Graph[T Float] struct {
	expr   *gorgonia.ExprGraph
	team   *kernel.Team
	pairs  int
	h, w   int
	steps  []step
	end    func(x *gorgonia.Node, at order) // adds what comes after the last step
	params []*Param[T]
	err    error

	// General selects the general layers for all shapes, and Winograd selects
	// Winograd's algorithm for the convolutions that allow it. Both must be
	// set before the first layer.
	General, Winograd bool

	pixels        *tensor.Dense  // uint8 (2*pairs, h*w), the probes first
	codes         *tensor.Dense  // (2*pairs, length), in their place
	truth, weight *tensor.Dense  // (pairs)
	output        *gorgonia.Node // the last layer's
	length        int            // of one of its rows in memory
	loss          *gorgonia.Node
	losses        *crossEntropy[T]
}

// Data is the result of a layer in a Graph: a stack of N images or codes of C
// channels, H rows and W columns. The outputs of a dense layer are channels.
type Data struct {
	N, C, H, W int
	step       int // that makes it: an index of Graph.steps
}

// Len is the number of values of one image.
func (d Data) Len() int { return d.C * d.H * d.W }

// most bounds the values of a layer's output for an image, and its weights: far
// above any useful size, and below an overflow.
const most = 1 << 31

// size is Len, computed where nothing overflows.
func (d Data) size() float64 { return float64(d.C) * float64(d.H) * float64(d.W) }

// A step is a layer that has been asked for: a Conv, a Dense or a merge.
type step struct {
	name string
	spec any
	in   Data
	out  Data
}

// Conv is a convolution layer with bias: stride 1, padded so that the output
// has the input's size.
type Conv struct {
	Filters int
	Kernel  int // rows and columns of a filter, odd
	ReLU    bool
	Pool    bool // 2x2 max pooling, stride 2
}

// Dense is a fully connected layer with bias.
type Dense struct {
	Units int
	ReLU  bool
}

type (
	images struct{}
	codes  struct{}
	merge  struct{ abs bool }
)

// NewGraph starts a graph over batches of pairs of images of h rows and w
// columns.
func NewGraph[T Float](pairs, h, w int) *Graph[T] {
	g := &Graph[T]{
		expr: gorgonia.NewGraph(), team: kernel.NewTeam(runtime.GOMAXPROCS(0)),
		pairs: pairs, h: h, w: w,
	}
	if pairs < 1 || h < 1 || w < 1 {
		g.Fail("%d pairs of images of %dx%d pixels", pairs, h, w)
	}
	return g
}

// Images are the pixels of both images of every pair, from 0 to 1, those of
// the probes first.
func (g *Graph[T]) Images() Data {
	return g.add("images", images{}, Data{step: -1}, Data{N: 2 * g.pairs, C: 1, H: g.h, W: g.w})
}

// Codes begins a graph with what another graph made of both images of every
// pair, those of the probes first: c channels of h rows and w columns.
func (g *Graph[T]) Codes(c, h, w int) Data {
	return g.add("codes", codes{}, Data{step: -1}, Data{N: 2 * g.pairs, C: c, H: h, W: w})
}

// Conv adds a convolution. Its parameters are name.weight (Filters, C, Kernel,
// Kernel) and name.bias (Filters).
func (g *Graph[T]) Conv(name string, x Data, c Conv) Data {
	y := Data{N: x.N, C: c.Filters, H: x.H, W: x.W}
	if c.Pool {
		y.H, y.W = x.H/2, x.W/2
	}
	if y.C < 1 || y.H < 1 || y.W < 1 || c.Kernel < 1 || c.Kernel%2 == 0 {
		g.Fail("%s: %d filters of %dx%d on images of %dx%d pixels (a filter is odd, and pooling needs 2x2)",
			name, c.Filters, c.Kernel, c.Kernel, x.H, x.W)
	}
	if weights := float64(x.C) * float64(c.Filters) * float64(c.Kernel) * float64(c.Kernel); weights > most {
		g.Fail("%s: %g weights, more than the %d allowed", name, weights, most)
	}
	return g.add(name, c, x, y)
}

// Merge adds the difference of each pair's two codes, probe minus gallery, or
// its absolute value.
func (g *Graph[T]) Merge(name string, x Data, abs bool) Data {
	if x.N != 2*g.pairs {
		g.Fail("%s: the codes are merged already", name)
	}
	return g.add(name, merge{abs}, x, Data{N: g.pairs, C: x.C, H: x.H, W: x.W})
}

// Dense adds a fully connected layer on the flattened input. Its parameters
// are name.weight (Units, C*H*W) and name.bias (Units).
func (g *Graph[T]) Dense(name string, x Data, d Dense) Data {
	if d.Units < 1 {
		g.Fail("%s: %d units", name, d.Units)
	}
	if weights := x.size() * float64(d.Units); weights > most {
		g.Fail("%s: %g weights, more than the %d allowed", name, weights, most)
	}
	return g.add(name, d, x, Data{N: x.N, C: d.Units, H: 1, W: 1})
}

// Loss ends the graph: z is each pair's logit, and the loss the binary
// cross-entropy of its sigmoid.
func (g *Graph[T]) Loss(z Data) {
	if z.N != g.pairs || z.Len() != 1 {
		g.Fail("loss: wants one number for each of %d pairs, got %d for each of %d", g.pairs, z.Len(), z.N)
	}
	g.end = func(x *gorgonia.Node, at order) {
		g.output, g.length = x, at.len(z)
		g.losses = newCrossEntropy[T](g.pairs, g.length)
		g.truth, g.weight = array[T](g.pairs), array[T](g.pairs)
		g.loss = g.apply(g.losses, x, g.input("truth", g.truth), g.input("pair weight", g.weight))
	}
}

// Output ends a graph that is not trained; x is what Machine.Output returns.
func (g *Graph[T]) Output(x Data) {
	g.end = func(y *gorgonia.Node, at order) {
		g.output, g.length = g.arrange("output", x, y, at, order{}), x.Len()
	}
}

func (g *Graph[T]) add(name string, spec any, in, out Data) Data {
	if in.step != len(g.steps)-1 {
		g.Fail("%s: does not follow on the layer before it", name)
	}
	for _, s := range g.steps {
		if s.name == name {
			g.Fail("two layers are named %q", name)
		}
	}
	if out.size() > most {
		g.Fail("%s: makes %d channels of %dx%d of an image, more numbers than the %d allowed", name, out.C, out.H, out.W, most)
	}
	out.step = len(g.steps)
	g.steps = append(g.steps, step{name, spec, in, out})
	return out
}

// Fail records an error of the graph, unless it has one.
func (g *Graph[T]) Fail(format string, args ...any) {
	if g.err == nil {
		g.err = fmt.Errorf("build network: "+format, args...)
	}
}
