//go:build goexperiment.simd && amd64

package kernel

import (
	"math"
	"simd/archsimd"
)

// The kernels below are bound by memory: 8 lanes do as well as 16. Each is its
// scalar twin, documented there, on whole vectors, and leaves the tail to it.

// split returns the whole vectors' part of n.
func split(n int) int { return n &^ 7 }

func subtract256(d, a, b []float32) {
	n := split(len(d))
	if n > 0 {
		pd, pa, pb := ptr(d, 0), ptr(a, 0), ptr(b, 0)
		for i := 0; i < 4*n; i += 32 {
			store8(pd, i, load8(pa, i).Sub(load8(pb, i)))
		}
		archsimd.ClearAVXUpperBits()
	}
	subtractScalar(d[n:], a[n:], b[n:])
}

func negate256(d, a []float32) {
	n := split(len(d))
	if n > 0 {
		pd, pa := ptr(d, 0), ptr(a, 0)
		sign := archsimd.BroadcastInt32x8(math.MinInt32)
		for i := 0; i < 4*n; i += 32 {
			store8(pd, i, load8(pa, i).AsInt32x8().Xor(sign).AsFloat32x8())
		}
		archsimd.ClearAVXUpperBits()
	}
	negateScalar(d[n:], a[n:])
}

// abs8 is abs on 8 lanes.
func abs8(x f8) f8 {
	return x.AsInt32x8().And(archsimd.BroadcastInt32x8(math.MaxInt32)).AsFloat32x8()
}

func absDiff256(d, a, b []float32) {
	n := split(len(d))
	if n > 0 {
		pd, pa, pb := ptr(d, 0), ptr(a, 0), ptr(b, 0)
		for i := 0; i < 4*n; i += 32 {
			store8(pd, i, abs8(load8(pa, i).Sub(load8(pb, i))))
		}
		archsimd.ClearAVXUpperBits()
	}
	absDiffScalar(d[n:], a[n:], b[n:])
}

func absDiffGrad256(da, db, dd, a, b []float32) {
	n := split(len(da))
	if n > 0 {
		pda, pdb, pdd, pa, pb := ptr(da, 0), ptr(db, 0), ptr(dd, 0), ptr(a, 0), ptr(b, 0)
		sign := archsimd.BroadcastInt32x8(math.MinInt32)
		for i := 0; i < 4*n; i += 32 {
			x, y, g := load8(pa, i), load8(pb, i), load8(pdd, i)
			minus := g.AsInt32x8().Xor(sign).AsFloat32x8()
			more, less := x.Greater(y), x.Less(y)
			store8(pda, i, g.Merge(minus.Masked(less), more))
			store8(pdb, i, minus.Merge(g.Masked(less), more))
		}
		archsimd.ClearAVXUpperBits()
	}
	absDiffGradScalar(da[n:], db[n:], dd[n:], a[n:], b[n:])
}

func reluGrad256(dy, y []float32) {
	n := split(len(dy))
	if n > 0 {
		pd, py := ptr(dy, 0), ptr(y, 0)
		for i := 0; i < 4*n; i += 32 {
			store8(pd, i, load8(pd, i).Masked(load8(py, i).Greater(f8{})))
		}
		archsimd.ClearAVXUpperBits()
	}
	reluGradScalar(dy[n:], y[n:])
}

func finish256(y, x, bias []float32, relu bool) {
	n := split(len(y))
	if n > 0 {
		py, px, pb := ptr(y, 0), ptr(x, 0), ptr(bias, 0)
		zero := f8{}
		for i := 0; i < 4*n; i += 32 {
			v := load8(px, i).Add(load8(pb, i))
			if relu {
				v = zero.Merge(v, zero.Greater(v))
			}
			store8(py, i, v)
		}
		archsimd.ClearAVXUpperBits()
	}
	finishScalar(y[n:], x[n:], bias[n:], relu)
}

func add256(dst, src []float32) {
	n := split(len(dst))
	if n > 0 {
		pd, ps := ptr(dst, 0), ptr(src, 0)
		for i := 0; i < 4*n; i += 32 {
			store8(pd, i, load8(pd, i).Add(load8(ps, i)))
		}
		archsimd.ClearAVXUpperBits()
	}
	addScalar(dst[n:], src[n:])
}

func sumSquares256(x []float32) float32 {
	var lane [Lanes]float32
	n := len(x) &^ (Lanes - 1)
	if n > 0 {
		p := ptr(x, 0)
		var a, b f8
		for i := 0; i < 4*n; i += 64 {
			v, w := load8(p, i), load8(p, i+32)
			a, b = v.MulAdd(v, a), w.MulAdd(w, b)
		}
		a.Store((*[8]float32)(lane[:8]))
		b.Store((*[8]float32)(lane[8:]))
		archsimd.ClearAVXUpperBits()
	}
	for i, v := range x[n:] {
		lane[i] = fma(v, v, lane[i])
	}
	return sumLanes(&lane)
}
