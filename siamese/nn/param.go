package nn

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
)

// A Param is a learned array of a network. It implements gorgonia.ValueGrad,
// which is how a gorgonia.Solver sees it.
type Param[T Float] struct {
	Shape

	value         *tensor.Dense // in the layer's own layout
	first, second []T           // moments, in that layout; nil in a graph that is not trained
	at            func(i int) int
	node, grad    *gorgonia.Node
	team          *kernel.Team
	fuse          *Adam[T] // if not nil, the backward pass may take the step itself
	updated       bool     // and has done so
}

// Set copies the elements from src, row-major in Dims.
func (p *Param[T]) Set(src []T) { p.scatter(floats[T](p.value), src) }

// Get copies the elements to dst, row-major in Dims.
func (p *Param[T]) Get(dst []T) { p.gather(dst, floats[T](p.value)) }

// Memory is the parameter's elements and the solver's two moments where they
// are, in the layer's layout and with its padding: what to save, and to
// overwrite, to continue training. The moments are nil in a graph that is
// not trained.
func (p *Param[T]) Memory() (value, first, second []T) {
	return floats[T](p.value), p.first, p.second
}

// GetGrad copies the gradient of the last call of Gradients to dst, row-major
// in Shape.
func (p *Param[T]) GetGrad(dst []T) { p.gather(dst, floats[T](p.grad.Value())) }

// Value is the parameter's memory, in the layer's layout.
func (p *Param[T]) Value() gorgonia.Value { return p.value }

// Grad is the memory of the gradient, in the layer's layout.
func (p *Param[T]) Grad() (gorgonia.Value, error) {
	if p.updated {
		return nil, fmt.Errorf("%s: its layer has already taken the step", p.Name)
	}
	return p.grad.Value(), nil
}

func (p *Param[T]) scatter(dst, src []T) {
	if p.at == nil {
		copy(dst, src)
		return
	}
	p.team.Do(chunks(len(src)), func(_, k int) {
		for i := k * grain; i < min((k+1)*grain, len(src)); i++ {
			dst[p.at(i)] = src[i]
		}
	})
}

func (p *Param[T]) gather(dst, src []T) {
	if p.at == nil {
		copy(dst, src)
		return
	}
	p.team.Do(chunks(len(dst)), func(_, k int) {
		for i := k * grain; i < min((k+1)*grain, len(dst)); i++ {
			dst[i] = src[p.at(i)]
		}
	})
}
