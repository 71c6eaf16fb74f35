package onnx

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"whorl/siamese"
	"whorl/siamese/model"
)

// A Part is what of a model a graph computes.
type Part string

// The parts. Inputs and outputs are named as here.
const (
	Whole  Part = "model"  // probe, gallery (images) -> logit, probability
	Branch Part = "branch" // image -> code
	Head   Part = "head"   // probe, gallery (codes) -> logit, probability
)

// Versions of the format that is written.
const (
	irVersion = 8
	opset     = 17
)

// Write writes part of a model as an ONNX file. It fails if the network has a
// layer that the graph has no operator for.
func Write(w io.Writer, m *model.Model, part Part) error {
	g, err := build(m, part)
	if err != nil {
		return fmt.Errorf("write onnx: %w", err)
	}
	var out, set message
	out.integer(1, irVersion)
	out.text(2, "whorl")
	set.text(1, "")
	set.integer(2, opset)
	out.bytes(7, g.encode(string(part)))
	out.bytes(8, set)
	properties, err := metadata(m, part)
	if err != nil {
		return fmt.Errorf("write onnx: %w", err)
	}
	for _, p := range properties {
		var entry message
		entry.text(1, p[0])
		entry.text(2, p[1])
		out.bytes(14, entry)
	}
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("write onnx: %w", err)
	}
	return nil
}

// metadata are the properties of the model, sorted by key.
func metadata(m *model.Model, part Part) ([][2]string, error) {
	meta := m.Metadata
	thresholds, err := json.Marshal(meta.Thresholds)
	if err != nil {
		return nil, err
	}
	out := [][2]string{
		{"whorl.network_sha256", m.Digest()},
		{"whorl.architecture", m.Network.Architecture.Name},
		{"whorl.part", string(part)},
		{"whorl.run", meta.Run},
		{"whorl.resize", meta.Pixels.Resize},
		{"whorl.thresholds", string(thresholds)},
	}
	for k, v := range meta.Labels {
		out = append(out, [2]string{"whorl.label." + k, v})
	}
	for k, v := range meta.Inputs {
		out = append(out, [2]string{"whorl.input." + k, v})
	}
	slices.SortFunc(out, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return out, nil
}

func build(m *model.Model, part Part) (*graph, error) {
	n, a := m.Network, m.Network.Architecture
	g := newGraph()
	code := a.Summary()[len(a.Branch)].In // of the merge: rows, columns, channels
	codeShape := []int{code[2], code[0], code[1]}
	image := []int{1, a.Height, a.Width}
	branch := func(input, prefix string) (string, bool, error) {
		g.inputs = append(g.inputs, value(input, image...))
		divisor := g.constant("divisor", nil, []float32{float32(m.Metadata.Pixels.Divisor)})
		p := &pass{graph: g, prefix: prefix, params: n.Params}
		x, err := p.layers(a.Branch, g.add("Div", prefix+"pixels", []string{input, divisor}))
		return x, p.flat, err
	}
	if slices.ContainsFunc(a.Branch, func(l siamese.Layer) bool { return l.Kind == siamese.Dense }) {
		codeShape = codeShape[:1]
	}
	switch part {
	case Branch:
		x, _, err := branch("image", "branch.")
		if err != nil {
			return nil, err
		}
		g.add("Identity", "code", []string{x})
		g.outputs = append(g.outputs, value("code", codeShape...))
		return g, nil
	case Head:
		g.inputs = append(g.inputs, value("probe", codeShape...), value("gallery", codeShape...))
		return g, head(g, m, "probe", "gallery", len(codeShape) == 1)
	case Whole:
		x, flat, err := branch("probe", "probe.")
		if err != nil {
			return nil, err
		}
		y, _, err := branch("gallery", "gallery.")
		if err != nil {
			return nil, err
		}
		return g, head(g, m, x, y, flat)
	}
	return nil, fmt.Errorf("unknown part %q (available: %s, %s, %s)", part, Whole, Branch, Head)
}

// head adds what follows the codes x and y.
func head(g *graph, m *model.Model, x, y string, flat bool) error {
	n, a := m.Network, m.Network.Architecture
	z := g.add("Sub", "difference", []string{x, y})
	if a.Merge == siamese.Abs {
		z = g.add("Abs", "merge", []string{z})
	}
	p := &pass{graph: g, prefix: "head.", params: n.Params[2*len(a.Branch):], flat: flat}
	z, err := p.layers(a.Head, z)
	if err != nil {
		return err
	}
	z = g.add("Identity", "logit", []string{z})
	if c := m.Metadata.Calibration; c != nil {
		z = g.add("Mul", "scaled", []string{z, g.constant("slope", nil, []float32{float32(c.Slope)})})
		z = g.add("Add", "calibrated", []string{z, g.constant("offset", nil, []float32{float32(c.Offset)})})
	}
	g.add("Sigmoid", "probability", []string{z})
	g.outputs = append(g.outputs, value("logit", 1), value("probability", 1))
	return nil
}
