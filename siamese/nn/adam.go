package nn

import (
	"fmt"
	"math"
	"slices"
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
	Decay        float64 // weight decay, not of biases
	Clip         float64 // largest global norm of the gradients; 0: no limit

	Steps int // taken so far

	now  adamArgs[T]
	job  func(worker, chunk int) // a.updateChunk, made once
	sums []float64               // of squares, by chunk
	norm func(worker, chunk int) // a.sumChunk
}

// adamArgs is the parameter that is being updated.
type adamArgs[T Float] struct {
	w, m, v, g []T
	kernel     kernel.Adam
	plain      plain.Adam
	scale      float64
}

// NewAdam returns a solver with Keras' constants: rate 1e-3, beta 0.9 and
// 0.999, epsilon 1e-7, no decay and no clipping.
func NewAdam[T Float]() *Adam[T] {
	a := &Adam[T]{Rate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}
	a.job, a.norm = a.updateChunk, a.sumChunk
	return a
}

// Step updates every parameter from its gradient, except those that their layer
// already updated in its backward pass.
func (a *Adam[T]) Step(model []gorgonia.ValueGrad) error {
	for _, p := range model {
		if _, ok := p.(*Param[T]); !ok {
			return fmt.Errorf("adam: a %T is not a parameter of a machine", p)
		}
	}
	scale := a.clip(model)
	a.Steps++
	for _, p := range model {
		if p := p.(*Param[T]); !p.updated {
			a.update(p, scale)
		}
	}
	return nil
}

// grain is how many numbers of a parameter are worked on in one piece.
const grain = 1 << 16

// chunks is how many pieces n numbers are.
func chunks(n int) int { return (n + grain - 1) / grain }

// update takes the parameter's step, with its gradient times scale.
func (a *Adam[T]) update(p *Param[T], scale float64) {
	w, decay := floats[T](p.value), a.decay(p)
	a.now = adamArgs[T]{
		w: w, m: p.first, v: p.second, g: floats[T](p.grad.Value()), scale: scale,
		kernel: a.kernel(decay, a.Steps),
		plain:  plain.NewAdam(a.Rate, a.Beta1, a.Beta2, a.Epsilon, decay, a.Steps),
	}
	p.team.Do(chunks(len(w)), a.job)
}

func (a *Adam[T]) updateChunk(_, k int) {
	from, to := k*grain, min((k+1)*grain, len(a.now.w))
	n := &a.now
	w, m, v, g := n.w[from:to], n.m[from:to], n.v[from:to], n.g[from:to]
	switch any(T(0)).(type) {
	case float32:
		n.kernel.Update(single(w), single(m), single(v), single(g), float32(n.scale))
	default:
		for i := range g {
			g[i] *= T(n.scale)
		}
		plain.Update(n.plain, w, m, v, g)
	}
}

// kernel returns the given step in the kernels' form, whose epsilon is added
// after the bias correction.
func (a *Adam[T]) kernel(decay float64, step int) kernel.Adam {
	k := kernel.Adam{Rate: a.Rate, Beta1: a.Beta1, Beta2: a.Beta2, Decay: decay, Step: step}
	k.Epsilon = a.Epsilon / math.Sqrt(1-kernel.Power(a.Beta2, step))
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
func (a *Adam[T]) clip(model []gorgonia.ValueGrad) float64 {
	if a.Clip == 0 {
		return 1
	}
	var squares float64
	for _, p := range model {
		p := p.(*Param[T])
		a.now.g = floats[T](p.grad.Value())
		n := chunks(len(a.now.g))
		a.sums = slices.Grow(a.sums[:0], n)[:n]
		p.team.Do(n, a.norm)
		for _, s := range a.sums {
			squares += s
		}
	}
	if norm := math.Sqrt(squares); norm > a.Clip {
		return a.Clip / norm
	}
	return 1
}

func (a *Adam[T]) sumChunk(_, k int) {
	g := a.now.g[k*grain : min((k+1)*grain, len(a.now.g))]
	switch any(T(0)).(type) {
	case float32:
		a.sums[k] = kernel.SumSquares(single(g))
	default:
		a.sums[k] = 0
		for _, v := range g {
			a.sums[k] += float64(v) * float64(v)
		}
	}
}
