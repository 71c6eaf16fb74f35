package plain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// random returns n numbers of a normal distribution.
func random(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// differences checks grad against the central differences of f, the sum of
// the outputs each times its weight, with regard to every element of x.
func differences(t *testing.T, what string, x, grad []float64, f func() float64) {
	t.Helper()
	if len(x) != len(grad) {
		t.Fatalf("%s: %d gradients of %d numbers", what, len(grad), len(x))
	}
	for i, was := range x {
		const h = 1e-6
		x[i] = was + h
		up := f()
		x[i] = was - h
		down := f()
		x[i] = was
		if want := (up - down) / (2 * h); math.Abs(grad[i]-want) > 1e-7*(1+math.Abs(want)) {
			t.Errorf("%s[%d]: gradient %.10g, central difference %.10g", what, i, grad[i], want)
		}
	}
}

func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func TestConvGradient(t *testing.T) {
	for _, c := range []Conv{
		{In: 1, Out: 1, H: 1, W: 1, Kernel: 1},
		{In: 1, Out: 2, H: 1, W: 1, Kernel: 3}, // all but the centre of the filter is outside
		{In: 2, Out: 3, H: 5, W: 4, Kernel: 3},
		{In: 3, Out: 2, H: 3, W: 7, Kernel: 5},
		{In: 2, Out: 2, H: 2, W: 3, Kernel: 7}, // larger than the image
	} {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 1))
			lx, lw, ly := c.Lengths()
			x, w, b, dy := random(r, lx), random(r, lw), random(r, c.Out), random(r, ly)
			y, dx, dw, db := make([]float64, ly), make([]float64, lx), make([]float64, lw), make([]float64, c.Out)
			f := func() float64 { ConvForward(c, y, x, w, b); return dot(y, dy) }
			ConvBackward(c, dx, dw, db, dy, x, w)
			differences(t, "x", x, dx, f)
			differences(t, "w", w, dw, f)
			differences(t, "b", b, db, f)
		})
	}
}

func TestPoolGradient(t *testing.T) {
	const c, h, w = 2, 5, 7
	for _, relu := range []bool{false, true} {
		r := rand.New(rand.NewPCG(2, 2))
		x, dy := random(r, c*h*w), random(r, c*2*3)
		y, arg, dx := make([]float64, len(dy)), make([]int32, len(dy)), make([]float64, len(x))
		f := func() float64 { MaxPool(y, arg, x, c, h, w, relu); return dot(y, dy) }
		f()
		Route(dx, dy, arg)
		differences(t, fmt.Sprintf("x, relu=%v", relu), x, dx, f)
	}
}

func TestPoolTakesTheFirst(t *testing.T) {
	y, arg := make([]float64, 1), make([]int32, 1)
	for _, c := range []struct {
		x    []float64
		y    float64
		from int32
	}{
		{[]float64{1, 1, 1, 1}, 1, 0},
		{[]float64{0, 2, 2, 1}, 2, 1},
		{[]float64{-3, -2, -1, -2}, 0, Blocked},
		{[]float64{0, 0, 0, 0}, 0, Blocked},
	} {
		MaxPool(y, arg, c.x, 1, 2, 2, true)
		if y[0] != c.y || arg[0] != c.from {
			t.Errorf("of %v: %v from %d, want %v from %d", c.x, y[0], arg[0], c.y, c.from)
		}
	}
	if MaxPool(y, arg, []float64{1, math.NaN(), 2, 0}, 1, 2, 2, true); !math.IsNaN(y[0]) {
		t.Errorf("a NaN is lost: %v", y[0])
	}
}

func TestReLUGradient(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	x, dy := random(r, 20), random(r, 20)
	y, arg, dx := make([]float64, 20), make([]int32, 20), make([]float64, 20)
	f := func() float64 { ReLU(y, arg, x); return dot(y, dy) }
	f()
	Route(dx, dy, arg)
	differences(t, "x", x, dx, f)
}

func TestDenseGradient(t *testing.T) {
	const n, in, out = 3, 5, 4
	r := rand.New(rand.NewPCG(4, 4))
	x, w, b, dy := random(r, n*in), random(r, out*in), random(r, out), random(r, n*out)
	y, dx, dw, db := make([]float64, n*out), make([]float64, n*in), make([]float64, out*in), make([]float64, out)
	f := func() float64 {
		for i := range n {
			DenseForward(y[i*out:][:out], x[i*in:][:in], w, b)
		}
		return dot(y, dy)
	}
	for i := range n {
		DenseBackwardInput(dx[i*in:][:in], dy[i*out:][:out], w)
	}
	for o := range out {
		db[o] = DenseBackwardOutput(dw[o*in:][:in], o, out, dy, x)
	}
	differences(t, "x", x, dx, f)
	differences(t, "w", w, dw, f)
	differences(t, "b", b, db, f)
}

func TestMergeGradient(t *testing.T) {
	for _, abs := range []bool{false, true} {
		r := rand.New(rand.NewPCG(5, 5))
		a, b, dy := random(r, 20), random(r, 20), random(r, 20)
		y, da, db := make([]float64, 20), make([]float64, 20), make([]float64, 20)
		f := func() float64 { Merge(y, a, b, abs); return dot(y, dy) }
		MergeBackward(da, db, dy, a, b, abs)
		differences(t, fmt.Sprintf("a, abs=%v", abs), a, da, f)
		differences(t, fmt.Sprintf("b, abs=%v", abs), b, db, f)
	}
	one := []float64{1}
	if MergeBackward(one, one, []float64{7}, []float64{2}, []float64{2}, true); one[0] != 0 {
		t.Errorf("gradient of |a-b| where a = b is %v, want 0", one[0])
	}
}

func TestCrossEntropyGradient(t *testing.T) {
	for _, y := range []float64{0, 1} {
		for z := -5.0; z <= 5; z += 0.7 {
			x := []float64{z}
			differences(t, fmt.Sprintf("z=%v, y=%v", z, y), x, []float64{Sigmoid(z) - y},
				func() float64 { return CrossEntropy(x[0], y) })
		}
	}
}

// TestUpdate follows Adam's first step, which moves every weight by the rate,
// whatever its gradient, and a decay.
func TestUpdate(t *testing.T) {
	w, m, v := []float64{1, 1, 2}, make([]float64, 3), make([]float64, 3)
	Update(NewAdam(0.01, 0.9, 0.999, 0, 0, 1), w[:2], m[:2], v[:2], []float64{5, -0.001})
	if math.Abs(w[0]-0.99) > 1e-12 || math.Abs(w[1]-1.01) > 1e-12 {
		t.Errorf("weights %v, want 0.99 and 1.01", w[:2])
	}
	Update(NewAdam(0.01, 0.9, 0.999, 1e-7, 0.5, 1), w[2:], m[2:], v[2:], []float64{0})
	if math.Abs(w[2]-2*(1-0.005)) > 1e-12 {
		t.Errorf("weight %v decays to %v, want 1.99", 2, w[2])
	}
}

func TestPanicsOnShape(t *testing.T) {
	defer func() {
		if v := recover(); v != badLength {
			t.Errorf("panic %v, want %q", v, badLength)
		}
	}()
	DenseForward(make([]float64, 2), make([]float64, 3), make([]float64, 5), make([]float64, 2))
}
