//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// The kernels of the first layer's weights go by kernel rows: of a window's 4x4
// patch a kernel row needs two rows of pixels, which fit half a register. A lane's
// code says where in it the lane's 3 pixels begin, and a permutation fetches each
// of them for all channels. Inactive lanes have a gradient of zero.

// firstWeights512 is firstWeightsScalar with 16 lanes.
func firstWeights512(dw, db, dy []float32, codes []uint8, x []float32, b band) {
	for y := range b.rows {
		from, code := ptr(dy, y*b.dyRow), ptr(codes, y*b.cols*Lanes)
		addLive256(ptr(db, 0), from, code, b.cols)
		addLive256(ptr(db, 8), unsafe.Add(from, 32), unsafe.Add(code, 8), b.cols)
		for ky := range 3 {
			firstRow512(ptr(dw, ky*3*Lanes), from, code, ptr(x, (2*y+ky)*b.inRow), 4*b.inRow, b.cols)
		}
	}
	archsimd.ClearAVXUpperBits()
}

// firstWeights256 is firstWeightsScalar with 8 lanes.
func firstWeights256(dw, db, dy []float32, codes []uint8, x []float32, b band) {
	for y := range b.rows {
		for half := 0; half < Lanes; half += 8 {
			from, code := ptr(dy, y*b.dyRow+half), ptr(codes, y*b.cols*Lanes+half)
			addLive256(ptr(db, half), from, code, b.cols)
			for ky := range 3 {
				firstRow256(ptr(dw, ky*3*Lanes+half), from, code, ptr(x, (2*y+ky)*b.inRow), 4*b.inRow, b.cols)
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

//go:noinline
func firstRow512(dw, dy, codes, x unsafe.Pointer, row, n int) {
	s0, s1, s2 := load16(dw, 0), load16(dw, 64), load16(dw, 128)
	one, two := archsimd.BroadcastUint32x16(1), archsimd.BroadcastUint32x16(2)
	four := archsimd.BroadcastUint32x16(4)
	for ; ; n-- {
		c := archsimd.LoadUint8x16((*[16]uint8)(codes)).ExtendToUint32()
		g := load16(dy, 0).Masked(c.Less(four))
		// codes 0, 1, 2, 3 begin at 0, 1, 4, 5
		at := c.And(two).Add(c)
		var p f16
		p = p.SetLo(patch8(x, unsafe.Add(x, row)))
		s0 = p.Permute(at).MulAdd(g, s0)
		at = at.Add(one)
		s1 = p.Permute(at).MulAdd(g, s1)
		at = at.Add(one)
		s2 = p.Permute(at).MulAdd(g, s2)
		if n == 1 {
			break
		}
		codes, dy, x = unsafe.Add(codes, Lanes), unsafe.Add(dy, 4*Lanes), unsafe.Add(x, 8)
	}
	store16(dw, 0, s0)
	store16(dw, 64, s1)
	store16(dw, 128, s2)
}

//go:noinline
func firstRow256(dw, dy, codes, x unsafe.Pointer, row, n int) {
	s0, s1, s2 := load8(dw, 0), load8(dw, 64), load8(dw, 128)
	one, two := archsimd.BroadcastUint32x8(1), archsimd.BroadcastUint32x8(2)
	four := archsimd.BroadcastInt32x8(4)
	for ; ; n-- {
		c := codes8(codes)
		g := load8(dy, 0).Masked(c.AsInt32x8().Less(four))
		at := c.And(two).Add(c)
		p := patch8(x, unsafe.Add(x, row))
		s0 = p.Permute(at).MulAdd(g, s0)
		at = at.Add(one)
		s1 = p.Permute(at).MulAdd(g, s1)
		at = at.Add(one)
		s2 = p.Permute(at).MulAdd(g, s2)
		if n == 1 {
			break
		}
		codes, dy, x = unsafe.Add(codes, Lanes), unsafe.Add(dy, 4*Lanes), unsafe.Add(x, 8)
	}
	store8(dw, 0, s0)
	store8(dw, 64, s1)
	store8(dw, 128, s2)
}

// patch8 loads 2 rows of 4 pixels.
func patch8(low, high unsafe.Pointer) f8 {
	var p f8
	p = p.SetLo(archsimd.LoadFloat32x4((*[4]float32)(low)))
	return p.SetHi(archsimd.LoadFloat32x4((*[4]float32)(high)))
}

// codes8 loads 8 codes into 32-bit lanes.
func codes8(p unsafe.Pointer) archsimd.Uint32x8 {
	var v archsimd.Uint64x2
	return v.SetElem(0, *(*uint64)(p)).AsUint8x16().ExtendLo8ToUint32()
}

// addLive256 adds the gradients of a row's n active windows to 8 sums.
//
//go:noinline
func addLive256(sum, dy, codes unsafe.Pointer, n int) {
	s := load8(sum, 0)
	four := archsimd.BroadcastInt32x8(4)
	for ; ; n-- {
		s = s.Add(load8(dy, 0).Masked(codes8(codes).AsInt32x8().Less(four)))
		if n == 1 {
			break
		}
		codes, dy = unsafe.Add(codes, Lanes), unsafe.Add(dy, 4*Lanes)
	}
	store8(sum, 0, s)
}
