//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// product is what stays the same over the tiles of a product of matrices.
type product struct {
	aRow, bRow, cRow int // bytes
	k                int
	add              bool
}

// matmul512 is matmulScalar with 16 lanes, by tiles of 2 rows and 64 columns where
// there are as many, else of 4 and 32; rows left over go one by one.
func matmul512(c []float32, cRow int, a []float32, aRow int, b []float32, bRow int, rows, cols, k int, add bool) {
	j := product{4 * aRow, 4 * bRow, 4 * cRow, k, add}
	pa, pb, pc := ptr(a, 0), ptr(b, 0), ptr(c, 0)
	col := 0
	for ; col+8*tile <= 4*cols; col += 8 * tile {
		i := 0
		for ; i+2 <= rows; i += 2 {
			matmulWide512(&j, unsafe.Add(pc, i*j.cRow+col), unsafe.Add(pa, i*j.aRow), unsafe.Add(pb, col))
		}
		for ; i < rows; i++ {
			matmulRow256(&j, unsafe.Add(pc, i*j.cRow+col), unsafe.Add(pa, i*j.aRow), unsafe.Add(pb, col))
			matmulRow256(&j, unsafe.Add(pc, i*j.cRow+col+4*tile), unsafe.Add(pa, i*j.aRow), unsafe.Add(pb, col+4*tile))
		}
	}
	for ; col < 4*cols; col += 4 * tile {
		i := 0
		for ; i+4 <= rows; i += 4 {
			matmulTile512(&j, unsafe.Add(pc, i*j.cRow+col), unsafe.Add(pa, i*j.aRow), unsafe.Add(pb, col))
		}
		for ; i < rows; i++ {
			matmulRow256(&j, unsafe.Add(pc, i*j.cRow+col), unsafe.Add(pa, i*j.aRow), unsafe.Add(pb, col))
		}
	}
	archsimd.ClearAVXUpperBits()
}

// matmul256 is matmulScalar with 8 lanes.
func matmul256(c []float32, cRow int, a []float32, aRow int, b []float32, bRow int, rows, cols, k int, add bool) {
	j := product{4 * aRow, 4 * bRow, 4 * cRow, k, add}
	pa, pb, pc := ptr(a, 0), ptr(b, 0), ptr(c, 0)
	for col := 0; col < 4*cols; col += 4 * tile {
		i := 0
		for ; i+4 <= rows; i += 4 {
			matmulTile256(&j, unsafe.Add(pc, i*j.cRow+col), unsafe.Add(pa, i*j.aRow), unsafe.Add(pb, col))
			matmulTile256(&j, unsafe.Add(pc, i*j.cRow+col+64), unsafe.Add(pa, i*j.aRow), unsafe.Add(pb, col+64))
		}
		for ; i < rows; i++ {
			matmulRow256(&j, unsafe.Add(pc, i*j.cRow+col), unsafe.Add(pa, i*j.aRow), unsafe.Add(pb, col))
		}
	}
	archsimd.ClearAVXUpperBits()
}

// matmulTile512 does 4 rows by 32 columns.
//
//go:noinline
func matmulTile512(j *product, c, a, b unsafe.Pointer) {
	c1 := unsafe.Add(c, j.cRow)
	c2 := unsafe.Add(c1, j.cRow)
	c3 := unsafe.Add(c2, j.cRow)
	var s0, s1, s2, s3, t0, t1, t2, t3 f16
	if j.add {
		s0, t0 = load16(c, 0), load16(c, 64)
		s1, t1 = load16(c1, 0), load16(c1, 64)
		s2, t2 = load16(c2, 0), load16(c2, 64)
		s3, t3 = load16(c3, 0), load16(c3, 64)
	}
	a1 := unsafe.Add(a, j.aRow)
	a2 := unsafe.Add(a1, j.aRow)
	a3 := unsafe.Add(a2, j.aRow)
	var zero archsimd.Float32x4
	k, bRow := j.k, j.bRow
	for {
		b0 := archsimd.LoadFloat32x16((*[16]float32)(b))
		b1 := archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 64)))
		v := zero.SetElem(0, *(*float32)(a)).Broadcast1To16()
		s0, t0 = v.MulAdd(b0, s0), v.MulAdd(b1, t0)
		v = zero.SetElem(0, *(*float32)(a1)).Broadcast1To16()
		s1, t1 = v.MulAdd(b0, s1), v.MulAdd(b1, t1)
		v = zero.SetElem(0, *(*float32)(a2)).Broadcast1To16()
		s2, t2 = v.MulAdd(b0, s2), v.MulAdd(b1, t2)
		v = zero.SetElem(0, *(*float32)(a3)).Broadcast1To16()
		s3, t3 = v.MulAdd(b0, s3), v.MulAdd(b1, t3)
		if k--; k == 0 {
			break
		}
		a, a1, a2, a3 = unsafe.Add(a, 4), unsafe.Add(a1, 4), unsafe.Add(a2, 4), unsafe.Add(a3, 4)
		b = unsafe.Add(b, bRow)
	}
	store16(c, 0, s0)
	store16(c, 64, t0)
	store16(c1, 0, s1)
	store16(c1, 64, t1)
	store16(c2, 0, s2)
	store16(c2, 64, t2)
	store16(c3, 0, s3)
	store16(c3, 64, t3)
}

// matmulWide512 does 2 rows by 64 columns. It reads b twice as often as a tile of
// 4 rows would, but has half the broadcasts, which on Intel share a port with the
// multiply-adds.
//
//go:noinline
func matmulWide512(j *product, c, a, b unsafe.Pointer) {
	c1, a1 := unsafe.Add(c, j.cRow), unsafe.Add(a, j.aRow)
	var s0, s1, s2, s3, t0, t1, t2, t3 f16
	if j.add {
		s0, s1, s2, s3 = load16(c, 0), load16(c, 64), load16(c, 128), load16(c, 192)
		t0, t1, t2, t3 = load16(c1, 0), load16(c1, 64), load16(c1, 128), load16(c1, 192)
	}
	var zero archsimd.Float32x4
	k, bRow := j.k, j.bRow
	for {
		v := zero.SetElem(0, *(*float32)(a)).Broadcast1To16()
		w := zero.SetElem(0, *(*float32)(a1)).Broadcast1To16()
		x := archsimd.LoadFloat32x16((*[16]float32)(b))
		s0, t0 = v.MulAdd(x, s0), x.MulAdd(w, t0)
		x = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 64)))
		s1, t1 = v.MulAdd(x, s1), x.MulAdd(w, t1)
		x = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 128)))
		s2, t2 = v.MulAdd(x, s2), x.MulAdd(w, t2)
		x = archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(b, 192)))
		s3, t3 = v.MulAdd(x, s3), x.MulAdd(w, t3)
		if k--; k == 0 {
			break
		}
		a, a1, b = unsafe.Add(a, 4), unsafe.Add(a1, 4), unsafe.Add(b, bRow)
	}
	store16(c, 0, s0)
	store16(c, 64, s1)
	store16(c, 128, s2)
	store16(c, 192, s3)
	store16(c1, 0, t0)
	store16(c1, 64, t1)
	store16(c1, 128, t2)
	store16(c1, 192, t3)
}

// matmulTile256 does 4 rows by 16 columns.
//
//go:noinline
func matmulTile256(j *product, c, a, b unsafe.Pointer) {
	c1 := unsafe.Add(c, j.cRow)
	c2 := unsafe.Add(c1, j.cRow)
	c3 := unsafe.Add(c2, j.cRow)
	var s0, s1, s2, s3, t0, t1, t2, t3 f8
	if j.add {
		s0, t0 = load8(c, 0), load8(c, 32)
		s1, t1 = load8(c1, 0), load8(c1, 32)
		s2, t2 = load8(c2, 0), load8(c2, 32)
		s3, t3 = load8(c3, 0), load8(c3, 32)
	}
	a1 := unsafe.Add(a, j.aRow)
	a2 := unsafe.Add(a1, j.aRow)
	a3 := unsafe.Add(a2, j.aRow)
	var zero archsimd.Float32x4
	k, bRow := j.k, j.bRow
	for {
		b0 := archsimd.LoadFloat32x8((*[8]float32)(b))
		b1 := archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(b, 32)))
		v := zero.SetElem(0, *(*float32)(a)).Broadcast1To8()
		s0, t0 = v.MulAdd(b0, s0), v.MulAdd(b1, t0)
		v = zero.SetElem(0, *(*float32)(a1)).Broadcast1To8()
		s1, t1 = v.MulAdd(b0, s1), v.MulAdd(b1, t1)
		v = zero.SetElem(0, *(*float32)(a2)).Broadcast1To8()
		s2, t2 = v.MulAdd(b0, s2), v.MulAdd(b1, t2)
		v = zero.SetElem(0, *(*float32)(a3)).Broadcast1To8()
		s3, t3 = v.MulAdd(b0, s3), v.MulAdd(b1, t3)
		if k--; k == 0 {
			break
		}
		a, a1, a2, a3 = unsafe.Add(a, 4), unsafe.Add(a1, 4), unsafe.Add(a2, 4), unsafe.Add(a3, 4)
		b = unsafe.Add(b, bRow)
	}
	store8(c, 0, s0)
	store8(c, 32, t0)
	store8(c1, 0, s1)
	store8(c1, 32, t1)
	store8(c2, 0, s2)
	store8(c2, 32, t2)
	store8(c3, 0, s3)
	store8(c3, 32, t3)
}

// matmulRow256 does a row that is left over, by 32 columns.
//
//go:noinline
func matmulRow256(j *product, c, a, b unsafe.Pointer) {
	var s0, s1, s2, s3 f8
	if j.add {
		s0, s1, s2, s3 = load8(c, 0), load8(c, 32), load8(c, 64), load8(c, 96)
	}
	bRow := j.bRow
	for i, n := 0, 4*j.k; ; {
		v := splat8(a, i)
		s0, s1 = v.MulAdd(load8(b, 0), s0), v.MulAdd(load8(b, 32), s1)
		s2, s3 = v.MulAdd(load8(b, 64), s2), v.MulAdd(load8(b, 96), s3)
		if i += 4; i == n {
			break
		}
		b = unsafe.Add(b, bRow)
	}
	store8(c, 0, s0)
	store8(c, 32, s1)
	store8(c, 64, s2)
	store8(c, 96, s3)
}
