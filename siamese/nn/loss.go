package nn

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
)

// crossEntropy is the weighted sum of the binary cross-entropies of
// sigmoid(z). Inputs: z (n, width), of which the first column counts, the
// truth (n) of 0s and 1s, and the weight of each pair (n): 1/n for their mean,
// 0 for a pair that only fills up a batch. Output: a scalar. It computes in
// float64, adds in the order of the pairs, and rounds once.
type crossEntropy[T Float] struct {
	y     gorgonia.Value // *gorgonia.F32 or *gorgonia.F64
	dz    *tensor.Dense
	each  []float64 // of every pair, unweighted
	sum   float64
	width int
}

func newCrossEntropy[T Float](n, width int) *crossEntropy[T] {
	l := &crossEntropy[T]{each: make([]float64, n), width: width}
	switch any(T(0)).(type) {
	case float32:
		l.y = gorgonia.NewF32(0)
	default:
		l.y = gorgonia.NewF64(0)
	}
	return l
}

func (*crossEntropy[T]) String() string           { return "loss" }
func (l *crossEntropy[T]) output() gorgonia.Value { return l.y }

func (l *crossEntropy[T]) forward(in []gorgonia.Value) {
	z, truth, weight := floats[T](in[0]), floats[T](in[1]), floats[T](in[2])
	l.sum = 0
	for i := range l.each {
		logit := float64(z[i*l.width])
		l.each[i] = kernel.Softplus(logit) - float64(float64(truth[i])*logit)
		if weight[i] != 0 {
			l.sum += float64(float64(weight[i]) * l.each[i])
		}
	}
	switch y := l.y.(type) {
	case *gorgonia.F32:
		*y = gorgonia.F32(l.sum)
	case *gorgonia.F64:
		*y = gorgonia.F64(l.sum)
	}
}

func (l *crossEntropy[T]) prepare() {
	l.dz = array[T](len(l.each), l.width)
}

func (l *crossEntropy[T]) hasGradient(i int) bool      { return i == 0 }
func (l *crossEntropy[T]) gradient(int) gorgonia.Value { return l.dz }

// backward takes the gradient of the loss itself to be 1.
func (l *crossEntropy[T]) backward(in []gorgonia.Value, _ gorgonia.Value) {
	z, truth, weight, dz := floats[T](in[0]), floats[T](in[1]), floats[T](in[2]), floats[T](l.dz)
	clear(dz)
	for i := range l.each {
		if weight[i] != 0 {
			dz[i*l.width] = T(float64(weight[i]) * (kernel.Sigmoid(float64(z[i*l.width])) - float64(truth[i])))
		}
	}
}
