//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// transpose256 is transposeScalar by squares of 8; what is left over goes one by
// one.
func transpose256(dst []float32, dstRow int, src []float32, srcRow int, rows, cols int) {
	r8, c8 := rows&^7, cols&^7
	for r := 0; r < r8; r += 8 {
		for c := 0; c < c8; c += 8 {
			transposeSquare(ptr(dst, c*dstRow+r), 4*dstRow, ptr(src, r*srcRow+c), 4*srcRow)
		}
	}
	archsimd.ClearAVXUpperBits()
	if c8 < cols && r8 > 0 {
		transposeScalar(dst[c8*dstRow:], dstRow, src[c8:], srcRow, r8, cols-c8)
	}
	if r8 < rows {
		transposeScalar(dst[r8:], dstRow, src[r8*srcRow:], srcRow, rows-r8, cols)
	}
}

//go:noinline
func transposeSquare(dst unsafe.Pointer, dstRow int, src unsafe.Pointer, srcRow int) {
	s4 := unsafe.Add(src, 4*srcRow)
	// Rows i and i+4 share registers: 4 columns of each, so that the two
	// interleaving steps end in whole columns.
	a := pair(src, s4, 0)
	b := pair(unsafe.Add(src, srcRow), unsafe.Add(s4, srcRow), 0)
	c := pair(unsafe.Add(src, 2*srcRow), unsafe.Add(s4, 2*srcRow), 0)
	d := pair(unsafe.Add(src, 3*srcRow), unsafe.Add(s4, 3*srcRow), 0)
	transposeHalf(dst, dstRow, a, b, c, d)
	a = pair(src, s4, 16)
	b = pair(unsafe.Add(src, srcRow), unsafe.Add(s4, srcRow), 16)
	c = pair(unsafe.Add(src, 2*srcRow), unsafe.Add(s4, 2*srcRow), 16)
	d = pair(unsafe.Add(src, 3*srcRow), unsafe.Add(s4, 3*srcRow), 16)
	transposeHalf(unsafe.Add(dst, 4*dstRow), dstRow, a, b, c, d)
}

// pair loads 4 elements from each of two rows.
func pair(low, high unsafe.Pointer, at int) archsimd.Uint32x8 {
	var v archsimd.Uint32x8
	v = v.SetLo(archsimd.LoadUint32x4((*[4]uint32)(unsafe.Add(low, at))))
	return v.SetHi(archsimd.LoadUint32x4((*[4]uint32)(unsafe.Add(high, at))))
}

// transposeHalf stores the 4 columns of 8 that a to d hold.
func transposeHalf(dst unsafe.Pointer, dstRow int, a, b, c, d archsimd.Uint32x8) {
	ac, bd := a.InterleaveLoGrouped(c), b.InterleaveLoGrouped(d)
	storeColumn(dst, ac.InterleaveLoGrouped(bd))
	storeColumn(unsafe.Add(dst, dstRow), ac.InterleaveHiGrouped(bd))
	ac, bd = a.InterleaveHiGrouped(c), b.InterleaveHiGrouped(d)
	storeColumn(unsafe.Add(dst, 2*dstRow), ac.InterleaveLoGrouped(bd))
	storeColumn(unsafe.Add(dst, 3*dstRow), ac.InterleaveHiGrouped(bd))
}

func storeColumn(dst unsafe.Pointer, v archsimd.Uint32x8) { v.Store((*[8]uint32)(dst)) }
