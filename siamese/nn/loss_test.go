package nn

import (
	"math"
	"testing"

	"gorgonia.org/gorgonia"

	"whorl/siamese/plain"
)

// TestCrossEntropy compares loss and gradients with the plain ones. A pair that
// weighs nothing counts for nothing, even if its logit is not a number.
func TestCrossEntropy(t *testing.T) {
	const width = 3
	logits := []float32{0.5, -2, 30, -40, 1e-3, float32(math.NaN())}
	truths := []float32{1, 0, 1, 1, 0, 1}
	weights := []float32{1, 0.5, 0.25, 2, 1, 0}
	n := len(logits)
	z, truth, weight := array[float32](n, width), array[float32](n), array[float32](n)
	for i := range floats[float32](z) {
		floats[float32](z)[i] = 9 // in the padding, which does not count
	}
	for i, x := range logits {
		floats[float32](z)[i*width] = x
	}
	copy(floats[float32](truth), truths)
	copy(floats[float32](weight), weights)

	l := newCrossEntropy[float32](n, width)
	l.prepare()
	in := []gorgonia.Value{z, truth, weight}
	l.forward(in)
	l.backward(in, nil)
	dz, sum := floats[float32](l.dz), 0.0
	for i, x := range logits {
		x, y, w := float64(x), float64(truths[i]), float64(weights[i])
		each, slope := plain.CrossEntropy(x, y), w*(plain.Sigmoid(x)-y)
		if w == 0 {
			slope = 0
		} else {
			sum += w * each
		}
		if got := l.each[i]; math.Abs(got-each) > 1e-14*(1+each) && x == x {
			t.Errorf("loss of %v against %v is %v, want %v", x, y, got, each)
		}
		if got := dz[i*width]; math.Abs(float64(got)-slope) > 1e-7 || got != got {
			t.Errorf("gradient at %v against %v is %v, want %v", x, y, got, slope)
		}
		if dz[i*width+1] != 0 || dz[i*width+2] != 0 {
			t.Errorf("the padding of row %d has a gradient", i)
		}
	}
	if math.Abs(l.sum-sum) > 1e-14*sum {
		t.Errorf("loss is %v, want %v", l.sum, sum)
	}
}
