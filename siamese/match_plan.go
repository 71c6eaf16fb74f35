package siamese

import (
	"slices"

	"whorl/siamese/kernel"
	"whorl/siamese/nn"
)

// plan chooses how images are embedded and pairs compared.
func (m *Matcher) plan() error {
	a := m.network.Architecture
	g := begin[float32](a, 1)
	code := g.Images()
	for _, l := range a.Branch {
		code = add(g, l, code)
	}
	if _, err := a.params(); err != nil {
		return err
	}
	m.length = code.Len()
	m.encoders.network = m.network
	head := m.network.headParams()
	first, rest := a.Head[0], a.Head[1:]
	switch {
	case a.Merge == Subtract && first.Kind == Dense && first.ReLU && len(rest) > 0 && allDense(rest):
		m.encoders.dense, m.length = true, first.Width
		if len(rest) == 1 && !rest[0].ReLU {
			m.pairs = &dotPairs{bias: head[1].Data, w: head[2].Data, output: head[3].Data[0]}
			return nil
		}
		if first.Width%kernel.Panel == 0 {
			m.pairs = newDensePairs(m.length, relu, 1, head[1].Data, first.Width, nil, rest, head[2:])
			return nil
		}
		m.encoders.dense, m.length = false, code.Len()
	case a.Merge == Subtract && fused(first, code) && len(rest) > 0 && allDense(rest):
		c := newLinearConv(code, first, head[0].Data)
		m.encoders.conv, m.length = c, c.shape.LinearLen()
		in := m.length / 4
		m.pairs = newDensePairs(m.length, relu, 4, c.spread(head[1].Data), in, c.index, rest, head[2:])
		return nil
	case a.Merge == Abs && allDense(a.Head):
		m.pairs = newDensePairs(m.length, abs, 1, nil, m.length, nil, a.Head, head)
		return nil
	case a.Merge == Abs && fused(first, code) && len(rest) > 0 && allDense(rest):
		m.pairs = newConvPairs(code, first, a.Winograd, rest, head)
		return nil
	}
	m.pairs = &plainPairs{network: m.network, code: code}
	return nil
}

// headParams are the weights of the head.
func (n *Network) headParams() []Param { return n.Params[2*len(n.Architecture.Branch):] }

func allDense(layers []Layer) bool {
	return !slices.ContainsFunc(layers, func(l Layer) bool { return l.Kind != Dense })
}

// fused tells whether the kernels have the convolution.
func fused(l Layer, in nn.Data) bool {
	return l.Kind == Conv && l.Kernel == 3 && l.ReLU && l.Pool && in.C > 1 && in.H > 1 && in.W > 1
}

// A denseLayer is a dense layer on the kernels, with the order of additions
// that nn has.
type denseLayer struct {
	shape *kernel.Dense
	w, b  []float32
	relu  bool
}

// denseChunks is into how many parts nn splits the inputs of a dense layer.
const denseChunks = 16

func (l *denseLayer) chunks() int { return min(denseChunks, l.shape.Blocks()) }

// newDense packs a layer whose input i lies at index(i), or at i if index is
// nil, of in values.
func newDense(l Layer, weight, bias Param, in int, index func(i int) int) *denseLayer {
	d := &denseLayer{shape: kernel.NewDense(in, l.Width), relu: l.ReLU}
	d.w, d.b = kernel.Make(d.shape.WeightLen()), kernel.Make(d.shape.BiasLen())
	inputs := weight.Shape[1]
	for o := range l.Width {
		for i, v := range weight.Data[o*inputs:][:inputs] {
			at := i
			if index != nil {
				at = index(i)
			}
			d.w[d.shape.WeightIndex(at, o)] = v
		}
	}
	copy(d.b, bias.Data)
	return d
}

// A chain is the dense layers that end a head.
type chain []*denseLayer

// newChain packs layers; the first has in inputs, laid out by index.
// An input of a later layer lies in a row of the width before.
func newChain(layers []Layer, params []Param, in int, index func(i int) int) chain {
	var c chain
	for i, l := range layers {
		d := newDense(l, params[2*i], params[2*i+1], in, index)
		c, in, index = append(c, d), d.shape.Width(), nil
	}
	return c
}

// A chainScratch is the working memory of a chain for n rows.
type chainScratch struct {
	parts []float32
	out   [2][]float32
}

func (c chain) scratch(n int) *chainScratch {
	s := new(chainScratch)
	width, parts := 0, 0
	for _, d := range c {
		width, parts = max(width, d.shape.Width()), max(parts, d.chunks()*d.shape.Width())
	}
	s.parts = kernel.Make(parts * n)
	for i := range s.out {
		s.out[i] = kernel.Make(width * n)
	}
	return s
}

// run puts n rows of x, [n][In], through all layers and returns the last
// one's output, [n][Width].
func (c chain) run(x []float32, n int, s *chainScratch) []float32 {
	return c.runFrom(0, x, n, s)
}

func (c chain) runFrom(first int, x []float32, n int, s *chainScratch) []float32 {
	for i, d := range c[first:] {
		chunks, size := d.chunks(), n*d.shape.Width()
		for k := range chunks {
			d.shape.Forward(s.parts[k*size:], x, n, d.w, k*d.shape.Blocks()/chunks, (k+1)*d.shape.Blocks()/chunks)
		}
		y := s.out[(first+i)%2]
		d.shape.Finish(y, s.parts, chunks, n, d.b, d.relu)
		x = y
	}
	return x
}
