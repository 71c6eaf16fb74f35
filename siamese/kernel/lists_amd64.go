//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// gather256 appends as gatherScalar does, an entry as one word, and adds up the
// bias gradients in the lanes.
func gather256(l *lists, db, dy []float32, codes []uint8, b band) {
	clear(l.n[:])
	sum0, sum1 := load8(ptr(db, 0), 0), load8(ptr(db, 0), 32)
	four := archsimd.BroadcastInt32x8(4)
	entries, room := ptr(l.entries, 0), 8*l.room
	for y := range b.rows {
		g, code := ptr(dy, y*b.dyRow), ptr(codes, y*b.cols*Lanes)
		corner := 2 * (b.top + y) * b.inRow
		for range b.cols {
			at := [8]uint32{uint32(corner), uint32(corner + b.inCol), uint32(corner + b.inRow), uint32(corner + b.inRow + b.inCol)}
			c := archsimd.LoadUint8x16((*[16]uint8)(code))
			high := c.AsUint64x2().InterleaveHi(c.AsUint64x2()).AsUint8x16()
			sum0 = sum0.Add(load8(g, 0).Masked(c.ExtendLo8ToUint32().AsInt32x8().Less(four)))
			sum1 = sum1.Add(load8(g, 32).Masked(high.ExtendLo8ToUint32().AsInt32x8().Less(four)))
			for i := range l.n {
				c := *(*uint8)(unsafe.Add(code, i))
				n := l.n[i]
				*(*uint64)(unsafe.Add(entries, i*room+int(n)*8)) = uint64(*(*uint32)(unsafe.Add(g, 4*i)))<<32 | uint64(at[c&7])
				l.n[i] = n + int32(c>>2^1)
			}
			g, code = unsafe.Add(g, 4*Lanes), unsafe.Add(code, Lanes)
			corner += 2 * b.inCol
		}
	}
	store8(ptr(db, 0), 0, sum0)
	store8(ptr(db, 0), 32, sum1)
	archsimd.ClearAVXUpperBits()
}
