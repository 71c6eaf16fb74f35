package nn

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
	"whorl/siamese/plain"
)

// merged is the difference between the codes of the probes, the first half of
// its input (2n, length), and those of the gallery images, the second half; or
// its absolute value. Output: (n, length). It works element by
// element, in any order of the values.
type merged[T Float] struct {
	team   *kernel.Team
	name   string
	abs    bool
	length int
	y, dx  *tensor.Dense

	now                 mergeArgs[T]
	forwardJob, backJob func(worker, chunk int)
}

// mergeArgs are the arguments of the call that is under way.
type mergeArgs[T Float] struct{ x, y, dx []T }

func newMerge[T Float](team *kernel.Team, name string, n, length int, abs bool) *merged[T] {
	m := &merged[T]{team: team, name: name, abs: abs, length: length, y: array[T](n, length)}
	m.forwardJob, m.backJob = m.forwardPair, m.backwardPair
	return m
}

func (m *merged[T]) String() string              { return m.name }
func (m *merged[T]) output() gorgonia.Value      { return m.y }
func (m *merged[T]) hasGradient(int) bool        { return true }
func (m *merged[T]) gradient(int) gorgonia.Value { return m.dx }

func (m *merged[T]) prepare() {
	s := m.y.Shape()
	m.dx = array[T](2*s[0], s[1])
}

func (m *merged[T]) forward(in []gorgonia.Value) {
	m.now = mergeArgs[T]{x: floats[T](in[0]), y: floats[T](m.y)}
	m.team.Do(len(m.now.y)/m.length, m.forwardJob)
}

func (m *merged[T]) forwardPair(_, i int) {
	n := len(m.now.y) / m.length
	difference(image(m.now.y, i, m.length), image(m.now.x, i, m.length), image(m.now.x, n+i, m.length), m.abs)
}

func (m *merged[T]) backward(in []gorgonia.Value, dy gorgonia.Value) {
	m.now = mergeArgs[T]{x: floats[T](in[0]), y: floats[T](dy), dx: floats[T](m.dx)}
	m.team.Do(len(m.now.y)/m.length, m.backJob)
}

func (m *merged[T]) backwardPair(_, i int) {
	n := len(m.now.y) / m.length
	differenceBackward(image(m.now.dx, i, m.length), image(m.now.dx, n+i, m.length), image(m.now.y, i, m.length),
		image(m.now.x, i, m.length), image(m.now.x, n+i, m.length), m.abs)
}

func difference[T Float](y, a, b []T, abs bool) {
	switch any(T(0)).(type) {
	case float32:
		if abs {
			kernel.AbsDiff(single(y), single(a), single(b))
		} else {
			kernel.Subtract(single(y), single(a), single(b))
		}
	default:
		plain.Merge(y, a, b, abs)
	}
}

func differenceBackward[T Float](da, db, dy, a, b []T, abs bool) {
	switch any(T(0)).(type) {
	case float32:
		if abs {
			kernel.AbsDiffGradient(single(da), single(db), single(dy), single(a), single(b))
		} else {
			kernel.SubtractGradient(single(da), single(db), single(dy))
		}
	default:
		plain.MergeBackward(da, db, dy, a, b, abs)
	}
}
