package nn

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
	"whorl/siamese/plain"
)

// build turns the steps into nodes. Each layer runs on the kernels if they
// take its shape, else on the general loops; between the two the values are
// put in the other's order.
func (g *Graph[T]) build() {
	g.pixels = tensor.New(tensor.WithShape(2*g.pairs, g.h*g.w), tensor.WithBacking(make([]uint8, 2*g.pairs*g.h*g.w)))
	g.truth, g.weight = array[T](g.pairs), array[T](g.pairs)
	x := g.input("images", g.pixels)
	at := order{} // of x
	for i, s := range g.steps {
		switch spec := s.spec.(type) {
		case images:
			if _, fast := g.fastConv(i + 1); !fast {
				x = g.apply(newPixels[T](g.team, s.out.N, s.out.Len()), x)
			}
		case Conv:
			x, at = g.conv(i, spec, x, at)
		case Dense:
			x, at = g.dense(i, spec, x, at)
		case merge:
			length := at.len(s.out)
			x = g.apply(newMerge[T](g.team, s.name, s.out.N, length, spec.abs), x)
		}
	}
	g.logits = x
	g.losses = newCrossEntropy[T](g.pairs, at.len(Data{C: 1, H: 1, W: 1}))
	g.loss = g.apply(g.losses, x, g.input("truth", g.truth), g.input("pair weight", g.weight))
}

// An order is where the values of an image lie. The zero order is channel by
// channel, row by row.
type order struct {
	maps  *kernel.Maps // as the kernels' maps
	width int          // as a row of a kernel's dense layer, of this length
}

// len is the length of an image in memory.
func (o order) len(d Data) int {
	switch {
	case o.maps != nil:
		return o.maps.Len()
	case o.width > 0:
		return o.width
	}
	return d.Len()
}

// index is where value i of the zero order lies.
func (o order) index(d Data, i int) int {
	if o.maps == nil {
		return i
	}
	return o.maps.Index(i/(d.H*d.W), i/d.W%d.H, i%d.W)
}

// plain puts the values in the zero order.
func (g *Graph[T]) plain(s step, x *gorgonia.Node, at order) *gorgonia.Node {
	if at == (order{}) {
		return x
	}
	return g.apply(newReorder[T](g.team, s.name+" input", s.in.N, at.len(s.in), s.in.Len(), func(i int) int { return at.index(s.in, i) }), x)
}

// fastConv returns the kernels' shape of step i, if it is a convolution that
// they can do.
func (g *Graph[T]) fastConv(i int) (*kernel.Conv, bool) {
	if _, ok := any(T(0)).(float32); !ok || g.Portable || i >= len(g.steps) {
		return nil, false
	}
	s := g.steps[i]
	c, ok := s.spec.(Conv)
	if !ok || c.Kernel != 3 || !c.ReLU || !c.Pool || (s.in.C == 1) != (s.in.step == 0) {
		return nil, false
	}
	if i > 1 { // its input must come from a convolution of the same kind
		before := i - 1
		if _, merged := g.steps[before].spec.(merge); merged {
			before--
		}
		if _, ok := g.fastConv(before); !ok {
			return nil, false
		}
	}
	pad := 0
	after := i + 1
	if _, merged := g.steps[after].spec.(merge); merged {
		after++
	}
	if next, ok := g.steps[after].spec.(Conv); ok && next.Kernel == 3 && next.ReLU && next.Pool {
		pad = 1
	}
	return kernel.NewConv(s.in.H, s.in.W, s.in.C, c.Filters, pad), true
}

func (g *Graph[T]) conv(i int, c Conv, x *gorgonia.Node, at order) (*gorgonia.Node, order) {
	s := g.steps[i]
	w := g.param(s.name+".weight", c.Filters, s.in.C, c.Kernel, c.Kernel)
	b := g.param(s.name+".bias", c.Filters)
	if k, ok := g.fastConv(i); ok {
		w.layout(array[T](k.WeightLen()), func(i int) int {
			return k.WeightIndex(i/(s.in.C*9), i/9%s.in.C, i%9)
		})
		b.layout(array[T](k.BiasLen()), func(i int) int { return i })
		maps := k.Output()
		return g.apply(newConv(g.team, s.name, s.in.N, k), x, g.node(w), g.node(b)), order{maps: &maps}
	}
	x = g.plain(s, x, at)
	shape := plain.Conv{In: s.in.C, Out: c.Filters, H: s.in.H, W: s.in.W, Kernel: c.Kernel}
	l := newGeneralConv[T](g.team, s.name, s.in.N, shape, c.ReLU, c.Pool, s.in.step == 0)
	return g.apply(l, x, g.node(w), g.node(b)), order{}
}

func (g *Graph[T]) dense(i int, d Dense, x *gorgonia.Node, at order) (*gorgonia.Node, order) {
	s := g.steps[i]
	w := g.param(s.name+".weight", d.Units, s.in.Len())
	b := g.param(s.name+".bias", d.Units)
	if _, ok := any(T(0)).(float32); ok && !g.Portable && s.in.step != 0 {
		k := kernel.NewDense(at.len(s.in), d.Units)
		w.layout(array[T](k.WeightLen()), func(i int) int {
			return k.WeightIndex(at.index(s.in, i%s.in.Len()), i/s.in.Len())
		})
		b.layout(array[T](k.BiasLen()), func(i int) int { return i })
		l := newDense(g.team, s.name, s.in.N, k, d.ReLU)
		l.weight = any(w).(*Param[float32])
		return g.apply(l, x, g.node(w), g.node(b)), order{width: k.Width()}
	}
	x = g.plain(s, x, at)
	l := newGeneralDense[T](g.team, s.name, s.in.N, s.in.Len(), d.Units, d.ReLU, s.in.step == 0)
	return g.apply(l, x, g.node(w), g.node(b)), order{}
}

// param adds a parameter to the graph, all zeros, in row-major order.
func (g *Graph[T]) param(name string, shape ...int) *Param[T] {
	p := &Param[T]{Name: name, Shape: shape, team: g.team}
	g.params = append(g.params, p)
	return p
}

// layout gives the parameter another memory, in which element i lies at at(i).
func (p *Param[T]) layout(value *tensor.Dense, at func(i int) int) { p.value, p.at = value, at }

// node is the parameter's node, made when its layout is settled.
func (g *Graph[T]) node(p *Param[T]) *gorgonia.Node {
	if p.value == nil {
		p.value = array[T](p.Shape...)
	}
	p.node = g.input(p.Name, p.value)
	return p.node
}

func (g *Graph[T]) input(name string, v *tensor.Dense) *gorgonia.Node {
	return gorgonia.NewTensor(g.expr, v.Dtype(), v.Dims(), gorgonia.WithShape(v.Shape()...),
		gorgonia.WithName(name), gorgonia.WithValue(v))
}

// apply adds the layer to the graph; after an error it does nothing.
func (g *Graph[T]) apply(l layer, inputs ...*gorgonia.Node) *gorgonia.Node {
	if g.err != nil {
		return nil
	}
	var n *gorgonia.Node
	n, g.err = apply(l, inputs...)
	return n
}
