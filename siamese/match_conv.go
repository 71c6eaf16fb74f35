package siamese

import (
	"whorl/siamese/kernel"
	"whorl/siamese/nn"
)

// linearConv is a convolution without bias, ReLU and pooling, of codes.
type linearConv struct {
	shape  *kernel.Conv
	code   nn.Data
	packed []float32
}

func newLinearConv(code nn.Data, l Layer, weight []float32) *linearConv {
	c := &linearConv{shape: kernel.NewConv(code.H, code.W, code.C, l.Width, 0), code: code}
	c.packed = kernel.Make(c.shape.LinearWeightLen())
	c.shape.PackLinear(c.packed, convWeights(c.shape, weight))
	return c
}

// convWeights lays out weights, (Out, In, 3, 3), as the kernels have them.
func convWeights(c *kernel.Conv, weight []float32) []float32 {
	w := kernel.Make(c.WeightLen())
	for i, v := range weight {
		w[c.WeightIndex(i/(c.In*9), i/9%c.In, i%9)] = v
	}
	return w
}

// index says where value i of the pooled output, channel by channel, lies.
func (c *linearConv) index(i int) int {
	h, w := c.shape.H/2, c.shape.W/2
	return c.shape.LinearIndex(i/(h*w), i/w%h, i%w)
}

// spread returns the bias of every number of an embedding.
func (c *linearConv) spread(bias []float32) []float32 {
	out := make([]float32, c.shape.LinearLen())
	plane := len(out) / ceil(c.shape.Out, kernel.Panel)
	for i := range out {
		if o := i/plane*kernel.Panel + i%kernel.Panel; o < len(bias) {
			out[i] = bias[o]
		}
	}
	return out
}

// toMaps lays a code, channel by channel, out as maps, whose border is zero.
func toMaps(maps []float32, at kernel.Maps, code []float32) {
	for c := range at.C {
		for y := range at.H {
			to := maps[at.Index(c, y, 0):]
			for x, v := range code[(c*at.H+y)*at.W:][:at.W] {
				to[x*kernel.Lanes] = v
			}
		}
	}
}

// convPairs compares codes whose absolute difference goes through a
// convolution, which is then to be computed for every pair, and dense layers.
type convPairs struct {
	code     nn.Data
	shape    *kernel.Conv
	packed   []float32
	bias     []float32
	winograd bool
	layers   chain
}

func newConvPairs(code nn.Data, l Layer, winograd bool, rest []Layer, params []Param) *convPairs {
	c := &convPairs{code: code, winograd: winograd, shape: kernel.NewConv(code.H, code.W, code.C, l.Width, 0)}
	w := convWeights(c.shape, params[0].Data)
	if winograd {
		c.packed = kernel.Make(c.shape.WinogradLen())
		c.shape.PackWinograd(c.packed, w)
	} else {
		c.packed = kernel.Make(c.shape.PackedLen())
		c.shape.Pack(c.packed, w)
	}
	c.bias = kernel.Make(c.shape.BiasLen())
	copy(c.bias, params[1].Data)
	out := c.shape.Output()
	c.layers = newChain(rest, params[2:], out.Len(), func(i int) int {
		return out.Index(i/(out.H*out.W), i/out.W%out.H, i%out.W)
	})
	return c
}

func (c *convPairs) tile() (probes, gallery int) { return 8, 8 }

func (c *convPairs) worker() pairWorker {
	return &convWorker{convPairs: c, difference: kernel.Make(c.shape.InputLen()), scratch: c.shape.NewScratch()}
}

type convWorker struct {
	*convPairs
	maps, difference []float32
	x                []float32 // what the convolution makes of each pair
	rows             int
	scratch          *kernel.Scratch
	chain            *chainScratch
}

func (c *convWorker) compare(z []float32, stride int, probes, gallery []float32) {
	length, in, out := c.code.Len(), c.shape.InputLen(), c.shape.Output().Len()
	p, g := len(probes)/length, len(gallery)/length
	if len(c.maps) < (p+g)*in {
		c.maps = kernel.Make((p + g) * in)
	}
	if n := p * g; c.rows < n {
		c.rows, c.x, c.chain = n, kernel.Make(n*out), c.layers.scratch(n)
	}
	image := func(i int) []float32 { return c.maps[i*in:][:in] }
	for i := range p {
		toMaps(image(i), c.shape.Input(), probes[i*length:])
	}
	for j := range g {
		toMaps(image(p+j), c.shape.Input(), gallery[j*length:])
	}
	for i := range p {
		for j := range g {
			kernel.AbsDiff(c.difference, image(i), image(p+j))
			x := c.x[(i*g+j)*out:][:out]
			if c.winograd {
				c.shape.ForwardWinograd(x, nil, c.difference, c.packed, c.bias, c.scratch)
			} else {
				c.shape.Forward(x, nil, c.difference, c.packed, c.bias)
			}
		}
	}
	y := c.layers.run(c.x, p*g, c.chain)
	width := c.layers[len(c.layers)-1].shape.Width()
	for i := range p {
		for j := range g {
			z[i*stride+j] = y[(i*g+j)*width]
		}
	}
}
