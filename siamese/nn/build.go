package nn

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
	"whorl/siamese/plain"
)

// build turns the steps into nodes, and returns the last one with the order of
// its values. Each layer runs on the kernels if they take its shape, else on
// the general loops; between the two the values are put in the other's order.
func (g *Graph[T]) build() (x *gorgonia.Node, at order) {
	for i, s := range g.steps {
		switch spec := s.spec.(type) {
		case images:
			g.pixels = tensor.New(tensor.WithShape(s.out.N, s.out.Len()), tensor.WithBacking(make([]uint8, s.out.N*s.out.Len())))
			x = g.input("images", g.pixels)
			if _, fast := g.fastConv(i + 1); !fast {
				x = g.apply(newPixels[T](g.team, s.out.N, s.out.Len()), x)
			}
		case codes:
			g.codes = array[T](s.out.N, s.out.Len())
			x = g.input("codes", g.codes)
		case Conv:
			x, at = g.conv(i, spec, x, at)
		case Dense:
			x, at = g.dense(i, spec, x, at)
		case merge:
			x = g.apply(newMerge[T](g.team, s.name, s.out.N, at.len(s.out), spec.abs), x)
		}
	}
	return x, at
}

// An order is where the values of an image lie. The zero order is channel by
// channel, row by row.
type order struct {
	maps  kernel.Maps // as the kernels' maps
	width int         // as a row of a kernel's dense layer, of this length
}

// len is the length of an image in memory.
func (o order) len(d Data) int {
	switch {
	case o.maps != (kernel.Maps{}):
		return o.maps.Len()
	case o.width > 0:
		return o.width
	}
	return d.Len()
}

// index is where value i of the zero order lies.
func (o order) index(d Data, i int) int {
	if (o.maps == kernel.Maps{}) {
		return i
	}
	return o.maps.Index(i/(d.H*d.W), i/d.W%d.H, i%d.W)
}

// arrange puts the values of x in another order.
func (g *Graph[T]) arrange(name string, d Data, x *gorgonia.Node, from, to order) *gorgonia.Node {
	if from == to {
		return x
	}
	index := make([]int32, to.len(d))
	for i := range index {
		index[i] = nothing
	}
	for i := range d.Len() {
		index[to.index(d, i)] = int32(from.index(d, i))
	}
	return g.apply(newReorder[T](g.team, name+" order", d.N, from.len(d), index), x)
}

// fastConv returns the kernels' shape of step i, if it is a convolution that
// they can do.
func (g *Graph[T]) fastConv(i int) (*kernel.Conv, bool) {
	if _, ok := any(T(0)).(float32); !ok || g.General || i >= len(g.steps) {
		return nil, false
	}
	s := g.steps[i]
	c, ok := s.spec.(Conv)
	_, given := g.steps[s.in.step].spec.(images)
	if !ok || c.Kernel != 3 || !c.ReLU || !c.Pool || (s.in.C == 1) != given {
		return nil, false
	}
	pad := 0
	for after := i + 1; after < len(g.steps); after++ {
		if next, ok := g.steps[after].spec.(Conv); ok && next.Kernel == 3 && next.ReLU && next.Pool {
			pad = 1
		}
		if _, merged := g.steps[after].spec.(merge); !merged {
			break
		}
	}
	return kernel.NewConv(s.in.H, s.in.W, s.in.C, c.Filters, pad), true
}

func (g *Graph[T]) conv(i int, c Conv, x *gorgonia.Node, at order) (*gorgonia.Node, order) {
	s := g.steps[i]
	w := g.param(Shape{s.name + ".weight", []int{c.Filters, s.in.C, c.Kernel, c.Kernel}})
	b := g.param(Shape{s.name + ".bias", []int{c.Filters}})
	if k, ok := g.fastConv(i); ok {
		w.layout(array[T](k.WeightLen()), func(i int) int {
			return k.WeightIndex(i/(s.in.C*9), i/9%s.in.C, i%9)
		})
		b.layout(array[T](k.BiasLen()), func(i int) int { return i })
		if k.In > 1 {
			x = g.arrange(s.name, s.in, x, at, order{maps: k.Input()})
		}
		return g.apply(newConv(g.team, s.name, s.in.N, k, g.Winograd), x, g.node(w), g.node(b)), order{maps: k.Output()}
	}
	x = g.arrange(s.name, s.in, x, at, order{})
	shape := plain.Conv{In: s.in.C, Out: c.Filters, H: s.in.H, W: s.in.W, Kernel: c.Kernel}
	l := newGeneralConv[T](g.team, s.name, s.in.N, shape, c.ReLU, c.Pool, s.in.step == 0)
	return g.apply(l, x, g.node(w), g.node(b)), order{}
}

func (g *Graph[T]) dense(i int, d Dense, x *gorgonia.Node, at order) (*gorgonia.Node, order) {
	s := g.steps[i]
	w := g.param(Shape{s.name + ".weight", []int{d.Units, s.in.Len()}})
	b := g.param(Shape{s.name + ".bias", []int{d.Units}})
	if _, ok := any(T(0)).(float32); ok && !g.General && s.in.step != 0 {
		k := kernel.NewDense(at.len(s.in), d.Units)
		w.layout(array[T](k.WeightLen()), func(i int) int {
			return k.WeightIndex(at.index(s.in, i%s.in.Len()), i/s.in.Len())
		})
		b.layout(array[T](k.BiasLen()), func(i int) int { return i })
		l := newDense(g.team, s.name, s.in.N, k, d.ReLU)
		l.weight = any(w).(*Param[float32])
		return g.apply(l, x, g.node(w), g.node(b)), order{width: k.Width()}
	}
	x = g.arrange(s.name, s.in, x, at, order{})
	l := newGeneralDense[T](g.team, s.name, s.in.N, s.in.Len(), d.Units, d.ReLU, s.in.step == 0)
	return g.apply(l, x, g.node(w), g.node(b)), order{}
}

// param adds a parameter to the graph, all zeros, in row-major order.
func (g *Graph[T]) param(s Shape) *Param[T] {
	p := &Param[T]{Shape: s, team: g.team}
	g.params = append(g.params, p)
	return p
}

// layout gives the parameter another memory, in which element i lies at at(i).
func (p *Param[T]) layout(value *tensor.Dense, at func(i int) int) { p.value, p.at = value, at }

// node is the parameter's node, made once its layout is known.
func (g *Graph[T]) node(p *Param[T]) *gorgonia.Node {
	if p.value == nil {
		p.value = array[T](p.Dims...)
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
