package nn

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
	"whorl/siamese/plain"
)

// generalDense is a fully connected layer, optionally with ReLU, for any
// shape. Inputs: x (n, in), weights (out, in), biases (out). Output: (n, out).
type generalDense[T Float] struct {
	team          *kernel.Team
	name          string
	in, out       int
	relu          bool
	first         bool // the input is given: no gradient
	y, dx, dw, db *tensor.Dense
	arg           []int32
	dz            []T // gradient before ReLU
}

func newGeneralDense[T Float](team *kernel.Team, name string, n, in, out int, relu, first bool) *generalDense[T] {
	return &generalDense[T]{
		team: team, name: name, in: in, out: out, relu: relu, first: first,
		y: array[T](n, out), arg: make([]int32, n*out),
	}
}

func (d *generalDense[T]) String() string         { return d.name }
func (d *generalDense[T]) output() gorgonia.Value { return d.y }

func (d *generalDense[T]) forward(in []gorgonia.Value) {
	x, w, b, y := floats[T](in[0]), floats[T](in[1]), floats[T](in[2]), floats[T](d.y)
	d.team.Do(len(y)/d.out, func(_, i int) {
		yi := y[i*d.out:][:d.out]
		plain.DenseForward(yi, x[i*d.in:][:d.in], w, b)
		if d.relu {
			plain.ReLU(yi, d.arg[i*d.out:][:d.out], yi)
		}
	})
}

func (d *generalDense[T]) prepare() {
	n := d.y.Shape()[0]
	d.dx, d.dw, d.db = array[T](n, d.in), array[T](d.out, d.in), array[T](d.out)
	d.dz = make([]T, n*d.out)
}

func (d *generalDense[T]) hasGradient(i int) bool { return i > 0 || !d.first }

func (d *generalDense[T]) gradient(i int) gorgonia.Value {
	return []gorgonia.Value{d.dx, d.dw, d.db}[i]
}

func (d *generalDense[T]) backward(in []gorgonia.Value, grad gorgonia.Value) {
	x, w, dz := floats[T](in[0]), floats[T](in[1]), floats[T](grad)
	dx, dw, db := floats[T](d.dx), floats[T](d.dw), floats[T](d.db)
	n := len(dz) / d.out
	if d.relu {
		for i := range n {
			plain.Route(d.dz[i*d.out:][:d.out], dz[i*d.out:][:d.out], d.arg[i*d.out:][:d.out])
		}
		dz = d.dz
	}
	if !d.first {
		d.team.Do(n, func(_, i int) {
			plain.DenseBackwardInput(dx[i*d.in:][:d.in], dz[i*d.out:][:d.out], w)
		})
	}
	d.team.Do(d.out, func(_, o int) {
		db[o] = plain.DenseBackwardOutput(dw[o*d.in:][:d.in], o, d.out, dz, x)
	})
}
