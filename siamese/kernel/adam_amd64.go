//go:build goexperiment.simd && amd64

package kernel

import "simd/archsimd"

// adam256 is adamScalar with 8 lanes. It is bound by memory, three arrays read and
// written, so that 16 would do no better.
func adam256(a adamStep, w, m, v, g []float32) {
	n := split(len(w))
	if n > 0 {
		pw, pm, pv, pg := ptr(w, 0), ptr(m, 0), ptr(v, 0), ptr(g, 0)
		scale := archsimd.BroadcastFloat32x8(a.scale)
		beta1, beta2 := archsimd.BroadcastFloat32x8(a.beta1), archsimd.BroadcastFloat32x8(a.beta2)
		fresh1, fresh2 := archsimd.BroadcastFloat32x8(a.fresh1), archsimd.BroadcastFloat32x8(a.fresh2)
		root, epsilon := archsimd.BroadcastFloat32x8(a.root), archsimd.BroadcastFloat32x8(a.epsilon)
		rate, decay := archsimd.BroadcastFloat32x8(a.rate), archsimd.BroadcastFloat32x8(a.decay)
		tiny := archsimd.BroadcastFloat32x8(flush)
		for i := 0; i < 4*n; i += 32 {
			g := load8(pg, i).Mul(scale)
			m := beta1.MulAdd(load8(pm, i), fresh1.Mul(g))
			m = f8{}.Merge(m, tiny.Greater(abs8(m)))
			v := beta2.MulAdd(load8(pv, i), fresh2.Mul(g).Mul(g))
			v = f8{}.Merge(v, tiny.Greater(abs8(v)))
			store8(pm, i, m)
			store8(pv, i, v)
			w := load8(pw, i)
			w = decay.MulAdd(w, w)
			store8(pw, i, rate.MulAdd(m.Div(v.Sqrt().MulAdd(root, epsilon)), w))
		}
		archsimd.ClearAVXUpperBits()
	}
	adamScalar(a, w[n:], m[n:], v[n:], g[n:])
}
