//go:build goexperiment.simd && amd64

package kernel

import "simd/archsimd"

// pixels256 is pixelsScalar with 8 lanes; the rows' tails come last.
func pixels256(dst []float32, src []uint8, h, w int) {
	clearBorder(dst, h, w)
	row, n := w+2, w&^15
	whole := archsimd.BroadcastFloat32x8(255)
	for y := range h {
		for x := 0; x < n; x += 16 {
			to := ptr(dst, (y+1)*row+1+x)
			low := archsimd.LoadUint8x16((*[16]uint8)(ptr(src, y*w+x)))
			high := low.AsUint64x2().InterleaveHi(low.AsUint64x2()).AsUint8x16()
			store8(to, 0, low.ExtendLo8ToUint32().AsInt32x8().ConvertToFloat32().Div(whole))
			store8(to, 32, high.ExtendLo8ToUint32().AsInt32x8().ConvertToFloat32().Div(whole))
		}
	}
	archsimd.ClearAVXUpperBits()
	for y := range h {
		to := dst[(y+1)*row+1:]
		for x := n; x < w; x++ {
			to[x] = float32(src[y*w+x]) / 255
		}
	}
}
