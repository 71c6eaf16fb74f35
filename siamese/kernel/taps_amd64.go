//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// Over a list the 9 sums, or the 9 weights, of an output channel and one register
// of input channels stay in registers. The next entry's pointers are made at the
// end of the loop, so that the taps' distances fold into the loads, which else
// come first and spill. The channels' lists are the inner loop around it, so that
// the rows that they share stay in the first-level cache.

// tapWeights512 is tapWeightsScalar with 16 lanes.
func tapWeights512(l *lists, n int, dw []float32, out int, x []float32, in Maps) {
	row := 4 * in.Row()
	for g := range in.Groups() {
		weights, maps := ptr(dw, g*out*taps*Lanes), ptr(x, g*in.Plane())
		for i := range n {
			if list := l.lane(i); len(list) > 0 {
				tapSums512(list, unsafe.Add(weights, i*taps*64), maps, row)
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

// tapWeights256 is tapWeightsScalar with 8 lanes.
func tapWeights256(l *lists, n int, dw []float32, out int, x []float32, in Maps) {
	row := 4 * in.Row()
	for part := range 2 * in.Groups() {
		g, half := part/2, part%2*32
		weights, maps := unsafe.Add(ptr(dw, g*out*taps*Lanes), half), unsafe.Add(ptr(x, g*in.Plane()), half)
		for i := range n {
			if list := l.lane(i); len(list) > 0 {
				tapSums256(list, unsafe.Add(weights, i*taps*64), maps, row)
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

// tapData512 is tapDataScalar with 16 lanes.
func tapData512(l *lists, n int, dx, w []float32, out int, in Maps) {
	row := 4 * in.Row()
	for g := range in.Groups() {
		weights, maps := ptr(w, g*out*taps*Lanes), ptr(dx, g*in.Plane())
		for i := range n {
			if list := l.lane(i); len(list) > 0 {
				tapSpread512(list, maps, unsafe.Add(weights, i*taps*64), row)
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

// tapData256 is tapDataScalar with 8 lanes.
func tapData256(l *lists, n int, dx, w []float32, out int, in Maps) {
	row := 4 * in.Row()
	for part := range 2 * in.Groups() {
		g, half := part/2, part%2*32
		weights, maps := unsafe.Add(ptr(w, g*out*taps*Lanes), half), unsafe.Add(ptr(dx, g*in.Plane()), half)
		for i := range n {
			if list := l.lane(i); len(list) > 0 {
				tapSpread256(list, maps, unsafe.Add(weights, i*taps*64), row)
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

// tapSums512 adds to the 16 channels of 9 weights at dw, 64 bytes apart, the
// patches in x, rows row bytes apart, that the list names.
//
//go:noinline
func tapSums512(list []entry, dw, x unsafe.Pointer, row int) {
	s0, s1, s2 := load16(dw, 0), load16(dw, 64), load16(dw, 128)
	s3, s4, s5 := load16(dw, 192), load16(dw, 256), load16(dw, 320)
	s6, s7, s8 := load16(dw, 384), load16(dw, 448), load16(dw, 512)
	x1 := unsafe.Add(x, row)
	x2 := unsafe.Add(x1, row)
	var zero archsimd.Float32x4
	e := unsafe.Pointer(unsafe.SliceData(list))
	at := int(*(*int32)(e)) * 4
	a, b, c := unsafe.Add(x, at), unsafe.Add(x1, at), unsafe.Add(x2, at)
	for n := len(list); ; {
		g := zero.SetElem(0, *(*float32)(unsafe.Add(e, 4))).Broadcast1To16()
		s0 = archsimd.LoadFloat32x16((*[16]float32)(a)).MulAdd(g, s0)
		s1 = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(a, 64))).MulAdd(g, s1)
		s2 = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(a, 128))).MulAdd(g, s2)
		s3 = archsimd.LoadFloat32x16((*[16]float32)(b)).MulAdd(g, s3)
		s4 = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 64))).MulAdd(g, s4)
		s5 = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 128))).MulAdd(g, s5)
		s6 = archsimd.LoadFloat32x16((*[16]float32)(c)).MulAdd(g, s6)
		s7 = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(c, 64))).MulAdd(g, s7)
		s8 = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(c, 128))).MulAdd(g, s8)
		if n--; n == 0 {
			break
		}
		e = unsafe.Add(e, 8)
		at := int(*(*int32)(e)) * 4
		a, b, c = unsafe.Add(x, at), unsafe.Add(x1, at), unsafe.Add(x2, at)
	}
	store16(dw, 0, s0)
	store16(dw, 64, s1)
	store16(dw, 128, s2)
	store16(dw, 192, s3)
	store16(dw, 256, s4)
	store16(dw, 320, s5)
	store16(dw, 384, s6)
	store16(dw, 448, s7)
	store16(dw, 512, s8)
}

// tapSums256 adds to the 8 channels of 9 weights at dw, 64 bytes apart, the
// patches in x, rows row bytes apart, that the list names.
//
//go:noinline
func tapSums256(list []entry, dw, x unsafe.Pointer, row int) {
	s0, s1, s2 := load8(dw, 0), load8(dw, 64), load8(dw, 128)
	s3, s4, s5 := load8(dw, 192), load8(dw, 256), load8(dw, 320)
	s6, s7, s8 := load8(dw, 384), load8(dw, 448), load8(dw, 512)
	x1 := unsafe.Add(x, row)
	x2 := unsafe.Add(x1, row)
	var zero archsimd.Float32x4
	e := unsafe.Pointer(unsafe.SliceData(list))
	at := int(*(*int32)(e)) * 4
	a, b, c := unsafe.Add(x, at), unsafe.Add(x1, at), unsafe.Add(x2, at)
	for n := len(list); ; {
		g := zero.SetElem(0, *(*float32)(unsafe.Add(e, 4))).Broadcast1To8()
		s0 = archsimd.LoadFloat32x8((*[8]float32)(a)).MulAdd(g, s0)
		s1 = archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(a, 64))).MulAdd(g, s1)
		s2 = archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(a, 128))).MulAdd(g, s2)
		s3 = archsimd.LoadFloat32x8((*[8]float32)(b)).MulAdd(g, s3)
		s4 = archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(b, 64))).MulAdd(g, s4)
		s5 = archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(b, 128))).MulAdd(g, s5)
		s6 = archsimd.LoadFloat32x8((*[8]float32)(c)).MulAdd(g, s6)
		s7 = archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(c, 64))).MulAdd(g, s7)
		s8 = archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(c, 128))).MulAdd(g, s8)
		if n--; n == 0 {
			break
		}
		e = unsafe.Add(e, 8)
		at := int(*(*int32)(e)) * 4
		a, b, c = unsafe.Add(x, at), unsafe.Add(x1, at), unsafe.Add(x2, at)
	}
	store8(dw, 0, s0)
	store8(dw, 64, s1)
	store8(dw, 128, s2)
	store8(dw, 192, s3)
	store8(dw, 256, s4)
	store8(dw, 320, s5)
	store8(dw, 384, s6)
	store8(dw, 448, s7)
	store8(dw, 512, s8)
}

// tapSpread512 adds to the patches in x that the list names the 16 channels of 9
// weights at w.
//
//go:noinline
func tapSpread512(list []entry, x, w unsafe.Pointer, row int) {
	w0, w1, w2 := load16(w, 0), load16(w, 64), load16(w, 128)
	w3, w4, w5 := load16(w, 192), load16(w, 256), load16(w, 320)
	w6, w7, w8 := load16(w, 384), load16(w, 448), load16(w, 512)
	x1 := unsafe.Add(x, row)
	x2 := unsafe.Add(x1, row)
	var zero archsimd.Float32x4
	e := unsafe.Pointer(unsafe.SliceData(list))
	at := int(*(*int32)(e)) * 4
	a, b, c := unsafe.Add(x, at), unsafe.Add(x1, at), unsafe.Add(x2, at)
	for n := len(list); ; {
		g := zero.SetElem(0, *(*float32)(unsafe.Add(e, 4))).Broadcast1To16()
		g.MulAdd(w0, archsimd.LoadFloat32x16((*[16]float32)(a))).Store((*[16]float32)(a))
		g.MulAdd(w1, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(a, 64)))).Store((*[16]float32)(unsafe.Add(a, 64)))
		g.MulAdd(w2, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(a, 128)))).Store((*[16]float32)(unsafe.Add(a, 128)))
		g.MulAdd(w3, archsimd.LoadFloat32x16((*[16]float32)(b))).Store((*[16]float32)(b))
		g.MulAdd(w4, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 64)))).Store((*[16]float32)(unsafe.Add(b, 64)))
		g.MulAdd(w5, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 128)))).Store((*[16]float32)(unsafe.Add(b, 128)))
		g.MulAdd(w6, archsimd.LoadFloat32x16((*[16]float32)(c))).Store((*[16]float32)(c))
		g.MulAdd(w7, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(c, 64)))).Store((*[16]float32)(unsafe.Add(c, 64)))
		g.MulAdd(w8, archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(c, 128)))).Store((*[16]float32)(unsafe.Add(c, 128)))
		if n--; n == 0 {
			break
		}
		e = unsafe.Add(e, 8)
		at := int(*(*int32)(e)) * 4
		a, b, c = unsafe.Add(x, at), unsafe.Add(x1, at), unsafe.Add(x2, at)
	}
}

// tapSpread256 adds to the patches in x that the list names the 8 channels of 9
// weights at w.
//
//go:noinline
func tapSpread256(list []entry, x, w unsafe.Pointer, row int) {
	w0, w1, w2 := load8(w, 0), load8(w, 64), load8(w, 128)
	w3, w4, w5 := load8(w, 192), load8(w, 256), load8(w, 320)
	w6, w7, w8 := load8(w, 384), load8(w, 448), load8(w, 512)
	x1 := unsafe.Add(x, row)
	x2 := unsafe.Add(x1, row)
	var zero archsimd.Float32x4
	e := unsafe.Pointer(unsafe.SliceData(list))
	at := int(*(*int32)(e)) * 4
	a, b, c := unsafe.Add(x, at), unsafe.Add(x1, at), unsafe.Add(x2, at)
	for n := len(list); ; {
		g := zero.SetElem(0, *(*float32)(unsafe.Add(e, 4))).Broadcast1To8()
		g.MulAdd(w0, archsimd.LoadFloat32x8((*[8]float32)(a))).Store((*[8]float32)(a))
		g.MulAdd(w1, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(a, 64)))).Store((*[8]float32)(unsafe.Add(a, 64)))
		g.MulAdd(w2, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(a, 128)))).Store((*[8]float32)(unsafe.Add(a, 128)))
		g.MulAdd(w3, archsimd.LoadFloat32x8((*[8]float32)(b))).Store((*[8]float32)(b))
		g.MulAdd(w4, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(b, 64)))).Store((*[8]float32)(unsafe.Add(b, 64)))
		g.MulAdd(w5, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(b, 128)))).Store((*[8]float32)(unsafe.Add(b, 128)))
		g.MulAdd(w6, archsimd.LoadFloat32x8((*[8]float32)(c))).Store((*[8]float32)(c))
		g.MulAdd(w7, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(c, 64)))).Store((*[8]float32)(unsafe.Add(c, 64)))
		g.MulAdd(w8, archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(c, 128)))).Store((*[8]float32)(unsafe.Add(c, 128)))
		if n--; n == 0 {
			break
		}
		e = unsafe.Add(e, 8)
		at := int(*(*int32)(e)) * 4
		a, b, c = unsafe.Add(x, at), unsafe.Add(x1, at), unsafe.Add(x2, at)
	}
}
