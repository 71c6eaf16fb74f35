//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// The inner loops name the intrinsics themselves: a helper, though inlined,
// leaves a no-op behind, and what limits these loops is instructions.
//
// A window of 4 positions by 32 channels is the register tile: its sums never
// leave the registers before bias, ReLU, maximum and code are done. This is what
// stays the same over the windows of a tile.
type window struct {
	w, bias, offset unsafe.Pointer
	k               int
	row, col        int // bytes from a position's input to the one below, to its right
	plane           int // bytes from the first group's output to the second's, 0 if there is no second
	codePlane       int
}

// convForward512 is convForwardScalar with 16 lanes.
func convForward512(c *Conv, y []float32, codes []uint8, x, packed, bias []float32) {
	convForwardVector(c, y, codes, x, packed, bias, true)
}

// convForward256 is convForwardScalar with 8 lanes.
func convForward256(c *Conv, y []float32, codes []uint8, x, packed, bias []float32) {
	convForwardVector(c, y, codes, x, packed, bias, false)
}

// convForwardVector goes over the windows, wide with 16 lanes.
func convForwardVector(c *Conv, y []float32, codes []uint8, x, packed, bias []float32, wide bool) {
	out := c.Output()
	row, col := c.strides()
	j := window{offset: ptr(c.offset, 0), k: len(c.offset), row: 4 * row, col: 4 * col}
	for g := 0; g < out.Groups(); g += 2 {
		j.w = ptr(packed, g/2*tile*taps*c.In)
		j.bias = ptr(bias, g*Lanes)
		j.plane, j.codePlane = 4*out.Plane(), out.H*out.W*Lanes
		if g+1 == out.Groups() {
			j.plane = 0
		}
		for py := range out.H {
			to, from := ptr(y, out.Index(g*Lanes, py, 0)), ptr(x, 2*py*row)
			for px := range out.W {
				var code unsafe.Pointer
				if codes != nil {
					code = ptr(codes, c.codeIndex(g*Lanes, py, px))
				}
				if wide {
					convWindow512(&j, unsafe.Add(from, px*8*col), unsafe.Add(to, px*4*Lanes), code)
				} else {
					convWindow256(&j, unsafe.Add(from, px*8*col), unsafe.Add(to, px*4*Lanes), code)
				}
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

// convWindow512 does a window of 32 channels; codes may be nil.
//
//go:noinline
func convWindow512(j *window, x, y, codes unsafe.Pointer) {
	a0 := load16(j.bias, 0)
	b0 := a0 // a group past the last has no bias, and its sums go nowhere
	if j.plane != 0 {
		b0 = load16(j.bias, 64)
	}
	a1, a2, a3 := a0, a0, a0
	b1, b2, b3 := b0, b0, b0
	x1, x2 := unsafe.Add(x, j.col), unsafe.Add(x, j.row)
	x3 := unsafe.Add(x2, j.col)
	w, offset := j.w, j.offset
	var zero archsimd.Float32x4
	for n := j.k; ; {
		at := int(*(*int32)(offset)) * 4
		w0, w1 := archsimd.LoadFloat32x16((*[16]float32)(w)), archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(w, 64)))
		v := zero.SetElem(0, *(*float32)(unsafe.Add(x, at))).Broadcast1To16()
		a0, b0 = v.MulAdd(w0, a0), v.MulAdd(w1, b0)
		v = zero.SetElem(0, *(*float32)(unsafe.Add(x1, at))).Broadcast1To16()
		a1, b1 = v.MulAdd(w0, a1), v.MulAdd(w1, b1)
		v = zero.SetElem(0, *(*float32)(unsafe.Add(x2, at))).Broadcast1To16()
		a2, b2 = v.MulAdd(w0, a2), v.MulAdd(w1, b2)
		v = zero.SetElem(0, *(*float32)(unsafe.Add(x3, at))).Broadcast1To16()
		a3, b3 = v.MulAdd(w0, a3), v.MulAdd(w1, b3)
		if n--; n == 0 {
			break
		}
		w, offset = unsafe.Add(w, 128), unsafe.Add(offset, 4)
	}
	pool512(a0, a1, a2, a3, y, codes)
	if j.plane != 0 {
		if codes != nil {
			codes = unsafe.Add(codes, j.codePlane)
		}
		pool512(b0, b1, b2, b3, unsafe.Add(y, j.plane), codes)
	}
}

// pool512 is poolWindow on 16 channels. It compares and merges, because the
// compiler may swap the operands of Max, of which one is for NaN.
func pool512(a, b, c, d f16, y, codes unsafe.Pointer) {
	zero := f16{}
	right, lowRight := b.Greater(a), d.Greater(c)
	high, low := b.Merge(a, right), d.Merge(c, lowRight)
	below := low.Greater(high)
	v := low.Merge(high, below)
	if codes != nil {
		one := archsimd.BroadcastInt32x16(1)
		code := one.Masked(right)
		lowCode := one.Masked(lowRight).Add(one).Add(one)
		code = lowCode.Merge(code, below)
		code = code.Merge(archsimd.BroadcastInt32x16(4), v.Greater(zero))
		code.TruncateToInt8().Store((*[16]int8)(codes))
	}
	store16(y, 0, zero.Merge(v, zero.Greater(v)))
}

// convWindow256 is convWindow512 with 8 lanes, a group of channels at a time.
func convWindow256(j *window, x, y, codes unsafe.Pointer) {
	convHalf256(j, x, y, codes, 0)
	if j.plane == 0 {
		return
	}
	if codes != nil {
		codes = unsafe.Add(codes, j.codePlane)
	}
	convHalf256(j, x, unsafe.Add(y, j.plane), codes, 64)
}

// convHalf256 does one group of 16 channels, at byte half of the weights' rows.
//
//go:noinline
func convHalf256(j *window, x, y, codes unsafe.Pointer, half int) {
	a0, b0 := load8(j.bias, half), load8(j.bias, half+32)
	a1, a2, a3 := a0, a0, a0
	b1, b2, b3 := b0, b0, b0
	x1, x2 := unsafe.Add(x, j.col), unsafe.Add(x, j.row)
	x3 := unsafe.Add(x2, j.col)
	w, offset := unsafe.Add(j.w, half), j.offset
	var zero archsimd.Float32x4
	for n := j.k; ; {
		at := int(*(*int32)(offset)) * 4
		w0, w1 := archsimd.LoadFloat32x8((*[8]float32)(w)), archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(w, 32)))
		v := zero.SetElem(0, *(*float32)(unsafe.Add(x, at))).Broadcast1To8()
		a0, b0 = v.MulAdd(w0, a0), v.MulAdd(w1, b0)
		v = zero.SetElem(0, *(*float32)(unsafe.Add(x1, at))).Broadcast1To8()
		a1, b1 = v.MulAdd(w0, a1), v.MulAdd(w1, b1)
		v = zero.SetElem(0, *(*float32)(unsafe.Add(x2, at))).Broadcast1To8()
		a2, b2 = v.MulAdd(w0, a2), v.MulAdd(w1, b2)
		v = zero.SetElem(0, *(*float32)(unsafe.Add(x3, at))).Broadcast1To8()
		a3, b3 = v.MulAdd(w0, a3), v.MulAdd(w1, b3)
		if n--; n == 0 {
			break
		}
		w, offset = unsafe.Add(w, 128), unsafe.Add(offset, 4)
	}
	pool256(a0, a1, a2, a3, y, codes)
	if codes != nil {
		codes = unsafe.Add(codes, 8)
	}
	pool256(b0, b1, b2, b3, unsafe.Add(y, 32), codes)
}

// pool256 is poolWindow on 8 channels.
func pool256(a, b, c, d f8, y, codes unsafe.Pointer) {
	zero := f8{}
	right, lowRight := b.Greater(a), d.Greater(c)
	high, low := b.Merge(a, right), d.Merge(c, lowRight)
	below := low.Greater(high)
	v := low.Merge(high, below)
	if codes != nil {
		one := archsimd.BroadcastInt32x8(1)
		code := one.Masked(right)
		lowCode := one.Masked(lowRight).Add(one).Add(one)
		code = lowCode.Merge(code, below)
		code = code.Merge(archsimd.BroadcastInt32x8(4), v.Greater(zero))
		half := code.GetLo().SaturateToInt16Concat(code.GetHi())
		bytes := half.AsInt8x16().PermuteOrZero(archsimd.LoadInt8x16(&evenBytes))
		*(*uint64)(codes) = bytes.AsUint64x2().GetElem(0)
	}
	store8(y, 0, zero.Merge(v, zero.Greater(v)))
}

// evenBytes selects the low bytes of 8 lanes of 16 bits.
var evenBytes = [16]int8{0, 2, 4, 6, 8, 10, 12, 14}
