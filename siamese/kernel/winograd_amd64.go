//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// winogradIn512 is winogradInScalar with 16 lanes.
func winogradIn512(c *Conv, v, x []float32, lo, n int) { winogradInVector(c, v, x, lo, n, true) }

// winogradIn256 is winogradInScalar with 8 lanes.
func winogradIn256(c *Conv, v, x []float32, lo, n int) { winogradInVector(c, v, x, lo, n, false) }

// winogradInVector goes over the windows and groups, wide with 16 lanes.
func winogradInVector(c *Conv, v, x []float32, lo, n int, wide bool) {
	in := c.Input()
	lanes, row := in.Groups()*Lanes, in.Row()
	plane := 4 * winogradPlane(lanes)
	for i := range n {
		corner := (lo+i)/(c.W/2)*2*row + (lo+i)%(c.W/2)*2*Lanes
		for g := range in.Groups() {
			to, from := ptr(v, i*lanes+g*Lanes), ptr(x, g*in.Plane()+corner)
			if wide {
				winogradPatch512(to, from, 4*row, plane)
				continue
			}
			winogradPatch256(to, from, 4*row, plane)
			winogradPatch256(unsafe.Add(to, 32), unsafe.Add(from, 32), 4*row, plane)
		}
	}
	archsimd.ClearAVXUpperBits()
}

// winogradPatch512 transforms 16 channels of the patch at x, whose rows are row
// bytes apart, and writes them to v, the frequencies plane bytes apart.
func winogradPatch512(v, x unsafe.Pointer, row, plane int) {
	x1 := unsafe.Add(x, row)
	x2 := unsafe.Add(x1, row)
	spreadDifference512(v, x, x2, plane)
	spreadSum512(unsafe.Add(v, 4*plane), x1, x2, plane)
	spreadDifference512(unsafe.Add(v, 8*plane), x2, x1, plane)
	spreadDifference512(unsafe.Add(v, 12*plane), x1, unsafe.Add(x2, row), plane)
}

// spreadDifference512 is spread of the difference of two rows. It is a call of
// its own because the compiler else keeps a pointer to each pixel, on the stack.
//
//go:noinline
func spreadDifference512(v, x, y unsafe.Pointer, plane int) {
	a, b := load16(x, 0).Sub(load16(y, 0)), load16(x, 64).Sub(load16(y, 64))
	c, d := load16(x, 128).Sub(load16(y, 128)), load16(x, 192).Sub(load16(y, 192))
	store16(v, 0, a.Sub(c))
	store16(v, plane, b.Add(c))
	store16(v, 2*plane, c.Sub(b))
	store16(v, 3*plane, b.Sub(d))
}

// spreadSum512 is spread of the sum of two rows.
//
//go:noinline
func spreadSum512(v, x, y unsafe.Pointer, plane int) {
	a, b := load16(x, 0).Add(load16(y, 0)), load16(x, 64).Add(load16(y, 64))
	c, d := load16(x, 128).Add(load16(y, 128)), load16(x, 192).Add(load16(y, 192))
	store16(v, 0, a.Sub(c))
	store16(v, plane, b.Add(c))
	store16(v, 2*plane, c.Sub(b))
	store16(v, 3*plane, b.Sub(d))
}

// winogradPatch256 is winogradPatch512 on 8 channels.
func winogradPatch256(v, x unsafe.Pointer, row, plane int) {
	x1 := unsafe.Add(x, row)
	x2 := unsafe.Add(x1, row)
	spreadDifference256(v, x, x2, plane)
	spreadSum256(unsafe.Add(v, 4*plane), x1, x2, plane)
	spreadDifference256(unsafe.Add(v, 8*plane), x2, x1, plane)
	spreadDifference256(unsafe.Add(v, 12*plane), x1, unsafe.Add(x2, row), plane)
}

// spreadDifference256 is spread of the difference of two rows.
//
//go:noinline
func spreadDifference256(v, x, y unsafe.Pointer, plane int) {
	a, b := load8(x, 0).Sub(load8(y, 0)), load8(x, 64).Sub(load8(y, 64))
	c, d := load8(x, 128).Sub(load8(y, 128)), load8(x, 192).Sub(load8(y, 192))
	store8(v, 0, a.Sub(c))
	store8(v, plane, b.Add(c))
	store8(v, 2*plane, c.Sub(b))
	store8(v, 3*plane, b.Sub(d))
}

// spreadSum256 is spread of the sum of two rows.
//
//go:noinline
func spreadSum256(v, x, y unsafe.Pointer, plane int) {
	a, b := load8(x, 0).Add(load8(y, 0)), load8(x, 64).Add(load8(y, 64))
	c, d := load8(x, 128).Add(load8(y, 128)), load8(x, 192).Add(load8(y, 192))
	store8(v, 0, a.Sub(c))
	store8(v, plane, b.Add(c))
	store8(v, 2*plane, c.Sub(b))
	store8(v, 3*plane, b.Sub(d))
}

// winogradOut512 is winogradOutScalar with 16 lanes.
func winogradOut512(c *Conv, y []float32, codes []uint8, m, bias []float32, lo, n int) {
	winogradOutVector(c, y, codes, m, bias, lo, n, true)
}

// winogradOut256 is winogradOutScalar with 8 lanes.
func winogradOut256(c *Conv, y []float32, codes []uint8, m, bias []float32, lo, n int) {
	winogradOutVector(c, y, codes, m, bias, lo, n, false)
}

// winogradOutVector goes over the windows and groups, wide with 16 lanes.
func winogradOutVector(c *Conv, y []float32, codes []uint8, m, bias []float32, lo, n int, wide bool) {
	out := c.Output()
	width := roundUp(c.Out, tile)
	pm, pb, plane := ptr(m, 0), ptr(bias, 0), 4*winogradPlane(width)
	for i := range n {
		py, px := (lo+i)/out.W, (lo+i)%out.W
		to, codeTo := out.Index(0, py, px), c.codeIndex(0, py, px)
		for g := range out.Groups() {
			var code unsafe.Pointer
			if codes != nil {
				code = ptr(codes, codeTo+g*out.H*out.W*Lanes)
			}
			sum, from, b := ptr(y, to+g*out.Plane()), unsafe.Add(pm, 4*(i*width+g*Lanes)), unsafe.Add(pb, g*64)
			if wide {
				winogradWindow512(sum, code, from, b, plane)
				continue
			}
			winogradWindow256(sum, code, from, b, plane)
			if codes != nil {
				code = unsafe.Add(code, 8)
			}
			winogradWindow256(unsafe.Add(sum, 32), code, unsafe.Add(from, 32), unsafe.Add(b, 32), plane)
		}
	}
	archsimd.ClearAVXUpperBits()
}

// winogradWindow512 makes a window of 16 channels from its products.
//
//go:noinline
func winogradWindow512(y, codes, m, bias unsafe.Pointer, plane int) {
	m1 := unsafe.Add(m, 4*plane)
	m2 := unsafe.Add(m1, 4*plane)
	m3 := unsafe.Add(m2, 4*plane)
	b := load16(bias, 0)
	v0 := load16(m, 0).Add(load16(m1, 0)).Add(load16(m2, 0))
	v1 := load16(m, plane).Add(load16(m1, plane)).Add(load16(m2, plane))
	v2 := load16(m, 2*plane).Add(load16(m1, 2*plane)).Add(load16(m2, 2*plane))
	v3 := load16(m, 3*plane).Add(load16(m1, 3*plane)).Add(load16(m2, 3*plane))
	p0, p1 := v0.Add(v1).Add(v2).Add(b), v1.Sub(v2).Sub(v3).Add(b)
	v0 = load16(m1, 0).Sub(load16(m2, 0)).Sub(load16(m3, 0))
	v1 = load16(m1, plane).Sub(load16(m2, plane)).Sub(load16(m3, plane))
	v2 = load16(m1, 2*plane).Sub(load16(m2, 2*plane)).Sub(load16(m3, 2*plane))
	v3 = load16(m1, 3*plane).Sub(load16(m2, 3*plane)).Sub(load16(m3, 3*plane))
	p2, p3 := v0.Add(v1).Add(v2).Add(b), v1.Sub(v2).Sub(v3).Add(b)
	pool512(p0, p1, p2, p3, y, codes)
}

// winogradWindow256 makes a window of 8 channels from its products.
//
//go:noinline
func winogradWindow256(y, codes, m, bias unsafe.Pointer, plane int) {
	m1 := unsafe.Add(m, 4*plane)
	m2 := unsafe.Add(m1, 4*plane)
	m3 := unsafe.Add(m2, 4*plane)
	b := load8(bias, 0)
	v0 := load8(m, 0).Add(load8(m1, 0)).Add(load8(m2, 0))
	v1 := load8(m, plane).Add(load8(m1, plane)).Add(load8(m2, plane))
	v2 := load8(m, 2*plane).Add(load8(m1, 2*plane)).Add(load8(m2, 2*plane))
	v3 := load8(m, 3*plane).Add(load8(m1, 3*plane)).Add(load8(m2, 3*plane))
	p0, p1 := v0.Add(v1).Add(v2).Add(b), v1.Sub(v2).Sub(v3).Add(b)
	v0 = load8(m1, 0).Sub(load8(m2, 0)).Sub(load8(m3, 0))
	v1 = load8(m1, plane).Sub(load8(m2, plane)).Sub(load8(m3, plane))
	v2 = load8(m1, 2*plane).Sub(load8(m2, 2*plane)).Sub(load8(m3, 2*plane))
	v3 = load8(m1, 3*plane).Sub(load8(m2, 3*plane)).Sub(load8(m3, 3*plane))
	p2, p3 := v0.Add(v1).Add(v2).Add(b), v1.Sub(v2).Sub(v3).Add(b)
	pool256(p0, p1, p2, p3, y, codes)
}
