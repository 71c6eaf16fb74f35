package nn

import (
	"errors"
	"fmt"

	"gorgonia.org/gorgonia"
)

// A Machine runs a finished Graph. It is for one goroutine at a time; what it
// computes is spread over all processors.
type Machine[T Float] struct {
	graph *Graph[T]
	infer gorgonia.VM // logits alone
	train gorgonia.VM // loss and gradients; nil if not asked for
	model []gorgonia.ValueGrad
}

// Inference ends the building of the graph and returns a machine that can only
// do Forward.
func (g *Graph[T]) Inference() (*Machine[T], error) {
	if g.end == nil {
		g.Fail("it has neither a loss nor an output")
	}
	if g.err != nil {
		return nil, g.err
	}
	g.end(g.build())
	if g.err != nil {
		return nil, g.err
	}
	m := &Machine[T]{graph: g}
	var inputs gorgonia.Nodes
	for _, in := range g.expr.Inputs() {
		if name := in.Name(); name != "truth" && name != "pair weight" {
			inputs = append(inputs, in)
		}
	}
	prog, locations, err := gorgonia.CompileFunction(g.expr, inputs, gorgonia.Nodes{g.output})
	if err != nil {
		return nil, fmt.Errorf("compile the network's forward pass: %w", err)
	}
	m.infer = gorgonia.NewTapeMachine(g.expr, gorgonia.WithPrecompiled(prog, locations))
	return m, nil
}

// Training ends the building of the graph and returns a machine that can also
// do Step.
func (g *Graph[T]) Training() (*Machine[T], error) {
	m, err := g.Inference()
	if err != nil {
		return nil, err
	}
	if g.loss == nil {
		return nil, errors.New("differentiate the network: it has no loss")
	}
	var nodes gorgonia.Nodes
	for _, p := range g.params {
		nodes = append(nodes, p.node)
	}
	grads, err := gorgonia.Grad(g.loss, nodes...)
	if err != nil {
		return nil, fmt.Errorf("differentiate the network: %w", err)
	}
	for i, p := range g.params {
		p.grad = grads[i]
		n := len(floats[T](p.value))
		p.first, p.second = floats[T](array[T](n)), floats[T](array[T](n))
		m.model = append(m.model, p)
	}
	prog, locations, err := gorgonia.Compile(g.expr)
	if err != nil {
		return nil, fmt.Errorf("compile the network's training step: %w", err)
	}
	m.train = gorgonia.NewTapeMachine(g.expr, gorgonia.WithPrecompiled(prog, locations))
	return m, nil
}

// Params are the network's parameters in the order in which they were added.
func (m *Machine[T]) Params() []*Param[T] { return m.graph.params }

// Pairs is the number of pairs of a batch.
func (m *Machine[T]) Pairs() int { return m.graph.pairs }

// Images is the memory of the batch: the grey pixels of every probe, then
// those of every gallery image.
func (m *Machine[T]) Images() []uint8 { return m.graph.pixels.Uint8s() }

// Codes is the memory of a batch that begins with codes.
func (m *Machine[T]) Codes() []T { return floats[T](m.graph.codes) }

// Truth is the memory of the batch's labels: 1 for a genuine pair, else 0.
func (m *Machine[T]) Truth() []T { return floats[T](m.graph.truth) }

// Weight is the memory of the batch's pair weights: the loss is the sum of
// each pair's cross-entropy times its weight.
func (m *Machine[T]) Weight() []T { return floats[T](m.graph.weight) }

// Forward computes Logits from Images.
func (m *Machine[T]) Forward() error {
	defer m.infer.Reset()
	if err := m.infer.RunAll(); err != nil {
		return fmt.Errorf("run the network: %w", err)
	}
	return nil
}

// Gradients computes the loss and the gradient of every parameter.
func (m *Machine[T]) Gradients() error { return m.run(nil) }

// Step computes the loss and the gradients, and lets the solver update the
// parameters. With an Adam that needs no norm, layers whose gradients are
// large update their own weights on the way, so that these gradients are never
// stored; the bits are the same.
func (m *Machine[T]) Step(s gorgonia.Solver) error {
	a, _ := s.(*Adam[T])
	if a != nil && a.Clip != 0 {
		a = nil
	}
	if err := m.run(a); err != nil {
		return err
	}
	return s.Step(m.model)
}

func (m *Machine[T]) run(fuse *Adam[T]) error {
	if m.train == nil {
		return errors.New("run the network's training step: it was built for inference")
	}
	for _, p := range m.graph.params {
		p.fuse, p.updated = fuse, false
	}
	defer m.train.Reset()
	if err := m.train.RunAll(); err != nil {
		return fmt.Errorf("run the network's training step: %w", err)
	}
	return nil
}

// Logits copies the network's output for each pair of the last run to dst,
// which must be Pairs long, and returns it.
func (m *Machine[T]) Logits(dst []T) []T {
	z := m.Output()
	for i := range dst {
		dst[i] = z[i*m.graph.length]
	}
	return dst
}

// Output is the memory of the output of the last run. In a graph that ends
// with Output it is row-major.
func (m *Machine[T]) Output() []T { return floats[T](m.graph.output.Value()) }

// Losses is the cross-entropy of each pair of the last training step, without
// its weight.
func (m *Machine[T]) Losses() []float64 { return m.graph.losses.each }

// Loss is the weighted sum of Losses.
func (m *Machine[T]) Loss() float64 { return m.graph.losses.sum }
