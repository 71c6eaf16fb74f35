package nn

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
)

// nothing in a reorder's index stands for a zero.
const nothing = -1

// reorder picks the values of every image in another order, between layers
// that lay them out differently. Input (n, from), output (n, len(index)).
type reorder[T Float] struct {
	team  *kernel.Team
	name  string
	index []int32 // in the input, of each output
	from  int
	y, dx *tensor.Dense
}

func newReorder[T Float](team *kernel.Team, name string, n, from int, index []int32) *reorder[T] {
	return &reorder[T]{team: team, name: name, index: index, from: from, y: array[T](n, len(index))}
}

func (r *reorder[T]) String() string              { return r.name }
func (r *reorder[T]) output() gorgonia.Value      { return r.y }
func (r *reorder[T]) hasGradient(int) bool        { return true }
func (r *reorder[T]) gradient(int) gorgonia.Value { return r.dx }
func (r *reorder[T]) prepare()                    { r.dx = array[T](r.y.Shape()[0], r.from) }

func (r *reorder[T]) forward(in []gorgonia.Value) {
	x, y, to := floats[T](in[0]), floats[T](r.y), len(r.index)
	r.team.Do(len(y)/to, func(_, n int) {
		for i, at := range r.index {
			if at != nothing {
				y[n*to+i] = x[n*r.from+int(at)]
			}
		}
	})
}

func (r *reorder[T]) backward(_ []gorgonia.Value, grad gorgonia.Value) {
	dx, dy, to := floats[T](r.dx), floats[T](grad), len(r.index)
	r.team.Do(len(dy)/to, func(_, n int) {
		for i, at := range r.index {
			if at != nothing {
				dx[n*r.from+int(at)] = dy[n*to+i]
			}
		}
	})
}
