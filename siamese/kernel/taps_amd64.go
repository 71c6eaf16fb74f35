//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// The tap kernels take 3 taps of a kernel row by 2 groups of channels at a time:
// six sums, or six weights, stay in registers over a list.

func tapWeights512(dw []float32, list []entry, x []float32, in Maps) {
	if len(list) == 0 {
		return
	}
	row, plane, groups := 4*in.Row(), 4*in.Plane(), in.Groups()
	px, pw := ptr(x, 0), ptr(dw, 0)
	for ky := range 3 {
		g := 0
		for ; g+2 <= groups; g += 2 {
			tapWeightsPair512(list, unsafe.Add(px, g*plane+ky*row), plane, unsafe.Add(pw, (3*ky*groups+g)*64), groups*64)
		}
		if g < groups {
			tapWeightsOne256(list, unsafe.Add(px, g*plane+ky*row), unsafe.Add(pw, (3*ky*groups+g)*64), groups*64)
		}
	}
	archsimd.ClearAVXUpperBits()
}

func tapWeights256(dw []float32, list []entry, x []float32, in Maps) {
	if len(list) == 0 {
		return
	}
	row, plane, groups := 4*in.Row(), 4*in.Plane(), in.Groups()
	px, pw := ptr(x, 0), ptr(dw, 0)
	for ky := range 3 {
		for g := range groups {
			tapWeightsOne256(list, unsafe.Add(px, g*plane+ky*row), unsafe.Add(pw, (3*ky*groups+g)*64), groups*64)
		}
	}
	archsimd.ClearAVXUpperBits()
}

//go:noinline
func tapWeightsPair512(list []entry, x unsafe.Pointer, plane int, dw unsafe.Pointer, tap int) {
	dw1 := unsafe.Add(dw, tap)
	dw2 := unsafe.Add(dw1, tap)
	s0, t0 := load16(dw, 0), load16(dw, 64)
	s1, t1 := load16(dw1, 0), load16(dw1, 64)
	s2, t2 := load16(dw2, 0), load16(dw2, 64)
	high := unsafe.Add(x, plane)
	for _, e := range list {
		g := archsimd.BroadcastFloat32x16(e.g)
		at := int(e.at) * 4
		a, b := unsafe.Add(x, at), unsafe.Add(high, at)
		s0, t0 = load16(a, 0).MulAdd(g, s0), load16(b, 0).MulAdd(g, t0)
		s1, t1 = load16(a, 64).MulAdd(g, s1), load16(b, 64).MulAdd(g, t1)
		s2, t2 = load16(a, 128).MulAdd(g, s2), load16(b, 128).MulAdd(g, t2)
	}
	store16(dw, 0, s0)
	store16(dw, 64, t0)
	store16(dw1, 0, s1)
	store16(dw1, 64, t1)
	store16(dw2, 0, s2)
	store16(dw2, 64, t2)
}

//go:noinline
func tapWeightsOne256(list []entry, x unsafe.Pointer, dw unsafe.Pointer, tap int) {
	dw1 := unsafe.Add(dw, tap)
	dw2 := unsafe.Add(dw1, tap)
	s0, t0 := load8(dw, 0), load8(dw, 32)
	s1, t1 := load8(dw1, 0), load8(dw1, 32)
	s2, t2 := load8(dw2, 0), load8(dw2, 32)
	for _, e := range list {
		g := archsimd.BroadcastFloat32x8(e.g)
		a := unsafe.Add(x, int(e.at)*4)
		s0, t0 = load8(a, 0).MulAdd(g, s0), load8(a, 32).MulAdd(g, t0)
		s1, t1 = load8(a, 64).MulAdd(g, s1), load8(a, 96).MulAdd(g, t1)
		s2, t2 = load8(a, 128).MulAdd(g, s2), load8(a, 160).MulAdd(g, t2)
	}
	store8(dw, 0, s0)
	store8(dw, 32, t0)
	store8(dw1, 0, s1)
	store8(dw1, 32, t1)
	store8(dw2, 0, s2)
	store8(dw2, 32, t2)
}

func tapData512(dx []float32, list []entry, w []float32, in Maps) {
	if len(list) == 0 {
		return
	}
	row, plane, groups := 4*in.Row(), 4*in.Plane(), in.Groups()
	px, pw := ptr(dx, 0), ptr(w, 0)
	for ky := range 3 {
		g := 0
		for ; g+2 <= groups; g += 2 {
			tapDataPair512(list, unsafe.Add(px, g*plane+ky*row), plane, unsafe.Add(pw, (3*ky*groups+g)*64), groups*64)
		}
		if g < groups {
			tapDataOne256(list, unsafe.Add(px, g*plane+ky*row), unsafe.Add(pw, (3*ky*groups+g)*64), groups*64)
		}
	}
	archsimd.ClearAVXUpperBits()
}

func tapData256(dx []float32, list []entry, w []float32, in Maps) {
	if len(list) == 0 {
		return
	}
	row, plane, groups := 4*in.Row(), 4*in.Plane(), in.Groups()
	px, pw := ptr(dx, 0), ptr(w, 0)
	for ky := range 3 {
		for g := range groups {
			tapDataOne256(list, unsafe.Add(px, g*plane+ky*row), unsafe.Add(pw, (3*ky*groups+g)*64), groups*64)
		}
	}
	archsimd.ClearAVXUpperBits()
}

//go:noinline
func tapDataPair512(list []entry, dx unsafe.Pointer, plane int, w unsafe.Pointer, tap int) {
	w1 := unsafe.Add(w, tap)
	w2 := unsafe.Add(w1, tap)
	u0, v0 := load16(w, 0), load16(w, 64)
	u1, v1 := load16(w1, 0), load16(w1, 64)
	u2, v2 := load16(w2, 0), load16(w2, 64)
	high := unsafe.Add(dx, plane)
	for _, e := range list {
		g := archsimd.BroadcastFloat32x16(e.g)
		at := int(e.at) * 4
		a, b := unsafe.Add(dx, at), unsafe.Add(high, at)
		store16(a, 0, g.MulAdd(u0, load16(a, 0)))
		store16(a, 64, g.MulAdd(u1, load16(a, 64)))
		store16(a, 128, g.MulAdd(u2, load16(a, 128)))
		store16(b, 0, g.MulAdd(v0, load16(b, 0)))
		store16(b, 64, g.MulAdd(v1, load16(b, 64)))
		store16(b, 128, g.MulAdd(v2, load16(b, 128)))
	}
}

//go:noinline
func tapDataOne256(list []entry, dx, w unsafe.Pointer, tap int) {
	w1 := unsafe.Add(w, tap)
	w2 := unsafe.Add(w1, tap)
	u0, v0 := load8(w, 0), load8(w, 32)
	u1, v1 := load8(w1, 0), load8(w1, 32)
	u2, v2 := load8(w2, 0), load8(w2, 32)
	for _, e := range list {
		g := archsimd.BroadcastFloat32x8(e.g)
		a := unsafe.Add(dx, int(e.at)*4)
		store8(a, 0, g.MulAdd(u0, load8(a, 0)))
		store8(a, 32, g.MulAdd(v0, load8(a, 32)))
		store8(a, 64, g.MulAdd(u1, load8(a, 64)))
		store8(a, 96, g.MulAdd(v1, load8(a, 96)))
		store8(a, 128, g.MulAdd(u2, load8(a, 128)))
		store8(a, 160, g.MulAdd(v2, load8(a, 160)))
	}
}
