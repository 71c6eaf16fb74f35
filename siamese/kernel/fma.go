package kernel

import "math"

// fma returns x*y + z rounded once to float32, the one arithmetic step that
// every kernel is made of. It gives on any CPU the bits of a hardware fused
// multiply-add.
//
// The product of two float32 is exact in float64. The sum is then rounded
// twice, to float64 and to float32, which differs from rounding once only if
// the first rounding lands exactly halfway between two float32; that case is
// told by the low 29 bits and left to [fmaTie]. (Boldo and Melquiond,
// "Emulation of FMA and correctly rounded sums: proved algorithms using
// rounding to odd", 2008.) A sum below 2^-126, where float32 has fewer bits,
// may still be rounded twice: see "Subnormal numbers" in NUMERICS.md.
func fma(x, y, z float32) float32 {
	p := float64(x) * float64(y)
	s := p + float64(z)
	if tied(s) {
		return fmaTie(p, float64(z), s)
	}
	return float32(s)
}

// fmaTie rounds p + z to float32, given the float64 sum s that lies halfway
// between two float32: what the first rounding dropped decides.
//
//go:noinline
func fmaTie(p, z, s float64) float32 {
	// Knuth's TwoSum: dropped + s == p + z exactly.
	t := s - p
	dropped := (p - (s - t)) + (z - t)
	switch {
	case dropped > 0:
		s = math.Nextafter(s, math.Inf(1))
	case dropped < 0:
		s = math.Nextafter(s, math.Inf(-1))
	}
	return float32(s)
}

// tied tells whether a sum lies halfway between two float32: whether its low 29
// bits are 1<<28.
func tied(x float64) bool { return uint32(math.Float64bits(x))<<3 == 1<<31 }

// axpy adds a*x[i] to y[i], rounding each once: fma over the lanes, four at a time.
func axpy(y *[Lanes]float32, a float32, x *[Lanes]float32) {
	if a == 0 {
		return
	}
	w := float64(a)
	for i := 0; i < Lanes; i += 4 {
		y4, x4 := (*[4]float32)(y[i:i+4]), (*[4]float32)(x[i:i+4])
		s0 := float64(w*float64(x4[0])) + float64(y4[0])
		s1 := float64(w*float64(x4[1])) + float64(y4[1])
		s2 := float64(w*float64(x4[2])) + float64(y4[2])
		s3 := float64(w*float64(x4[3])) + float64(y4[3])
		switch {
		case tied(s0), tied(s1), tied(s2), tied(s3):
			for j := range y4 {
				y4[j] = fma(a, x4[j], y4[j])
			}
		default:
			y4[0], y4[1], y4[2], y4[3] = float32(s0), float32(s1), float32(s2), float32(s3)
		}
	}
}

// A wide is a row of sums, or of factors, of a tile: float32 numbers that are
// kept as float64, so that the longest loops convert each factor only once.
type wide [tile]float64

// load sets w to a tile's worth of x.
func (w *wide) load(x []float32) {
	for i, v := range x[:tile] {
		w[i] = float64(v)
	}
}

// store writes w to x.
func (w *wide) store(x []float32) {
	x = x[:tile]
	for i, v := range w {
		x[i] = float32(v)
	}
}

// add is axpy on wides.
func (w *wide) add(a float64, x *wide) {
	if a == 0 {
		return
	}
	for i := 0; i < tile; i += 4 {
		s0, s1 := float64(a*x[i])+w[i], float64(a*x[i+1])+w[i+1]
		s2, s3 := float64(a*x[i+2])+w[i+2], float64(a*x[i+3])+w[i+3]
		switch {
		case tied(s0), tied(s1), tied(s2), tied(s3):
			for j := i; j < i+4; j++ {
				w[j] = float64(fma(float32(a), float32(x[j]), float32(w[j])))
			}
		default:
			w[i], w[i+1], w[i+2], w[i+3] = float64(float32(s0)), float64(float32(s1)), float64(float32(s2)), float64(float32(s3))
		}
	}
}
