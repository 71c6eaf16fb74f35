package imaging

import "math"

// The functions here exist because those of package math may use other
// instructions, and fused multiply-adds, on another architecture. An explicit
// conversion of each product forbids the fusion (Go specification,
// "Floating-point operators"); products by powers of two are exact and need
// none. A Taylor series suffices after reduction to a small argument.

// sincos returns the sine and cosine of an angle in degrees, exact for
// multiples of 90 and elsewhere within 1e-15.
func sincos(degrees float64) (sin, cos float64) {
	quarter := math.RoundToEven(degrees / 90)
	x := float64((degrees - float64(quarter*90)) * (math.Pi / 180)) // at most pi/4
	x2 := float64(x * x)
	// Horner's scheme from the term in x^17 and x^16 down.
	s, c := 1.0, 1.0
	for k := 16.0; k >= 2; k -= 2 {
		s = 1 - float64(float64(s*x2)/(k*(k+1)))
		c = 1 - float64(float64(c*x2)/(k*(k-1)))
	}
	s = float64(s * x)
	switch int(quarter) & 3 {
	case 0:
		return s, c
	case 1:
		return c, -s
	case 2:
		return -s, -c
	default:
		return -c, s
	}
}

// expNeg returns exp(-x) for x >= 0, within 1e-13 of itself for x up to 200.
func expNeg(x float64) float64 {
	if x > 700 {
		return 0
	}
	// x = n ln 2 + r: exp(-x) = 2^-n exp(-r) with r at most ln(2)/2.
	n := math.RoundToEven(x / math.Ln2)
	r := x - float64(n*math.Ln2)
	e := 1.0
	for k := 14.0; k >= 1; k-- {
		e = 1 - float64(float64(e*r)/k)
	}
	return math.Ldexp(e, -int(n))
}
