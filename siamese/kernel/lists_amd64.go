//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// gather256 adds up the bias gradients in the lanes, then appends as
// gatherScalar does, but an entry as one word. The two are apart because an
// instruction of the older encoding between those of AVX costs 100 ns.
func gather256(l *lists, db, dy []float32, codes []uint8, b band) {
	for y := range b.rows {
		g, code := ptr(dy, y*b.dyRow), ptr(codes, y*b.cols*Lanes)
		addLive256(ptr(db, 0), g, code, b.cols)
		addLive256(ptr(db, 8), unsafe.Add(g, 32), unsafe.Add(code, 8), b.cols)
	}
	archsimd.ClearAVXUpperBits()

	entries, room := ptr(l.entries, 0), 8*l.room
	var end [Lanes]unsafe.Pointer
	for i := range end {
		end[i] = unsafe.Add(entries, i*room)
	}
	var at [8]uint32
	for y := range b.rows {
		for j := range b.cols {
			x := evenFirst(j, b.cols)
			g, code := ptr(dy, y*b.dyRow+x*Lanes), ptr(codes, (y*b.cols+x)*Lanes)
			corner := 2*(b.top+y)*b.inRow + 2*x*b.inCol
			at[0], at[1] = uint32(corner), uint32(corner+b.inCol)
			at[2], at[3] = uint32(corner+b.inRow), uint32(corner+b.inRow+b.inCol)
			for i := range Lanes {
				c := *(*uint8)(unsafe.Add(code, i))
				*(*uint64)(end[i]) = uint64(*(*uint32)(unsafe.Add(g, 4*i)))<<32 | uint64(at[c&7])
				end[i] = unsafe.Add(end[i], int(c>>2^1)*8)
			}
		}
	}
	for i := range end {
		l.n[i] = int32(uintptr(end[i])-uintptr(entries)-uintptr(i*room)) / 8
	}
}
