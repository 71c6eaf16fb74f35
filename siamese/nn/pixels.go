package nn

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
)

// pixels turns grey values (n, length) of 0 to 255 into numbers of 0 to 1.
type pixels[T Float] struct {
	team *kernel.Team
	y    *tensor.Dense
}

func newPixels[T Float](team *kernel.Team, n, length int) *pixels[T] {
	return &pixels[T]{team, array[T](n, length)}
}

func (*pixels[T]) String() string                              { return "pixels" }
func (p *pixels[T]) output() gorgonia.Value                    { return p.y }
func (p *pixels[T]) prepare()                                  {}
func (p *pixels[T]) hasGradient(int) bool                      { return false }
func (p *pixels[T]) gradient(int) gorgonia.Value               { return nil }
func (p *pixels[T]) backward([]gorgonia.Value, gorgonia.Value) {}

func (p *pixels[T]) forward(in []gorgonia.Value) {
	x, y := in[0].(*tensor.Dense).Uint8s(), floats[T](p.y)
	p.team.Do(parts, func(_, k int) {
		from, to := part(k, len(y))
		for i := from; i < to; i++ {
			y[i] = T(x[i]) / 255
		}
	})
}
