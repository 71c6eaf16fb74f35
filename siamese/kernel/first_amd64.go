//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// patchStep[i] is added to the lanes' codes to select the i-th tap in a patch of
// 4x4 pixels that lies in one register.
var patchStep = func() (step [taps][Lanes]uint32) {
	for t := range step {
		for l := range step[t] {
			step[t][l] = uint32(t/3*4 + t%3)
		}
	}
	return step
}()

// firstWeights512 holds a window's 4x4 patch in a register. A lane's code says
// where in it the lane's 3x3 patch begins, and a permutation fetches each tap
// for all 16 channels. Inactive lanes have a gradient of zero.
func firstWeights512(dw, db, dy []float32, codes []uint8, x []float32, b band) {
	for y := range b.rows {
		firstRow512(ptr(dw, 0), ptr(db, 0), ptr(dy, y*b.dyRow), ptr(codes, y*b.cols*Lanes), ptr(x, 2*y*b.inRow), 4*b.inRow, b.cols)
	}
	archsimd.ClearAVXUpperBits()
}

//go:noinline
func firstRow512(dw, db, dy, codes, x unsafe.Pointer, row, n int) {
	s0, s1, s2 := load16(dw, 0), load16(dw, 64), load16(dw, 128)
	s3, s4, s5 := load16(dw, 192), load16(dw, 256), load16(dw, 320)
	s6, s7, s8 := load16(dw, 384), load16(dw, 448), load16(dw, 512)
	sum := load16(db, 0)
	for ; ; n-- {
		c := archsimd.LoadUint8x16((*[16]uint8)(codes)).ExtendToUint32()
		g := load16(dy, 0).Masked(c.Less(archsimd.BroadcastUint32x16(4)))
		sum = sum.Add(g)
		// code 0, 1, 2, 3 begins at 0, 1, 4, 5
		c = c.Add(c.ShiftAllRight(1).ShiftAllLeft(1))
		p := patch16(x, row)
		s0 = p.Permute(c).MulAdd(g, s0)
		s1 = p.Permute(c.Add(step16(1))).MulAdd(g, s1)
		s2 = p.Permute(c.Add(step16(2))).MulAdd(g, s2)
		s3 = p.Permute(c.Add(step16(3))).MulAdd(g, s3)
		s4 = p.Permute(c.Add(step16(4))).MulAdd(g, s4)
		s5 = p.Permute(c.Add(step16(5))).MulAdd(g, s5)
		s6 = p.Permute(c.Add(step16(6))).MulAdd(g, s6)
		s7 = p.Permute(c.Add(step16(7))).MulAdd(g, s7)
		s8 = p.Permute(c.Add(step16(8))).MulAdd(g, s8)
		if n == 1 {
			break
		}
		codes, dy, x = unsafe.Add(codes, Lanes), unsafe.Add(dy, 4*Lanes), unsafe.Add(x, 8)
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
	store16(db, 0, sum)
}

func step16(t int) archsimd.Uint32x16 { return archsimd.LoadUint32x16(&patchStep[t]) }

// patch16 loads 4 rows of 4 pixels.
func patch16(x unsafe.Pointer, row int) f16 {
	r1 := unsafe.Add(x, row)
	r2 := unsafe.Add(r1, row)
	var p f16
	return p.SetLo(patch8(x, r1)).SetHi(patch8(r2, unsafe.Add(r2, row)))
}

// patch8 loads 2 rows of 4 pixels.
func patch8(low, high unsafe.Pointer) f8 {
	var p f8
	p = p.SetLo(archsimd.LoadFloat32x4((*[4]float32)(low)))
	return p.SetHi(archsimd.LoadFloat32x4((*[4]float32)(high)))
}

// firstWeights256 does the same by halves of 8 channels, and by kernel rows: the
// two pixel rows that a kernel row can need are a register.
func firstWeights256(dw, db, dy []float32, codes []uint8, x []float32, b band) {
	for y := range b.rows {
		for half := 0; half < Lanes; half += 8 {
			from := ptr(dy, y*b.dyRow+half)
			code := ptr(codes, y*b.cols*Lanes+half)
			firstBias256(ptr(db, half), from, code, b.cols)
			for ky := range 3 {
				firstRow256(ptr(dw, ky*3*Lanes+half), from, code, ptr(x, (2*y+ky)*b.inRow), 4*b.inRow, b.cols)
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

// codes8 loads 8 codes as 32-bit lanes.
func codes8(p unsafe.Pointer) archsimd.Int32x8 {
	var v archsimd.Uint64x2
	return v.SetElem(0, *(*uint64)(p)).AsUint8x16().ExtendLo8ToUint32().AsInt32x8()
}

//go:noinline
func firstBias256(db, dy, codes unsafe.Pointer, n int) {
	sum := load8(db, 0)
	four := archsimd.BroadcastInt32x8(4)
	for ; ; n-- {
		sum = sum.Add(load8(dy, 0).Masked(codes8(codes).Less(four)))
		if n == 1 {
			break
		}
		codes, dy = unsafe.Add(codes, Lanes), unsafe.Add(dy, 4*Lanes)
	}
	store8(db, 0, sum)
}

//go:noinline
func firstRow256(dw, dy, codes, x unsafe.Pointer, row, n int) {
	s0, s1, s2 := load8(dw, 0), load8(dw, 64), load8(dw, 128)
	four, one := archsimd.BroadcastInt32x8(4), archsimd.BroadcastInt32x8(1)
	for ; ; n-- {
		c := codes8(codes)
		g := load8(dy, 0).Masked(c.Less(four))
		at := c.Add(c.ShiftAllRight(1).ShiftAllLeft(1))
		p := patch8(x, unsafe.Add(x, row))
		s0 = p.Permute(at.AsUint32x8()).MulAdd(g, s0)
		at = at.Add(one)
		s1 = p.Permute(at.AsUint32x8()).MulAdd(g, s1)
		at = at.Add(one)
		s2 = p.Permute(at.AsUint32x8()).MulAdd(g, s2)
		if n == 1 {
			break
		}
		codes, dy, x = unsafe.Add(codes, Lanes), unsafe.Add(dy, 4*Lanes), unsafe.Add(x, 8)
	}
	store8(dw, 0, s0)
	store8(dw, 64, s1)
	store8(dw, 128, s2)
}
