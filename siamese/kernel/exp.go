package kernel

import "math"

// The functions below have the same bits on every CPU, where those of package
// math are in assembly on some. Products are converted to float64 so that no
// compiler fuses them into a sum.

// Two parts of ln 2: multiples of ln2Hi by an exponent are exact.
const (
	ln2Hi = 0x1.62e42fefp-1
	ln2Lo = math.Ln2 - ln2Hi
)

// Exp returns e^x, within 2 units in the last place.
//
// x = k ln2 + r with |r| <= ln2/2, and e^r by its Taylor polynomial, whose
// remainder r^14/14! is below 2^-57.
func Exp(x float64) float64 {
	switch {
	case x != x:
		return x
	case x > 710:
		return math.Inf(1)
	case x < -746:
		return 0
	}
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	r := (x - float64(k*ln2Hi)) - float64(k*ln2Lo)
	p := 1.0
	for n := 13.0; n > 0; n-- {
		p = 1 + float64(r*p)/n
	}
	return math.Ldexp(p, int(k))
}

// log1p returns log(1+x) for x in [0, 1], within 2 units in the last place.
//
// log(1+x) = 2 artanh(s) with s = x/(2+x) <= 1/3, by its Taylor polynomial, whose
// remainder is below s^39/39 < 2^-66.
func log1p(x float64) float64 {
	s := x / (2 + x)
	t := float64(s * s)
	p := 0.0
	for n := 37.0; n > 0; n -= 2 {
		p = 1/n + float64(t*p)
	}
	return float64(2*s) * p
}

// Sigmoid returns 1/(1+e^-x) without overflow.
func Sigmoid(x float64) float64 {
	if x < 0 {
		e := Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + Exp(-x))
}

// Softplus returns log(1+e^x) without overflow.
func Softplus(x float64) float64 {
	if x > 0 {
		return x + log1p(Exp(-x))
	}
	return log1p(Exp(x))
}
