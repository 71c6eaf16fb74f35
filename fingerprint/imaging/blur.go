package imaging

import "encoding/binary"

// A blurrer blurs images of one size by a Gaussian of one sigma at a time:
// a horizontal and a vertical pass with weights of 8 bits, each rounded to
// the nearest, mirrored at the border without repeating it (OpenCV's
// BORDER_REFLECT_101, as imgaug asks for).
//
// Eight pixels are computed at a time within uint64s: a weighted mean of
// 8-bit pixels with 8-bit weights fits in 16 bits, and so four of them in a
// word, without a carry from one into the next.
type blurrer struct {
	w, h   int
	stride int // w rounded up to whole words
	radius int
	weight [maxRadius + 1]uint64 // by distance from the centre; both sides add up to 256
	row    []uint8               // one row, mirrored at both ends, and then the sum of rows
	rows   []uint8               // h rows of stride pixels, blurred horizontally
}

const (
	maxRadius = 3 * maxSigma
	word      = 8 // pixels
)

func newBlurrer(w, h int) blurrer {
	stride := (w + word - 1) / word * word
	return blurrer{
		w: w, h: h, stride: stride,
		row:  make([]uint8, maxRadius+stride+maxRadius),
		rows: make([]uint8, h*stride),
	}
}

// set prepares for sigma, in pixels, and tells whether the blur changes
// anything: below about 0.28 the neighbours' weight rounds to nothing.
func (b *blurrer) set(sigma float64) bool {
	b.radius = 0
	if sigma <= 0 {
		return false
	}
	var g [maxRadius + 1]float64
	sum := 0.0
	for k := range g {
		g[k] = expNeg(float64(k*k) / (2 * float64(sigma*sigma)))
		sum += g[k]
	}
	sum = 2*sum - g[0]
	b.weight[0] = 256
	for k := 1; k <= maxRadius; k++ {
		b.weight[k] = uint64(float64(256*g[k])/sum + 0.5)
		b.weight[0] -= 2 * b.weight[k]
		if b.weight[k] > 0 {
			b.radius = k
		}
	}
	return b.radius > 0
}

// apply writes the blurred src to dst.
func (b *blurrer) apply(dst, src []uint8) {
	for y := range b.h {
		b.mirror(src[y*b.w : (y+1)*b.w])
		out := b.rows[y*b.stride : (y+1)*b.stride]
		for x := 0; x < b.stride; x += word {
			var m mean
			m.add(b.weight[0], load(b.row, maxRadius+x), 0)
			for k := 1; k <= b.radius; k++ {
				m.add(b.weight[k], load(b.row, maxRadius+x-k), load(b.row, maxRadius+x+k))
			}
			binary.LittleEndian.PutUint64(out[x:], m.round())
		}
	}
	for y := range b.h {
		for x := 0; x < b.stride; x += word {
			var m mean
			m.add(b.weight[0], load(b.rows, y*b.stride+x), 0)
			for k := 1; k <= b.radius; k++ {
				above, below := reflect101(y-k, b.h), reflect101(y+k, b.h)
				m.add(b.weight[k], load(b.rows, above*b.stride+x), load(b.rows, below*b.stride+x))
			}
			binary.LittleEndian.PutUint64(b.row[x:], m.round())
		}
		copy(dst[y*b.w:(y+1)*b.w], b.row)
	}
}

// mirror puts a row into b.row from maxRadius on, its mirror image around it.
func (b *blurrer) mirror(src []uint8) {
	copy(b.row[maxRadius:], src)
	for k := 1; k <= b.radius; k++ {
		b.row[maxRadius-k] = src[reflect101(-k, b.w)]
		b.row[maxRadius+b.w-1+k] = src[reflect101(b.w-1+k, b.w)]
	}
}

// reflect101 mirrors an index into [0, n) at the first and last element.
func reflect101(i, n int) int {
	if n == 1 {
		return 0
	}
	for i < 0 || i >= n {
		if i < 0 {
			i = -i
		} else {
			i = 2*(n-1) - i
		}
	}
	return i
}

func load(b []uint8, at int) uint64 { return binary.LittleEndian.Uint64(b[at : at+word]) }

// A mean is eight weighted means in the making: 16 bits each, those of the
// even pixels of a word and those of the odd ones.
type mean struct{ even, odd uint64 }

const lanes = 0x00ff00ff00ff00ff

// add adds two words of eight pixels with the same weight.
func (m *mean) add(weight, p, q uint64) {
	m.even += weight * (p&lanes + q&lanes)
	m.odd += weight * (p>>8&lanes + q>>8&lanes)
}

// round returns the eight means to the nearest.
func (m *mean) round() uint64 {
	const half = 0x0080008000800080
	return (m.even+half)>>8&lanes | (m.odd+half)&^lanes
}
