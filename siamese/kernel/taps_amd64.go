//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// What stays in registers over a list: six sums, of the 3 taps of a kernel row by
// two vectors of channels, or nine weights, of all taps by one. Nine sums would
// spill. The next entry's pointers are made at the end of the loop, so that the
// taps' distances fold into the loads. The channels' lists are the inner loop, so
// that the rows that they share stay in the first-level cache.

// tapWeights512 is tapWeightsScalar with 16 lanes.
func tapWeights512(l *lists, n int, dw, x []float32, in Maps) {
	row, plane, tap := 4*in.Row(), 4*in.Plane(), in.Groups()*64
	px, pw := ptr(x, 0), ptr(dw, 0)
	for g := 0; g < in.Groups(); g += 2 {
		for ky := range 3 {
			from, to := unsafe.Add(px, g*plane+ky*row), unsafe.Add(pw, 3*ky*tap+g*64)
			for i := range n {
				switch list := l.lane(i); {
				case len(list) == 0:
				case g+1 < in.Groups():
					tapSums512(list, from, unsafe.Add(to, i*taps*tap), plane, 64, tap)
				default:
					tapSums256(list, from, unsafe.Add(to, i*taps*tap), 32, 32, tap)
				}
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

// tapWeights256 is tapWeightsScalar with 8 lanes.
func tapWeights256(l *lists, n int, dw, x []float32, in Maps) {
	row, plane, tap := 4*in.Row(), 4*in.Plane(), in.Groups()*64
	px, pw := ptr(x, 0), ptr(dw, 0)
	for g := range in.Groups() {
		for ky := range 3 {
			from, to := unsafe.Add(px, g*plane+ky*row), unsafe.Add(pw, 3*ky*tap+g*64)
			for i := range n {
				if list := l.lane(i); len(list) > 0 {
					tapSums256(list, from, unsafe.Add(to, i*taps*tap), 32, 32, tap)
				}
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

// tapData512 is tapDataScalar with 16 lanes.
func tapData512(l *lists, n int, dx, w []float32, in Maps) {
	row, plane, tap := 4*in.Row(), 4*in.Plane(), in.Groups()*64
	px, pw := ptr(dx, 0), ptr(w, 0)
	for g := range in.Groups() {
		for i := range n {
			if list := l.lane(i); len(list) > 0 {
				tapSpread512(list, unsafe.Add(px, g*plane), unsafe.Add(pw, i*taps*tap+g*64), row, tap)
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

// tapData256 is tapDataScalar with 8 lanes.
func tapData256(l *lists, n int, dx, w []float32, in Maps) {
	row, plane, tap := 4*in.Row(), 4*in.Plane(), in.Groups()*64
	px, pw := ptr(dx, 0), ptr(w, 0)
	for g := range in.Groups() {
		for half := 0; half < 64; half += 32 {
			to, from := unsafe.Add(px, g*plane+half), unsafe.Add(pw, g*64+half)
			for i := range n {
				if list := l.lane(i); len(list) > 0 {
					tapSpread256(list, to, unsafe.Add(from, i*taps*tap), row, tap)
				}
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

// tapSums512 adds to a kernel row's 3 weights, tap bytes apart, what the list's
// patches in x give: 16 channels at x and dw, and 16 more other and otherWeight
// bytes further on.
//
//go:noinline
func tapSums512(list []entry, x, dw unsafe.Pointer, other, otherWeight, tap int) {
	dw1 := unsafe.Add(dw, tap)
	dw2 := unsafe.Add(dw1, tap)
	s0, t0 := load16(dw, 0), load16(dw, otherWeight)
	s1, t1 := load16(dw1, 0), load16(dw1, otherWeight)
	s2, t2 := load16(dw2, 0), load16(dw2, otherWeight)
	var zero archsimd.Float32x4
	e := unsafe.Pointer(unsafe.SliceData(list))
	y := unsafe.Add(x, other)
	at := int(*(*int32)(e)) * 4
	a, b := unsafe.Add(x, at), unsafe.Add(y, at)
	for n := len(list); ; {
		g := zero.SetElem(0, *(*float32)(unsafe.Add(e, 4))).Broadcast1To16()
		s0 = archsimd.LoadFloat32x16((*[16]float32)(a)).MulAdd(g, s0)
		t0 = archsimd.LoadFloat32x16((*[16]float32)(b)).MulAdd(g, t0)
		s1 = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(a, 64))).MulAdd(g, s1)
		t1 = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 64))).MulAdd(g, t1)
		s2 = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(a, 128))).MulAdd(g, s2)
		t2 = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 128))).MulAdd(g, t2)
		if n--; n == 0 {
			break
		}
		e = unsafe.Add(e, 8)
		at := int(*(*int32)(e)) * 4
		a, b = unsafe.Add(x, at), unsafe.Add(y, at)
	}
	store16(dw, 0, s0)
	store16(dw, otherWeight, t0)
	store16(dw1, 0, s1)
	store16(dw1, otherWeight, t1)
	store16(dw2, 0, s2)
	store16(dw2, otherWeight, t2)
}

// tapSums256 adds to a kernel row's 3 weights, tap bytes apart, what the list's
// patches in x give: 8 channels at x and dw, and 8 more other and otherWeight
// bytes further on.
//
//go:noinline
func tapSums256(list []entry, x, dw unsafe.Pointer, other, otherWeight, tap int) {
	dw1 := unsafe.Add(dw, tap)
	dw2 := unsafe.Add(dw1, tap)
	s0, t0 := load8(dw, 0), load8(dw, otherWeight)
	s1, t1 := load8(dw1, 0), load8(dw1, otherWeight)
	s2, t2 := load8(dw2, 0), load8(dw2, otherWeight)
	var zero archsimd.Float32x4
	e := unsafe.Pointer(unsafe.SliceData(list))
	y := unsafe.Add(x, other)
	at := int(*(*int32)(e)) * 4
	a, b := unsafe.Add(x, at), unsafe.Add(y, at)
	for n := len(list); ; {
		g := zero.SetElem(0, *(*float32)(unsafe.Add(e, 4))).Broadcast1To8()
		s0 = archsimd.LoadFloat32x8((*[8]float32)(a)).MulAdd(g, s0)
		t0 = archsimd.LoadFloat32x8((*[8]float32)(b)).MulAdd(g, t0)
		s1 = archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(a, 64))).MulAdd(g, s1)
		t1 = archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(b, 64))).MulAdd(g, t1)
		s2 = archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(a, 128))).MulAdd(g, s2)
		t2 = archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(b, 128))).MulAdd(g, t2)
		if n--; n == 0 {
			break
		}
		e = unsafe.Add(e, 8)
		at := int(*(*int32)(e)) * 4
		a, b = unsafe.Add(x, at), unsafe.Add(y, at)
	}
	store8(dw, 0, s0)
	store8(dw, otherWeight, t0)
	store8(dw1, 0, s1)
	store8(dw1, otherWeight, t1)
	store8(dw2, 0, s2)
	store8(dw2, otherWeight, t2)
}

// tapSpread512 adds to the patches at the list's offsets in dx, rows row bytes
// apart, the weights of the 9 taps, tap bytes apart.
//
//go:noinline
func tapSpread512(list []entry, dx, w unsafe.Pointer, row, tap int) {
	w3 := unsafe.Add(w, 3*tap)
	w6 := unsafe.Add(w3, 3*tap)
	w0, w1, w2 := load16(w, 0), load16(w, tap), load16(w, 2*tap)
	u0, u1, u2 := load16(w3, 0), load16(w3, tap), load16(w3, 2*tap)
	v0, v1, v2 := load16(w6, 0), load16(w6, tap), load16(w6, 2*tap)
	dx1 := unsafe.Add(dx, row)
	dx2 := unsafe.Add(dx1, row)
	var zero archsimd.Float32x4
	e := unsafe.Pointer(unsafe.SliceData(list))
	at := int(*(*int32)(e)) * 4
	a, b, c := unsafe.Add(dx, at), unsafe.Add(dx1, at), unsafe.Add(dx2, at)
	for n := len(list); ; {
		g := zero.SetElem(0, *(*float32)(unsafe.Add(e, 4))).Broadcast1To16()
		g.MulAdd(w0, archsimd.LoadFloat32x16((*[16]float32)(a))).Store((*[16]float32)(a))
		g.MulAdd(w1, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(a, 64)))).Store((*[16]float32)(unsafe.Add(a, 64)))
		g.MulAdd(w2, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(a, 128)))).Store((*[16]float32)(unsafe.Add(a, 128)))
		g.MulAdd(u0, archsimd.LoadFloat32x16((*[16]float32)(b))).Store((*[16]float32)(b))
		g.MulAdd(u1, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 64)))).Store((*[16]float32)(unsafe.Add(b, 64)))
		g.MulAdd(u2, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 128)))).Store((*[16]float32)(unsafe.Add(b, 128)))
		g.MulAdd(v0, archsimd.LoadFloat32x16((*[16]float32)(c))).Store((*[16]float32)(c))
		g.MulAdd(v1, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(c, 64)))).Store((*[16]float32)(unsafe.Add(c, 64)))
		g.MulAdd(v2, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(c, 128)))).Store((*[16]float32)(unsafe.Add(c, 128)))
		if n--; n == 0 {
			break
		}
		e = unsafe.Add(e, 8)
		at := int(*(*int32)(e)) * 4
		a, b, c = unsafe.Add(dx, at), unsafe.Add(dx1, at), unsafe.Add(dx2, at)
	}
}

// tapSpread256 adds to the patches at the list's offsets in dx, rows row bytes
// apart, the weights of the 9 taps, tap bytes apart.
//
//go:noinline
func tapSpread256(list []entry, dx, w unsafe.Pointer, row, tap int) {
	w3 := unsafe.Add(w, 3*tap)
	w6 := unsafe.Add(w3, 3*tap)
	w0, w1, w2 := load8(w, 0), load8(w, tap), load8(w, 2*tap)
	u0, u1, u2 := load8(w3, 0), load8(w3, tap), load8(w3, 2*tap)
	v0, v1, v2 := load8(w6, 0), load8(w6, tap), load8(w6, 2*tap)
	dx1 := unsafe.Add(dx, row)
	dx2 := unsafe.Add(dx1, row)
	var zero archsimd.Float32x4
	e := unsafe.Pointer(unsafe.SliceData(list))
	at := int(*(*int32)(e)) * 4
	a, b, c := unsafe.Add(dx, at), unsafe.Add(dx1, at), unsafe.Add(dx2, at)
	for n := len(list); ; {
		g := zero.SetElem(0, *(*float32)(unsafe.Add(e, 4))).Broadcast1To8()
		g.MulAdd(w0, archsimd.LoadFloat32x8((*[8]float32)(a))).Store((*[8]float32)(a))
		g.MulAdd(w1, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(a, 64)))).Store((*[8]float32)(unsafe.Add(a, 64)))
		g.MulAdd(w2, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(a, 128)))).Store((*[8]float32)(unsafe.Add(a, 128)))
		g.MulAdd(u0, archsimd.LoadFloat32x8((*[8]float32)(b))).Store((*[8]float32)(b))
		g.MulAdd(u1, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(b, 64)))).Store((*[8]float32)(unsafe.Add(b, 64)))
		g.MulAdd(u2, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(b, 128)))).Store((*[8]float32)(unsafe.Add(b, 128)))
		g.MulAdd(v0, archsimd.LoadFloat32x8((*[8]float32)(c))).Store((*[8]float32)(c))
		g.MulAdd(v1, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(c, 64)))).Store((*[8]float32)(unsafe.Add(c, 64)))
		g.MulAdd(v2, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(c, 128)))).Store((*[8]float32)(unsafe.Add(c, 128)))
		if n--; n == 0 {
			break
		}
		e = unsafe.Add(e, 8)
		at := int(*(*int32)(e)) * 4
		a, b, c = unsafe.Add(dx, at), unsafe.Add(dx1, at), unsafe.Add(dx2, at)
	}
}
