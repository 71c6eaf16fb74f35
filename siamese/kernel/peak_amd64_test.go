//go:build goexperiment.simd && amd64

package kernel

import "testing"

// BenchmarkPeak measures the rate of fused multiply-adds on registers alone, of
// which the other benchmarks should be a good share.
func BenchmarkPeak(b *testing.B) {
	x := Make(32)
	const n = 10000
	b.Run("avx2", func(b *testing.B) {
		if !avx2().runs() {
			b.Skip("no AVX2")
		}
		rate(b, 8*8*n, func() { peak256(x, n) })
	})
	b.Run("avx512", func(b *testing.B) {
		if !avx512().runs() {
			b.Skip("no AVX-512")
		}
		rate(b, 8*16*n, func() { peak512(x, n) })
	})
}

// Each chain is x*x + z with the sum as x: nothing to copy, and at 0 no overflow.
//
//go:noinline
func peak512(p []float32, n int) {
	y := load16(ptr(p, 0), 0)
	a, b, c, d := y, load16(ptr(p, 1), 0), load16(ptr(p, 2), 0), load16(ptr(p, 3), 0)
	e, f, g, h := load16(ptr(p, 4), 0), load16(ptr(p, 5), 0), load16(ptr(p, 6), 0), load16(ptr(p, 7), 0)
	for range n {
		a, b, c, d = a.MulAdd(y, y), b.MulAdd(y, y), c.MulAdd(y, y), d.MulAdd(y, y)
		e, f, g, h = e.MulAdd(y, y), f.MulAdd(y, y), g.MulAdd(y, y), h.MulAdd(y, y)
	}
	store16(ptr(p, 0), 0, a.Add(b).Add(c).Add(d).Add(e).Add(f).Add(g).Add(h))
}

//go:noinline
func peak256(p []float32, n int) {
	y := load8(ptr(p, 0), 0)
	a, b, c, d := y, load8(ptr(p, 1), 0), load8(ptr(p, 2), 0), load8(ptr(p, 3), 0)
	e, f, g, h := load8(ptr(p, 4), 0), load8(ptr(p, 5), 0), load8(ptr(p, 6), 0), load8(ptr(p, 7), 0)
	for range n {
		a, b, c, d = a.MulAdd(y, y), b.MulAdd(y, y), c.MulAdd(y, y), d.MulAdd(y, y)
		e, f, g, h = e.MulAdd(y, y), f.MulAdd(y, y), g.MulAdd(y, y), h.MulAdd(y, y)
	}
	store8(ptr(p, 0), 0, a.Add(b).Add(c).Add(d).Add(e).Add(f).Add(g).Add(h))
}
