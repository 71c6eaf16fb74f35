//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// Max of a NaN is either operand: the compiler may exchange them. See "NaN and
// infinity" in NUMERICS.md.

// reluDot512 is reluDotScalar with 16 lanes, by tiles of 3 rows.
func reluDot512(z []float32, zRow int, p []float32, n int, panel, w []float32, bias float32) {
	k := len(w)
	pw, pg, pb := ptr(w, 0), ptr(panel, 0), unsafe.Pointer(&bias)
	i := 0
	for ; i+3 <= n; i += 3 {
		reluDotTile512(ptr(z, i*zRow), 4*zRow, ptr(p, i*k), pg, pw, pb, k)
	}
	for ; i < n; i++ {
		reluDotRow256(ptr(z, i*zRow), ptr(p, i*k), pg, pw, pb, k)
	}
	archsimd.ClearAVXUpperBits()
}

// reluDot256 is reluDotScalar with 8 lanes, by tiles of 3 rows and half a panel.
func reluDot256(z []float32, zRow int, p []float32, n int, panel, w []float32, bias float32) {
	k := len(w)
	pw, pg, pb := ptr(w, 0), ptr(panel, 0), unsafe.Pointer(&bias)
	i := 0
	for ; i+3 <= n; i += 3 {
		reluDotTile256(ptr(z, i*zRow), 4*zRow, ptr(p, i*k), pg, pw, pb, k)
		reluDotTile256(ptr(z, i*zRow+16), 4*zRow, ptr(p, i*k), unsafe.Add(pg, 64), pw, pb, k)
	}
	for ; i < n; i++ {
		reluDotRow256(ptr(z, i*zRow), ptr(p, i*k), pg, pw, pb, k)
	}
	archsimd.ClearAVXUpperBits()
}

//go:noinline
func reluDotTile512(z unsafe.Pointer, zRow int, p, g, w, bias unsafe.Pointer, k int) {
	p1 := unsafe.Add(p, 4*k)
	p2 := unsafe.Add(p1, 4*k)
	var s0, s1, s2, t0, t1, t2, zero f16
	var none archsimd.Float32x4
	for {
		x, y := load16(g, 0), load16(g, 64)
		f := none.SetElem(0, *(*float32)(w)).Broadcast1To16()
		a := none.SetElem(0, *(*float32)(p)).Broadcast1To16()
		s0, t0 = a.Sub(x).Max(zero).MulAdd(f, s0), a.Sub(y).Max(zero).MulAdd(f, t0)
		a = none.SetElem(0, *(*float32)(p1)).Broadcast1To16()
		s1, t1 = a.Sub(x).Max(zero).MulAdd(f, s1), a.Sub(y).Max(zero).MulAdd(f, t1)
		a = none.SetElem(0, *(*float32)(p2)).Broadcast1To16()
		s2, t2 = a.Sub(x).Max(zero).MulAdd(f, s2), a.Sub(y).Max(zero).MulAdd(f, t2)
		if k--; k == 0 {
			break
		}
		p, p1, p2 = unsafe.Add(p, 4), unsafe.Add(p1, 4), unsafe.Add(p2, 4)
		g, w = unsafe.Add(g, 4*tile), unsafe.Add(w, 4)
	}
	b := archsimd.BroadcastFloat32x16(*(*float32)(bias))
	z1 := unsafe.Add(z, zRow)
	z2 := unsafe.Add(z1, zRow)
	store16(z, 0, s0.Add(b))
	store16(z, 64, t0.Add(b))
	store16(z1, 0, s1.Add(b))
	store16(z1, 64, t1.Add(b))
	store16(z2, 0, s2.Add(b))
	store16(z2, 64, t2.Add(b))
}

//go:noinline
func reluDotTile256(z unsafe.Pointer, zRow int, p, g, w, bias unsafe.Pointer, k int) {
	p1 := unsafe.Add(p, 4*k)
	p2 := unsafe.Add(p1, 4*k)
	var s0, s1, s2, t0, t1, t2, zero f8
	for {
		x, y := load8(g, 0), load8(g, 32)
		f := splat8(w, 0)
		a := splat8(p, 0)
		s0, t0 = a.Sub(x).Max(zero).MulAdd(f, s0), a.Sub(y).Max(zero).MulAdd(f, t0)
		a = splat8(p1, 0)
		s1, t1 = a.Sub(x).Max(zero).MulAdd(f, s1), a.Sub(y).Max(zero).MulAdd(f, t1)
		a = splat8(p2, 0)
		s2, t2 = a.Sub(x).Max(zero).MulAdd(f, s2), a.Sub(y).Max(zero).MulAdd(f, t2)
		if k--; k == 0 {
			break
		}
		p, p1, p2 = unsafe.Add(p, 4), unsafe.Add(p1, 4), unsafe.Add(p2, 4)
		g, w = unsafe.Add(g, 4*tile), unsafe.Add(w, 4)
	}
	b := splat8(bias, 0)
	z1 := unsafe.Add(z, zRow)
	z2 := unsafe.Add(z1, zRow)
	store8(z, 0, s0.Add(b))
	store8(z, 32, t0.Add(b))
	store8(z1, 0, s1.Add(b))
	store8(z1, 32, t1.Add(b))
	store8(z2, 0, s2.Add(b))
	store8(z2, 32, t2.Add(b))
}

// reluDotRow256 does one row with a whole panel.
//
//go:noinline
func reluDotRow256(z, p, g, w, bias unsafe.Pointer, k int) {
	var s0, s1, s2, s3, zero f8
	for {
		a, f := splat8(p, 0), splat8(w, 0)
		s0 = a.Sub(load8(g, 0)).Max(zero).MulAdd(f, s0)
		s1 = a.Sub(load8(g, 32)).Max(zero).MulAdd(f, s1)
		s2 = a.Sub(load8(g, 64)).Max(zero).MulAdd(f, s2)
		s3 = a.Sub(load8(g, 96)).Max(zero).MulAdd(f, s3)
		if k--; k == 0 {
			break
		}
		p, g, w = unsafe.Add(p, 4), unsafe.Add(g, 4*tile), unsafe.Add(w, 4)
	}
	b := splat8(bias, 0)
	store8(z, 0, s0.Add(b))
	store8(z, 32, s1.Add(b))
	store8(z, 64, s2.Add(b))
	store8(z, 96, s3.Add(b))
}

// reluDiff256 is reluDiffScalar with 8 lanes.
func reluDiff256(y, p, g []float32, window int) {
	py, pp, pg := ptr(y, 0), ptr(p, 0), ptr(g, 0)
	zero := f8{}
	for range len(y) / tile {
		for l := 0; l < 4*tile; l += 32 {
			v := load8(pp, l).Sub(load8(pg, l))
			if window == 4 {
				v = v.Max(load8(pp, l+4*tile).Sub(load8(pg, l+4*tile)))
				v = v.Max(load8(pp, l+8*tile).Sub(load8(pg, l+8*tile)))
				v = v.Max(load8(pp, l+12*tile).Sub(load8(pg, l+12*tile)))
			}
			store8(py, l, v.Max(zero))
		}
		py = unsafe.Add(py, 4*tile)
		pp, pg = unsafe.Add(pp, 4*tile*window), unsafe.Add(pg, 4*tile*window)
	}
	archsimd.ClearAVXUpperBits()
}
