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
	if math.Float64bits(s)<<35 == 1<<63 {
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

// tied tells whether any of four sums lies halfway between two float32.
func tied(a, b, c, d float64) bool {
	const low, half = 35, 1 << 63
	return math.Float64bits(a)<<low == half || math.Float64bits(b)<<low == half ||
		math.Float64bits(c)<<low == half || math.Float64bits(d)<<low == half
}

// axpy adds a*x[i] to y[i], rounding each once: fma over a row, four at a time.
// len(x) must not be below len(y).
func axpy(y []float32, a float32, x []float32) {
	if a == 0 {
		return
	}
	w := float64(a)
	x = x[:len(y)]
	for len(y) >= 4 && len(x) >= 4 {
		y4, x4 := (*[4]float32)(y), (*[4]float32)(x)
		p0, p1, p2, p3 := w*float64(x4[0]), w*float64(x4[1]), w*float64(x4[2]), w*float64(x4[3])
		s0, s1, s2, s3 := p0+float64(y4[0]), p1+float64(y4[1]), p2+float64(y4[2]), p3+float64(y4[3])
		if tied(s0, s1, s2, s3) {
			for i := range y4 {
				y4[i] = fma(a, x4[i], y4[i])
			}
		} else {
			y4[0], y4[1], y4[2], y4[3] = float32(s0), float32(s1), float32(s2), float32(s3)
		}
		y, x = y[4:], x[4:]
	}
	for i := range y {
		y[i] = fma(a, x[i], y[i])
	}
}

// A wide is a row of sums, or of factors, of a tile: float32 numbers that are
// kept as float64, so that the longest loops need not convert them at each step.
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

// add is axpy on wides. It rounds to the 24 bits of a float32 by Veltkamp's
// splitting (Dekker, "A floating-point technique for extending the available
// precision", 1971), which is to nearest; ties are told apart as in fma.
func (w *wide) add(a float64, x *wide) {
	if a == 0 {
		return
	}
	const split = 1<<29 + 1
	for i := 0; i < tile; i += 4 {
		p0, p1, p2, p3 := a*x[i], a*x[i+1], a*x[i+2], a*x[i+3]
		s0, s1, s2, s3 := p0+w[i], p1+w[i+1], p2+w[i+2], p3+w[i+3]
		if tied(s0, s1, s2, s3) {
			for j := i; j < i+4; j++ {
				w[j] = float64(fma(float32(a), float32(x[j]), float32(w[j])))
			}
			continue
		}
		t0, t1, t2, t3 := float64(s0*split), float64(s1*split), float64(s2*split), float64(s3*split)
		w[i], w[i+1], w[i+2], w[i+3] = t0-(t0-s0), t1-(t1-s1), t2-(t2-s2), t3-(t3-s3)
	}
}
