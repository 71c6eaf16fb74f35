//go:build goexperiment.simd && amd64

package kernel

import "simd/archsimd"

// chains hides the latency of two units of four cycles. The chains begin
// differently, or the compiler would make one of them, and converge to 1.
const chains = 8

func peak512(n int) int {
	var out [16]float32
	for i := range out {
		out[i] = float32(i)
	}
	y := archsimd.BroadcastFloat32x16(0.5)
	a := archsimd.LoadFloat32x16(&out)
	b, c, d := a.Add(y), a.Mul(y), a.Sub(y)
	e, f, g, h := b.Mul(y), c.Mul(y), d.Mul(y), d.Mul(d)
	for range n {
		a, b, c, d = a.MulAdd(y, y), b.MulAdd(y, y), c.MulAdd(y, y), d.MulAdd(y, y)
		e, f, g, h = e.MulAdd(y, y), f.MulAdd(y, y), g.MulAdd(y, y), h.MulAdd(y, y)
	}
	a.Add(b).Add(c).Add(d).Add(e).Add(f).Add(g).Add(h).Store(&out)
	archsimd.ClearAVXUpperBits()
	if out[0] < 0 { // never, but the compiler must believe that the sums are wanted
		return 0
	}
	return n * chains * 16
}

func peak256(n int) int {
	var out [8]float32
	for i := range out {
		out[i] = float32(i)
	}
	y := archsimd.BroadcastFloat32x8(0.5)
	a := archsimd.LoadFloat32x8(&out)
	b, c, d := a.Add(y), a.Mul(y), a.Sub(y)
	e, f, g, h := b.Mul(y), c.Mul(y), d.Mul(y), d.Mul(d)
	for range n {
		a, b, c, d = a.MulAdd(y, y), b.MulAdd(y, y), c.MulAdd(y, y), d.MulAdd(y, y)
		e, f, g, h = e.MulAdd(y, y), f.MulAdd(y, y), g.MulAdd(y, y), h.MulAdd(y, y)
	}
	a.Add(b).Add(c).Add(d).Add(e).Add(f).Add(g).Add(h).Store(&out)
	archsimd.ClearAVXUpperBits()
	if out[0] < 0 { // never, but the compiler must believe that the sums are wanted
		return 0
	}
	return n * chains * 8
}
