package kernel

import (
	"fmt"
	"math"
	"testing"
)

// dotCase is random input for ReLUDot.
type dotCase struct {
	n, k, zRow, galleries int
	z, p, g, panel, w     []float32
	bias                  float32
}

func newDotCase(t testing.TB, seed uint64, n, k, shift int) *dotCase {
	r := random(seed)
	galleries := 1 + int(seed%Panel)
	c := &dotCase{
		n: n, k: k, zRow: Panel + shift, galleries: galleries, bias: float32(r.NormFloat64()),
		p: guarded(t, n*k, shift), g: guarded(t, galleries*k, shift),
		panel: guarded(t, k*Panel, shift), w: guarded(t, k, shift),
	}
	c.z = guarded(t, max(0, (n-1)*c.zRow+Panel), shift)
	fill(r, c.p)
	fill(r, c.g)
	fill(r, c.w)
	junk(c.panel, c.z)
	return c
}

func (c *dotCase) run() {
	PackPanel(c.panel, c.g, c.galleries, c.k)
	ReLUDot(c.z, c.zRow, c.p, c.n, c.panel, c.w, c.bias)
}

func (c *dotCase) check(t testing.TB) {
	t.Helper()
	for i := range c.n {
		for j := range c.galleries {
			sum, scale := float64(c.bias), 0.0
			for k := range c.k {
				v := float64(c.w[k]) * max(0, float64(c.p[i*c.k+k])-float64(c.g[j*c.k+k]))
				sum += v
				scale += math.Abs(v)
			}
			if got := c.z[i*c.zRow+j]; !near(got, sum, scale) {
				t.Fatalf("pair (%d, %d): %v, want %v", i, j, got, sum)
			}
		}
	}
}

// compareDot checks the active family against float64 and the scalar family.
func compareDot(t testing.TB, seed uint64, n, k, shift int) {
	t.Helper()
	got := newDotCase(t, seed, n, k, shift)
	got.run()
	got.check(t)
	f := active
	active = scalar
	want := newDotCase(t, seed, n, k, shift)
	want.run()
	active = f
	for i := range n {
		sameBits(t, "row of logits", got.z[i*got.zRow:][:Panel], want.z[i*want.zRow:][:Panel])
	}
	for i := range n { // alone, a row has the same bits as among others
		one := make([]float32, Panel)
		ReLUDot(one, Panel, got.p[i*k:], 1, got.panel, got.w, got.bias)
		sameBits(t, "row alone", one, got.z[i*got.zRow:][:Panel])
	}
}

func TestReLUDotBits(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for i, s := range [][2]int{{1, 1}, {3, 128}, {9, 128}, {3, 7}, {8, 33}, {0, 5}} {
			t.Run(fmt.Sprint(s), func(t *testing.T) { compareDot(t, uint64(i), s[0], s[1], i%Lanes) })
		}
	})
}

func TestReLUDifference(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for _, window := range []int{1, 4} {
			for _, n := range []int{0, Panel, 3 * Panel} {
				r := random(uint64(n + window))
				y, p, g := guarded(t, n, 1), guarded(t, n*window, 2), guarded(t, n*window, 3)
				fill(r, p)
				fill(r, g)
				junk(y)
				ReLUDifference(y, p, g, window)
				want := make([]float32, n)
				for i := range want {
					for q := range window {
						at := (i/Panel*window+q)*Panel + i%Panel
						want[i] = max(want[i], p[at]-g[at])
					}
				}
				sameBits(t, "difference", y, want)
			}
		}
	})
}

// compareLinear checks that Linear, differenced and rectified, is the fused
// convolution of the difference, and has the scalar family's bits.
func compareLinear(t testing.TB, seed uint64, c *Conv, shift int) {
	t.Helper()
	r := random(seed)
	a, b, d := guarded(t, c.InputLen(), shift), guarded(t, c.InputLen(), shift), guarded(t, c.InputLen(), shift)
	fillMaps(r, c.Input(), a)
	fillMaps(r, c.Input(), b)
	Subtract(d, a, b)
	w, bias := guarded(t, c.WeightLen(), shift), guarded(t, c.BiasLen(), shift)
	for o := range c.Out {
		for i := range c.In {
			for tap := range taps {
				w[c.WeightIndex(o, i, tap)] = float32(r.NormFloat64())
			}
		}
	}
	packed, fused := guarded(t, c.LinearWeightLen(), shift), guarded(t, c.PackedLen(), shift)
	junk(packed)
	c.PackLinear(packed, w)
	c.Pack(fused, w)
	ya, yb := guarded(t, c.LinearLen(), shift), guarded(t, c.LinearLen(), shift)
	junk(ya, yb)
	c.Linear(ya, a, packed)
	c.Linear(yb, b, packed)
	y := make([]float32, c.LinearLen()/4)
	ReLUDifference(y, ya, yb, 4)
	want := make([]float32, c.Output().Len())
	c.Forward(want, nil, d, fused, bias)
	for o := range c.Out {
		for py := range c.H / 2 {
			for px := range c.W / 2 {
				got, w := y[c.LinearIndex(o, py, px)], want[c.Output().Index(o, py, px)]
				if !near(got, float64(w), 9*float64(c.In)) {
					t.Fatalf("channel %d of window (%d, %d): %v, want %v", o, py, px, got, w)
				}
			}
		}
	}
	f := active
	active = scalar
	ys := make([]float32, c.LinearLen())
	c.Linear(ys, a, packed)
	active = f
	sameBits(t, "convolution", ya, ys)
}

func TestConvLinear(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for i, c := range []*Conv{NewConv(22, 22, 32, 32, 0), NewConv(5, 7, 17, 33, 1), NewConv(2, 2, 2, 1, 0)} {
			compareLinear(t, uint64(i), c, i)
		}
	})
}

// FuzzPairs holds every family against the scalar one over shapes.
func FuzzPairs(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(128), uint8(1))
	f.Fuzz(func(t *testing.T, seed uint64, n, k, shift uint8) {
		for _, fam := range families() {
			use(t, fam)
			compareDot(t, seed, int(n%20), 1+int(k), int(shift%Lanes))
			compareLinear(t, seed, NewConv(2+int(n%7), 2+int(k%5), 2+int(k%40), 1+int(n%40), 0), int(shift%Lanes))
		}
	})
}

func TestForwardBlock(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		const n = 5
		d := NewDense(150, 40)
		k := newDenseCase(t, random(9), d, n, 0)
		want := make([]float32, n*d.Width())
		d.Forward(want, k.x, n, k.w, 0, d.Blocks())
		got, x := make([]float32, n*d.Width()), make([]float32, n*denseBlock)
		for b := range d.Blocks() {
			for i := range n {
				copy(x[i*denseBlock:][:denseBlock], k.x[i*d.In+b*denseBlock:(i+1)*d.In])
			}
			d.ForwardBlock(got, x, n, k.w, b, b > 0)
		}
		sameBits(t, "sums", got, want)
	})
}
