package imaging

import (
	"fmt"
	"math"
)

// Fixed-point formats of OpenCV's bilinear resizing of 8-bit images.
const (
	coefBits  = 11 // of an interpolation weight
	coefScale = 1 << coefBits
)

// A Resizer resizes images to one size by bilinear interpolation, bit for bit
// as OpenCV's resize with INTER_LINEAR does for 8-bit images
// (imgproc/src/resize.cpp: weights of 11 bits, a horizontal pass to integers,
// a vertical pass that drops 4 and then 16 bits). Like it, it does not smooth
// before it shrinks.
//
// It keeps its tables from one image to the next and so is not safe for use by
// several goroutines at once.
type Resizer struct {
	w, h       int // of the result
	srcW, srcH int // that the tables are for
	cols, rows []tap
	above      []int32 // a source row resized horizontally
	below      []int32
}

// A tap is where a result pixel lies between two source pixels on one axis.
type tap struct {
	i, j   int   // source pixels
	wi, wj int32 // their weights, of coefScale in all
}

// NewResizer returns a Resizer to w by h pixels, both positive.
func NewResizer(w, h int) *Resizer {
	if w <= 0 || h <= 0 {
		panic("imaging: resize to no pixels")
	}
	return &Resizer{w: w, h: h, above: make([]int32, w), below: make([]int32, w)}
}

// Resize resizes src, of srcW by srcH pixels, into dst. It panics if the
// lengths are not those of the sizes.
func (r *Resizer) Resize(dst, src []uint8, srcW, srcH int) {
	if srcW <= 0 || srcH <= 0 || len(src) != srcW*srcH || len(dst) != r.w*r.h {
		panic(fmt.Sprintf("imaging: resize %d pixels as %dx%d to %d as %dx%d", len(src), srcW, srcH, len(dst), r.w, r.h))
	}
	if srcW == r.w && srcH == r.h {
		copy(dst, src)
		return
	}
	if srcW != r.srcW || srcH != r.srcH {
		r.cols, r.rows = taps(r.cols, r.w, srcW, true), taps(r.rows, r.h, srcH, false)
		r.srcW, r.srcH = srcW, srcH
	}
	at, atBelow := -1, -1 // the source rows in r.above and r.below
	for y, t := range r.rows {
		if t.i == atBelow {
			r.above, r.below = r.below, r.above
			at, atBelow = atBelow, at
		}
		if t.i != at {
			r.horizontal(r.above, src[t.i*srcW:(t.i+1)*srcW])
			at = t.i
		}
		if t.j != atBelow {
			r.horizontal(r.below, src[t.j*srcW:(t.j+1)*srcW])
			atBelow = t.j
		}
		vertical(dst[y*r.w:(y+1)*r.w], r.above, r.below, t)
	}
}

// horizontal resizes one row to values of 8 + coefBits bits.
func (r *Resizer) horizontal(dst []int32, src []uint8) {
	for x, t := range r.cols {
		dst[x] = int32(src[t.i])*t.wi + int32(src[t.j])*t.wj
	}
}

// vertical mixes two rows from horizontal. The order of the shifts is
// OpenCV's and matters for the last bit.
func vertical(dst []uint8, above, below []int32, t tap) {
	above, below = above[:len(dst)], below[:len(dst)]
	for x := range dst {
		dst[x] = uint8((t.wi*(above[x]>>4)>>16 + t.wj*(below[x]>>4)>>16 + 2) >> 2)
	}
}

// taps computes where n result pixels lie among m source pixels, with OpenCV's
// roundings: positions in float32, weights to the nearest, ties to even.
// Beyond the border OpenCV moves the position onto the border for columns but
// keeps the weights for rows, where both taps then are the border pixel: the
// sum of two shifted products may differ from one in the last bit.
func taps(buf []tap, n, m int, column bool) []tap {
	buf = buf[:0]
	scale := 1 / (float64(n) / float64(m))
	for d := range n {
		pos := float32(float64((float64(d)+0.5)*scale) - 0.5)
		i := int(math.Floor(float64(pos)))
		frac := pos - float32(i)
		if column && i < 0 {
			i, frac = 0, 0
		}
		if column && i >= m-1 {
			i, frac = m-1, 0
		}
		buf = append(buf, tap{
			i: clamp(i, m), j: clamp(i+1, m),
			wi: weight(1 - frac), wj: weight(frac),
		})
	}
	return buf
}

func weight(f float32) int32 { return int32(math.RoundToEven(float64(f * coefScale))) }

func clamp(i, n int) int { return max(0, min(i, n-1)) }
