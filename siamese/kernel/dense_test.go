package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// denseCase is a layer with random weights, a batch of n rows, and room for its results.
type denseCase struct {
	d                   *Dense
	n                   int
	x, w, bias, y, part []float32
	dy, dx, g, db       []float32
	w2, m, v, dx2       []float32 // of the fused step
	scratch             *Scratch
	chunks              int
}

func newDenseCase(t testing.TB, r *rand.Rand, d *Dense, n, shift int) *denseCase {
	k := &denseCase{
		d: d, n: n, chunks: 3,
		x: guarded(t, n*d.In, shift), w: guarded(t, d.WeightLen(), shift), bias: guarded(t, d.BiasLen(), shift),
		y: guarded(t, n*d.Width(), shift), part: guarded(t, 3*n*d.Width(), shift),
		dy: guarded(t, n*d.Width(), shift), dx: guarded(t, n*d.In, shift), dx2: guarded(t, n*d.In, shift),
		g: guarded(t, d.WeightLen(), shift), db: guarded(t, d.BiasLen(), shift),
		w2: guarded(t, d.WeightLen(), shift), m: guarded(t, d.WeightLen(), shift), v: guarded(t, d.WeightLen(), shift),
	}
	k.scratch = guardScratch(t, d.NewScratch(n), shift)
	junk(k.y, k.part, k.dx, k.dx2, k.g, k.db)
	fill(r, k.x)
	for o := range d.Out {
		k.bias[o] = float32(r.NormFloat64())
		for i := range d.In {
			at := d.WeightIndex(i, o)
			k.w[at], k.m[at], k.v[at] = float32(r.NormFloat64()), float32(r.NormFloat64()), float32(r.Float64())
		}
		for i := range n {
			k.dy[i*d.Width()+o] = float32(r.NormFloat64())
		}
	}
	copy(k.w2, k.w)
	return k
}

var testAdam = Adam{Rate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, Decay: 0.1, Step: 3}

func (k *denseCase) run() {
	d, n := k.d, k.n
	blocks := d.Blocks()
	for c := range k.chunks {
		lo, hi := c*blocks/k.chunks, (c+1)*blocks/k.chunks
		d.Forward(k.part[c*n*d.Width():], k.x, n, k.w, lo, hi)
	}
	d.Finish(k.y, k.part, k.chunks, n, k.bias, true)
	d.BiasGradient(k.db, k.dy, n)
	for c := range k.chunks {
		lo, hi := c*blocks/k.chunks, (c+1)*blocks/k.chunks
		d.Backward(k.dx, k.g, k.x, k.dy, n, k.w, lo, hi, k.scratch)
		d.BackwardAdam(k.dx2, k.w2, k.m, k.v, k.x, k.dy, n, lo, hi, testAdam, k.scratch)
	}
}

func (k *denseCase) check(t *testing.T) {
	t.Helper()
	d, width := k.d, k.d.Width()
	for i := range k.n {
		for o := range width {
			sum, scale := 0.0, 0.0
			if o < d.Out {
				sum = float64(k.bias[o])
				for j := range d.In {
					p := float64(k.x[i*d.In+j]) * float64(k.w[d.WeightIndex(j, o)])
					sum += p
					scale += math.Abs(p)
				}
			}
			if got := k.y[i*width+o]; !near(got, max(0, sum), scale) {
				t.Fatalf("output %d of row %d is %v, want %v", o, i, got, max(0, sum))
			}
		}
		for j := range d.In {
			sum := 0.0
			for o := range d.Out {
				sum += float64(k.dy[i*width+o]) * float64(k.w[d.WeightIndex(j, o)])
			}
			if got := k.dx[i*d.In+j]; !near(got, sum, float64(d.Out)) {
				t.Fatalf("gradient of input %d of row %d is %v, want %v", j, i, got, sum)
			}
		}
	}
	for o := range d.Out {
		sum := 0.0
		for i := range k.n {
			sum += float64(k.dy[i*width+o])
		}
		if !near(k.db[o], sum, float64(k.n)) {
			t.Fatalf("bias gradient %d is %v, want %v", o, k.db[o], sum)
		}
		for j := range d.In {
			sum := 0.0
			for i := range k.n {
				sum += float64(k.dy[i*width+o]) * float64(k.x[i*d.In+j])
			}
			if got := k.g[d.WeightIndex(j, o)]; !near(got, sum, float64(k.n)) {
				t.Fatalf("gradient of weight %d to %d is %v, want %v", j, o, got, sum)
			}
		}
	}
}

type denseShape struct{ in, out, n int }

var denseShapes = []denseShape{{1, 1, 1}, {64, 32, 32}, {63, 5, 7}, {65, 33, 3}, {200, 128, 32}, {130, 64, 33}, {128, 1, 32}, {96, 70, 50}}

func TestDenseMeans(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for i, s := range denseShapes {
			t.Run(fmt.Sprint(s), func(t *testing.T) {
				k := newDenseCase(t, random(uint64(i)), NewDense(s.in, s.out), s.n, i%Lanes)
				k.run()
				k.check(t)
			})
		}
	})
}

// TestDenseBits compares every family with the scalar one, and the fused step
// with its parts.
func TestDenseBits(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for i, s := range denseShapes {
			t.Run(fmt.Sprint(s), func(t *testing.T) { compareDense(t, uint64(i), s, i%Lanes) })
		}
	})
}

func compareDense(t *testing.T, seed uint64, s denseShape, shift int) {
	d := NewDense(s.in, s.out)
	got := newDenseCase(t, random(seed), d, s.n, shift)
	m, v := append([]float32(nil), got.m...), append([]float32(nil), got.v...)
	got.run()
	f := active
	active = scalar
	want := newDenseCase(t, random(seed), d, s.n, 0)
	want.run()
	active = f
	sameBits(t, "output", got.y, want.y)
	sameBits(t, "bias gradient", got.db, want.db)
	sameBits(t, "weight gradient", got.g, want.g)
	sameBits(t, "data gradient", got.dx, want.dx)
	sameBits(t, "updated weights", got.w2, want.w2)
	sameBits(t, "first moments", got.m, want.m)
	sameBits(t, "second moments", got.v, want.v)

	testAdam.Update(got.w, m, v, got.g, 1)
	sameBits(t, "weights updated apart", got.w, got.w2)
	sameBits(t, "first moments updated apart", m, got.m)
	sameBits(t, "second moments updated apart", v, got.v)
	sameBits(t, "data gradient of the fused step", got.dx2, got.dx)
}

// TestAdamMeans compares steps with the paper's formulas in float64.
func TestAdamMeans(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		r := random(5)
		const n = 37
		w, m, v, g := guarded(t, n, 1), guarded(t, n, 2), guarded(t, n, 3), guarded(t, n, 4)
		fill(r, w)
		w64, m64, v64 := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range w {
			w64[i] = float64(w[i])
		}
		a := testAdam
		for a.Step = 1; a.Step <= 20; a.Step++ {
			fill(r, g)
			a.Update(w, m, v, g, 0.5)
			for i := range w {
				gi := float64(g[i]) / 2
				m64[i] = a.Beta1*m64[i] + (1-a.Beta1)*gi
				v64[i] = a.Beta2*v64[i] + (1-a.Beta2)*gi*gi
				mh := m64[i] / (1 - math.Pow(a.Beta1, float64(a.Step)))
				vh := v64[i] / (1 - math.Pow(a.Beta2, float64(a.Step)))
				w64[i] -= a.Rate*mh/(math.Sqrt(vh)+a.Epsilon) + a.Rate*a.Decay*w64[i]
				if math.Abs(float64(w[i])-w64[i]) > 1e-5 {
					t.Fatalf("step %d: weight %d is %v, want %v", a.Step, i, w[i], w64[i])
				}
			}
		}
	})
}

// TestAdamFlushes sees that moments without gradient become zero, not subnormal.
func TestAdamFlushes(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		const n = 19
		w, m, v, g := guarded(t, n, 0), guarded(t, n, 0), guarded(t, n, 0), guarded(t, n, 0)
		for i := range m {
			m[i], v[i] = 0x1p-98, 0x1.08p-100
		}
		m[3] = -m[3]
		a := testAdam
		for range 100 {
			a.Update(w, m, v, g, 1)
			for i := range m {
				if m[i] != 0 && abs(m[i]) < flush || v[i] != 0 && abs(v[i]) < flush {
					t.Fatalf("moments %d are %v and %v", i, m[i], v[i])
				}
			}
		}
		for i := range m {
			if m[i] != 0 || v[i] != 0 {
				t.Errorf("moments are %v and %v after 100 steps without a gradient, want 0", m[i], v[i])
			}
		}
	})
}
