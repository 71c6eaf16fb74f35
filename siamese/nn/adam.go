package nn

import (
	"fmt"
	"math"
	"strings"

	"gorgonia.org/gorgonia"

	"whorl/siamese/kernel"
	"whorl/siamese/plain"
)

// Adam is the solver of Kingma and Ba (Adam: A method for stochastic
// optimization, ICLR 2015), with weight decay that is kept apart from the
// gradient (Loshchilov and Hutter: Decoupled weight decay regularization, ICLR
// 2019) and clipping of the gradients' global norm. It implements
// gorgonia.Solver for the parameters of a Machine, which keep their moments.
type Adam[T Float] struct {
	Rate         float64 // learning rate of the next step
	Beta1, Beta2 float64
	Epsilon      float64 // as Keras adds it: to the root of the second moment without bias correction
	Decay        float64 // weight decay; biases are left alone
	Clip         float64 // largest global norm of the gradients; 0: no limit

	Steps int // taken so far
}

// NewAdam returns a solver with Keras' constants: rate 1e-3, beta 0.9 and
// 0.999, epsilon 1e-7, no decay and no clipping.
func NewAdam[T Float]() *Adam[T] {
	return &Adam[T]{Rate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}
}

// Step updates every parameter from its gradient, but for those whose layer
// already did so in its backward pass.
func (a *Adam[T]) Step(model []gorgonia.ValueGrad) error {
	params := make([]*Param[T], len(model))
	for i, p := range model {
		var ok bool
		if params[i], ok = p.(*Param[T]); !ok {
			return fmt.Errorf("adam: a %T is no parameter of a machine", p)
		}
	}
	scale := a.clip(params)
	a.Steps++
	for _, p := range params {
		if !p.updated {
			a.update(p, scale)
		}
	}
	return nil
}

// grain is how many numbers are updated or summed in one piece.
const grain = 1 << 16

// update takes the parameter's step, with its gradient times scale.
func (a *Adam[T]) update(p *Param[T], scale float64) {
	w, m, v, g := floats[T](p.value), p.first, p.second, floats[T](p.grad.Value())
	decay := a.decay(p)
	p.team.Do((len(w)+grain-1)/grain, func(_, k int) {
		from, to := k*grain, min((k+1)*grain, len(w))
		switch w := any(w[from:to]).(type) {
		case []float32:
			a.kernel(decay, a.Steps).Update(w, any(m[from:to]).([]float32), any(v[from:to]).([]float32),
				any(g[from:to]).([]float32), float32(scale))
		case []float64:
			for i := range g[from:to] {
				g[from+i] *= T(scale)
			}
			step := plain.NewAdam(a.Rate, a.Beta1, a.Beta2, a.Epsilon, decay, a.Steps)
			plain.Update(step, w, any(m[from:to]).([]float64), any(v[from:to]).([]float64), any(g[from:to]).([]float64))
		}
	})
}

// kernel returns the given step in the kernels' form, whose epsilon is added
// after the bias correction.
func (a *Adam[T]) kernel(decay float64, step int) kernel.Adam {
	k := kernel.Adam{Rate: a.Rate, Beta1: a.Beta1, Beta2: a.Beta2, Decay: decay, Step: step}
	k.Epsilon = a.Epsilon / math.Sqrt(1-plain.Power(a.Beta2, step))
	return k
}

// decay is the weight decay of the parameter.
func (a *Adam[T]) decay(p *Param[T]) float64 {
	if strings.HasSuffix(p.Name, ".bias") {
		return 0
	}
	return a.Decay
}

// clip returns the factor that brings the gradients' global norm down to Clip.
func (a *Adam[T]) clip(params []*Param[T]) float64 {
	if a.Clip == 0 {
		return 1
	}
	var squares float64
	for _, p := range params {
		g := floats[T](p.grad.Value())
		sums := make([]float64, (len(g)+grain-1)/grain)
		p.team.Do(len(sums), func(_, k int) {
			sums[k] = sumSquares(g[k*grain : min((k+1)*grain, len(g))])
		})
		for _, s := range sums {
			squares += s
		}
	}
	if norm := math.Sqrt(squares); norm > a.Clip {
		return a.Clip / norm
	}
	return 1
}

func sumSquares[T Float](x []T) float64 {
	if x, ok := any(x).([]float32); ok {
		return kernel.SumSquares(x)
	}
	var sum float64
	for _, v := range x {
		sum += float64(v * v)
	}
	return sum
}
