package nn

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// node is the description of an operation that Gorgonia asks for.
type node struct {
	name  string
	typ   hm.Type
	shape tensor.Shape
	arity int
}

func (n node) Arity() int                                            { return n.arity }
func (n node) Type() hm.Type                                         { return n.typ }
func (n node) String() string                                        { return n.name }
func (n node) WriteHash(h hash.Hash)                                 { fmt.Fprint(h, n.name) }
func (n node) ReturnsPtr() bool                                      { return false } // Gorgonia shall not reuse the output's memory: the layer does
func (n node) CallsExtern() bool                                     { return false }
func (n node) OverwritesInput() int                                  { return -1 }
func (n node) Hashcode() uint32                                      { h := fnv.New32a(); n.WriteHash(h); return h.Sum32() }
func (n node) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) { return n.shape, nil }

// describe makes the node of a function of the inputs with a result of the
// given type and shape.
func describe(name string, result hm.Type, shape tensor.Shape, inputs ...*gorgonia.Node) node {
	types := make([]hm.Type, 0, len(inputs)+1)
	for _, in := range inputs {
		types = append(types, in.Type())
	}
	return node{name: name, typ: hm.NewFnType(append(types, result)...), shape: shape, arity: len(inputs)}
}

// forwardOp is a layer as an operation that Gorgonia can differentiate.
type forwardOp struct {
	node
	layer layer
}

// apply adds the layer's node to the graph of its inputs.
func apply(l layer, inputs ...*gorgonia.Node) (*gorgonia.Node, error) {
	y := l.output()
	op := forwardOp{describe(l.String(), gorgonia.TypeOf(y), y.Shape(), inputs...), l}
	n, err := gorgonia.ApplyOp(op, inputs...)
	if err != nil {
		return nil, fmt.Errorf("add %v to the graph: %w", l, err)
	}
	gorgonia.WithName(l.String())(n)
	return n, nil
}

// Do computes the layer's output.
func (op forwardOp) Do(in ...gorgonia.Value) (gorgonia.Value, error) {
	op.layer.forward(in)
	return op.layer.output(), nil
}

// DiffWRT says which inputs have a gradient.
func (op forwardOp) DiffWRT(inputs int) []bool {
	has := make([]bool, inputs)
	for i := range has {
		has[i] = op.layer.hasGradient(i)
	}
	return has
}

// SymDiff returns the nodes of the gradients: one node runs the layer's
// backward pass, and one for each input that has a gradient reads it there.
func (op forwardOp) SymDiff(inputs gorgonia.Nodes, output, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	op.layer.prepare()
	from := append(append(gorgonia.Nodes{}, inputs...), output, grad)
	back := backwardOp{describe(op.name+" backward", tensor.Float32, tensor.ScalarShape(), from...), op.layer}
	run, err := gorgonia.ApplyOp(back, from...)
	if err != nil {
		return nil, fmt.Errorf("differentiate %v: %w", op, err)
	}
	grads := make(gorgonia.Nodes, len(inputs))
	for i, in := range inputs {
		if !op.layer.hasGradient(i) {
			continue
		}
		name := fmt.Sprintf("%s gradient %d", op.name, i)
		pick := gradientOp{describe(name, in.Type(), in.Shape(), run), op.layer, i}
		if grads[i], err = gorgonia.ApplyOp(pick, run); err != nil {
			return nil, fmt.Errorf("differentiate %v: %w", op, err)
		}
	}
	return grads, nil
}

// backwardOp runs a layer's backward pass. Its inputs are those of the layer,
// the layer's output and the output's gradient; its value means nothing.
type backwardOp struct {
	node
	layer layer
}

var done = gorgonia.NewF32(0)

// Do computes all gradients of the layer.
func (op backwardOp) Do(in ...gorgonia.Value) (gorgonia.Value, error) {
	op.layer.backward(in[:len(in)-2], in[len(in)-1])
	return done, nil
}

// gradientOp is one of the gradients that a backwardOp computed.
type gradientOp struct {
	node
	layer layer
	input int
}

// Do returns the gradient.
func (op gradientOp) Do(...gorgonia.Value) (gorgonia.Value, error) {
	return op.layer.gradient(op.input), nil
}
