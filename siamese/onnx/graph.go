package onnx

import (
	"fmt"

	"whorl/siamese"
)

// A graph is a GraphProto while it is put together.
type graph struct {
	nodes, initializers, inputs, outputs []message
	known                                map[string]bool // initializers
}

func newGraph() *graph { return &graph{known: map[string]bool{}} }

func (g *graph) encode(name string) message {
	var m message
	for _, n := range g.nodes {
		m.bytes(1, n)
	}
	m.text(2, name)
	for _, t := range g.initializers {
		m.bytes(5, t)
	}
	for _, v := range g.inputs {
		m.bytes(11, v)
	}
	for _, v := range g.outputs {
		m.bytes(12, v)
	}
	return m
}

// add appends a node, and returns the name of its output.
func (g *graph) add(op, output string, inputs []string, attributes ...attribute) string {
	g.nodes = append(g.nodes, node(op, output, inputs, attributes...))
	return output
}

// constant adds an initializer, once.
func (g *graph) constant(name string, shape []int, data []float32) string {
	if !g.known[name] {
		g.known[name] = true
		g.initializers = append(g.initializers, tensor(name, shape, data))
	}
	return name
}

// A pass puts tensors through layers, which take the network's parameters in
// order. Names of outputs begin with prefix.
type pass struct {
	*graph
	prefix string
	params []siamese.Param
	flat   bool // x has two dimensions
}

func (p *pass) layer(l siamese.Layer, x string) (string, error) {
	name := p.prefix + l.Name
	w := p.constant(p.params[0].Name, p.params[0].Shape, p.params[0].Data)
	b := p.constant(p.params[1].Name, p.params[1].Shape, p.params[1].Data)
	p.params = p.params[2:]
	switch l.Kind {
	case siamese.Conv:
		if p.flat {
			return "", fmt.Errorf("layer %s: a convolution after a dense layer has no place in ONNX's shapes here", l.Name)
		}
		k, side := int64(l.Kernel), int64(l.Kernel/2)
		x = p.add("Conv", name, []string{x, w, b},
			attribute{name: "kernel_shape", ints: []int64{k, k}}, attribute{name: "pads", ints: []int64{side, side, side, side}})
	case siamese.Dense:
		if !p.flat {
			x = p.add("Flatten", name+".flat", []string{x}, attribute{name: "axis", ints: []int64{1}, single: true})
			p.flat = true
		}
		x = p.add("Gemm", name, []string{x, w, b}, attribute{name: "transB", ints: []int64{1}, single: true})
	}
	if l.ReLU {
		x = p.add("Relu", name+".relu", []string{x})
	}
	if l.Pool {
		x = p.add("MaxPool", name+".pool", []string{x},
			attribute{name: "kernel_shape", ints: []int64{2, 2}}, attribute{name: "strides", ints: []int64{2, 2}})
	}
	return x, nil
}

func (p *pass) layers(layers []siamese.Layer, x string) (_ string, err error) {
	for _, l := range layers {
		if x, err = p.layer(l, x); err != nil {
			return "", err
		}
	}
	return x, nil
}
