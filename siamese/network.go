package siamese

import (
	"math"

	"whorl/siamese/nn"
)

// A Network is an architecture with its weights. Its methods do not change it
// and are safe for concurrent use.
type Network struct {
	Architecture Architecture
	Params       []Param // in the order of the layers, each weight before its bias
}

// A Param is an array of weights.
type Param struct {
	Name  string // e.g. "conv1.weight"
	Shape []int  // convolution: filters, channels, rows, columns; dense: outputs, inputs (channel by channel); bias: outputs
	Data  []float32
}

// New returns a network whose weights are drawn from the seed as Keras does by
// default: glorot-uniform (Glorot and Bengio: Understanding the difficulty of
// training deep feedforward neural networks, AISTATS 2010, equation 16), with
// biases of zero.
func New(a Architecture, seed uint64) (*Network, error) {
	n, err := empty(a)
	if err != nil {
		return nil, err
	}
	for _, p := range n.Params {
		if len(p.Shape) == 1 {
			continue
		}
		field := 1 // weights between a channel in and a channel out
		for _, d := range p.Shape[2:] {
			field *= d
		}
		limit := float32(math.Sqrt(6 / float64(field*(p.Shape[0]+p.Shape[1]))))
		r := newStream(seed, "initial "+p.Name)
		for i := range p.Data {
			p.Data[i] = limit * (2*r.float() - 1)
		}
	}
	return n, nil
}

// empty returns a network of zeros, or an error if the architecture is invalid.
func empty(a Architecture) (*Network, error) {
	shapes, err := a.params()
	if err != nil {
		return nil, err
	}
	n := &Network{Architecture: a}
	for _, s := range shapes {
		n.Params = append(n.Params, Param{Name: s.Name, Shape: s.Dims, Data: make([]float32, s.Len())})
	}
	return n, nil
}

// machine returns a machine for batches of the given number of pairs, with the
// network's weights in it.
func (n *Network) machine(pairs int) (*nn.Machine[float32], error) {
	m, err := graph[float32](n.Architecture, pairs).Inference()
	if err != nil {
		return nil, err
	}
	n.load(m)
	return m, nil
}

// load copies the weights into a machine of the same architecture.
func (n *Network) load(m *nn.Machine[float32]) {
	for i, p := range m.Params() {
		p.Set(n.Params[i].Data)
	}
}

// store copies the weights out of a machine of the same architecture.
func (n *Network) store(m *nn.Machine[float32]) {
	for i, p := range m.Params() {
		p.Get(n.Params[i].Data)
	}
}
