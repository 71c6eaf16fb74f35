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

// axpy adds a*x[i] to y[i], rounding each once: fma written out over a row, the
// inner loop of the scalar kernels. len(x) must not be below len(y).
func axpy(y []float32, a float32, x []float32) {
	if a == 0 {
		return
	}
	x = x[:len(y)]
	wide := float64(a)
	for i := range y {
		p, z := wide*float64(x[i]), float64(y[i])
		s := p + z
		if math.Float64bits(s)<<35 == 1<<63 {
			y[i] = fmaTie(p, z, s)
			continue
		}
		y[i] = float32(s)
	}
}
