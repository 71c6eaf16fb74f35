package plain

import "math"

// Sigmoid is 1 / (1 + exp(-z)).
func Sigmoid[T Float](z T) T { return T(1 / (1 + math.Exp(-float64(z)))) }

// CrossEntropy is the binary cross-entropy of sigmoid(z) against the truth
// y in {0, 1}, without the overflow that computing the sigmoid first would
// meet: max(z, 0) - z*y + log(1 + exp(-|z|)).
func CrossEntropy[T Float](z, y T) T {
	x := float64(z)
	return T(max(x, 0) - x*float64(y) + math.Log1p(math.Exp(-math.Abs(x))))
}
