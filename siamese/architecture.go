package siamese

import (
	"fmt"
	"strings"

	"whorl/siamese/nn"
)

// A Merge says how the codes of the two images of a pair become one.
type Merge string

// The merges: the probe's code minus the gallery image's, or the absolute
// value of that, which is symmetric in the two images.
const (
	Subtract Merge = "subtract"
	Abs      Merge = "abs"
)

// An Architecture is a Siamese network without its weights. Both images go
// through the Branch, with the same weights; then their codes are merged and
// go through the Head, which ends in one number, the logit of the similarity.
type Architecture struct {
	Name   string  `json:"name"`
	Height int     `json:"height"` // of the images, in pixels
	Width  int     `json:"width"`
	Merge  Merge   `json:"merge"`
	Branch []Layer `json:"branch"`
	Head   []Layer `json:"head"`

	// Winograd selects Winograd's algorithm for the convolutions that the
	// kernels support: fewer products, and other rounding.
	Winograd bool `json:"winograd"`
}

// A Layer is one layer with learned weights. A convolution has stride 1 and
// keeps the size of its input; a dense layer flattens its input.
type Layer struct {
	Name   string `json:"name"`
	Kind   Kind   `json:"kind"`
	Width  int    `json:"width"`            // filters or units
	Kernel int    `json:"kernel,omitempty"` // rows and columns of a filter, odd
	ReLU   bool   `json:"relu,omitempty"`
	Pool   bool   `json:"pool,omitempty"` // 2x2 max pooling after the ReLU
}

// Kind is the kind of a Layer.
type Kind string

// The kinds of layers.
const (
	Conv  Kind = "conv"
	Dense Kind = "dense"
)

// Tutorial is the network of the tutorial "Fingerprint Verification System
// Using a Siamese Neural Network in Keras": 3,984,001 parameters at 90x90.
func Tutorial(merge Merge, height, width int) Architecture {
	return Architecture{
		Name: "tutorial", Height: height, Width: width, Merge: merge,
		Branch: []Layer{conv("conv1", 32), conv("conv2", 64)},
		Head:   []Layer{dense("dense1", 128), output("dense2")},
	}
}

// Compact is the other network of the tutorial's authors: 266,753 parameters at
// 90x90.
func Compact(merge Merge, height, width int) Architecture {
	return Architecture{
		Name: "compact", Height: height, Width: width, Merge: merge,
		Branch: []Layer{conv("conv1", 32), conv("conv2", 32)},
		Head:   []Layer{conv("conv3", 32), dense("dense1", 64), output("dense2")},
	}
}

// Named returns the architecture of the given name, "tutorial" or "compact".
func Named(name string, merge Merge, height, width int) (Architecture, error) {
	switch name {
	case "tutorial":
		return Tutorial(merge, height, width), nil
	case "compact":
		return Compact(merge, height, width), nil
	}
	return Architecture{}, fmt.Errorf(`unknown network %q (available: "tutorial", "compact")`, name)
}

func conv(name string, filters int) Layer {
	return Layer{Name: name, Kind: Conv, Width: filters, Kernel: 3, ReLU: true, Pool: true}
}

func dense(name string, units int) Layer {
	return Layer{Name: name, Kind: Dense, Width: units, ReLU: true}
}

func output(name string) Layer { return Layer{Name: name, Kind: Dense, Width: 1} }

// graph builds the network for batches of the given number of pairs.
func graph[T nn.Float](a Architecture, pairs int) *nn.Graph[T] {
	g := begin[T](a, pairs)
	x := g.Images()
	for _, l := range a.Branch {
		x = add(g, l, x)
	}
	switch a.Merge {
	case Subtract, Abs:
		x = g.Merge("merge", x, a.Merge == Abs)
	default:
		g.Fail("unknown merge %q (available: %q, %q)", a.Merge, Subtract, Abs)
	}
	for _, l := range a.Head {
		x = add(g, l, x)
	}
	g.Loss(x)
	return g
}

// begin starts a graph for some part of the network.
func begin[T nn.Float](a Architecture, pairs int) *nn.Graph[T] {
	g := nn.NewGraph[T](pairs, a.Height, a.Width)
	g.Winograd = a.Winograd
	return g
}

func add[T nn.Float](g *nn.Graph[T], l Layer, x nn.Data) nn.Data {
	switch {
	case l.Kind == Conv:
		return g.Conv(l.Name, x, nn.Conv{Filters: l.Width, Kernel: l.Kernel, ReLU: l.ReLU, Pool: l.Pool})
	case l.Kind == Dense && !l.Pool:
		return g.Dense(l.Name, x, nn.Dense{Units: l.Width, ReLU: l.ReLU})
	}
	g.Fail("%s: a layer is of kind %q or %q, and only the former pools", l.Name, Conv, Dense)
	return x
}

// params are the shapes of the weights and biases, or an error if the
// architecture is invalid.
func (a Architecture) params() ([]nn.Shape, error) {
	g := graph[float32](a, 1)
	shapes, err := g.Params()
	if err != nil {
		return nil, fmt.Errorf("network %q: %w", a.Name, err)
	}
	return shapes, nil
}

// A Step is one row of an architecture's summary.
type Step struct {
	Name       string `json:"name"`
	Kind       string `json:"kind"` // e.g. "conv3x3+relu+maxpool2"
	In         [3]int `json:"in"`   // rows, columns, channels
	Out        [3]int `json:"out"`
	Parameters int    `json:"parameters"`
}

// Summary lists what happens to an image on its way through the network.
func (a Architecture) Summary() []Step {
	at := [3]int{a.Height, a.Width, 1}
	var steps []Step
	pass := func(layers []Layer) {
		for _, l := range layers {
			s := l.step(at)
			steps, at = append(steps, s), s.Out
		}
	}
	pass(a.Branch)
	steps = append(steps, Step{Name: "merge", Kind: string(a.Merge), In: at, Out: at})
	pass(a.Head)
	return steps
}

// Parameters is the number of learned numbers.
func (a Architecture) Parameters() int {
	n := 0
	for _, s := range a.Summary() {
		n += s.Parameters
	}
	return n
}

func (l Layer) step(in [3]int) Step {
	s := Step{Name: l.Name, In: in}
	var kind []string
	if l.Kind == Conv {
		kind = append(kind, fmt.Sprintf("conv%dx%d", l.Kernel, l.Kernel))
		s.Out = [3]int{in[0], in[1], l.Width}
		s.Parameters = l.Width * (in[2]*l.Kernel*l.Kernel + 1)
	} else {
		kind = append(kind, "dense")
		s.Out = [3]int{1, 1, l.Width}
		s.Parameters = l.Width * (in[0]*in[1]*in[2] + 1)
	}
	if l.ReLU {
		kind = append(kind, "relu")
	}
	if l.Pool {
		kind = append(kind, "maxpool2")
		s.Out[0], s.Out[1] = s.Out[0]/2, s.Out[1]/2
	}
	s.Kind = strings.Join(kind, "+")
	return s
}
