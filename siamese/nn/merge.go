package nn

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
	"whorl/siamese/plain"
)

// merged is the difference between the codes of the probes, the first half of
// its input (2n, length), and those of the gallery images, the second half; or
// its absolute value. Output: (n, length). Being made element by element, it
// does not care about their order.
type merged[T Float] struct {
	team   *kernel.Team
	name   string
	abs    bool
	length int
	y, dx  *tensor.Dense
}

func newMerge[T Float](team *kernel.Team, name string, n, length int, abs bool) *merged[T] {
	return &merged[T]{team: team, name: name, abs: abs, length: length, y: array[T](n, length)}
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
	x, y := floats[T](in[0]), floats[T](m.y)
	a, b := x[:len(y)], x[len(y):]
	m.team.Do(len(y)/m.length, func(_, i int) {
		from, to := i*m.length, (i+1)*m.length
		difference(y[from:to], a[from:to], b[from:to], m.abs)
	})
}

func (m *merged[T]) backward(in []gorgonia.Value, grad gorgonia.Value) {
	x, dy, dx := floats[T](in[0]), floats[T](grad), floats[T](m.dx)
	n := len(dy)
	m.team.Do(n/m.length, func(_, i int) {
		from, to := i*m.length, (i+1)*m.length
		differenceBackward(dx[from:to], dx[n+from:n+to], dy[from:to], x[from:to], x[n+from:n+to], m.abs)
	})
}

func difference[T Float](y, a, b []T, abs bool) {
	f, ok := any(y).([]float32)
	if !ok {
		plain.Merge(y, a, b, abs)
		return
	}
	fa, fb := any(a).([]float32), any(b).([]float32)
	if abs {
		kernel.AbsDiff(f, fa, fb)
	} else {
		kernel.Subtract(f, fa, fb)
	}
}

func differenceBackward[T Float](da, db, dy, a, b []T, abs bool) {
	f, ok := any(dy).([]float32)
	if !ok {
		plain.MergeBackward(da, db, dy, a, b, abs)
		return
	}
	fda, fdb := any(da).([]float32), any(db).([]float32)
	if abs {
		kernel.AbsDiffGradient(fda, fdb, f, any(a).([]float32), any(b).([]float32))
	} else {
		kernel.SubtractGradient(fda, fdb, f)
	}
}
