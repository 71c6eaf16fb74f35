package kernel

import (
	"math"
	"math/big"
	"testing"
)

// ulps returns how many units in the last place got is from want.
func ulps(got, want float64) float64 {
	if got == want {
		return 0
	}
	return math.Abs(got-want) / (math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want))
}

// bigExp returns e^x by its series, with 200 bits.
func bigExp(x float64) float64 {
	// e^x = (e^(x/2^12))^(2^12)
	t := new(big.Float).SetPrec(240).SetFloat64(math.Ldexp(x, -12))
	sum, term := big.NewFloat(1).SetPrec(240), big.NewFloat(1).SetPrec(240)
	for n := 1; n < 40; n++ {
		term.Mul(term, t)
		term.Quo(term, big.NewFloat(float64(n)))
		sum.Add(sum, term)
	}
	for range 12 {
		sum.Mul(sum, sum)
	}
	f, _ := sum.Float64()
	return f
}

func TestExp(t *testing.T) {
	r := random(8)
	for range 5000 {
		x := (r.Float64() - 0.5) * 1400
		if r.IntN(2) == 0 {
			x = r.NormFloat64()
		}
		if got, want := Exp(x), bigExp(x); ulps(got, want) > 2 {
			t.Fatalf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
	for _, c := range []struct{ x, want float64 }{
		{0, 1}, {math.Inf(1), math.Inf(1)}, {math.Inf(-1), 0}, {1000, math.Inf(1)}, {-1000, 0}, {math.Copysign(0, -1), 1},
	} {
		if got := Exp(c.x); got != c.want {
			t.Errorf("Exp(%v) = %v, want %v", c.x, got, c.want)
		}
	}
	if got := Exp(math.NaN()); got == got {
		t.Errorf("Exp(NaN) = %v", got)
	}
}

// TestSoftplus also holds log1p, which has no other caller, against package math.
func TestSoftplus(t *testing.T) {
	r := random(8)
	for range 5000 {
		u := r.Float64()
		if got, want := log1p(u), math.Log1p(u); ulps(got, want) > 2 {
			t.Fatalf("log1p(%v) = %v, want %v", u, got, want)
		}
		x := (r.Float64() - 0.5) * 100
		want := math.Log1p(math.Exp(-math.Abs(x))) + max(x, 0)
		if got := Softplus(x); ulps(got, want) > 4 {
			t.Fatalf("Softplus(%v) = %v, want %v", x, got, want)
		}
		if got, want := Sigmoid(x), 1/(1+math.Exp(-x)); ulps(got, want) > 4 {
			t.Fatalf("Sigmoid(%v) = %v, want %v", x, got, want)
		}
	}
	for _, x := range []float64{-1e4, -800, 800, 1e4} {
		if s, p := Sigmoid(x), Softplus(x); s < 0 || s > 1 || math.IsInf(p, 0) || p != max(x, 0) {
			t.Errorf("at %v: sigmoid %v, softplus %v", x, s, p)
		}
	}
}

// TestFunctionBits pins bits: on another CPU or compiler they must be these.
func TestFunctionBits(t *testing.T) {
	for _, c := range []struct {
		name string
		got  float64
		want uint64
	}{
		{"Exp(1)", Exp(1), 0x4005bf0a8b14576a},
		{"Exp(-0.3)", Exp(-0.3), 0x3fe7b4c869c37c05},
		{"Exp(20.7)", Exp(20.7), 0x41cd1df072e9d819},
		{"Softplus(0.1)", Softplus(0.1), 0x3fe7d218f1c89050},
		{"Sigmoid(-3.2)", Sigmoid(-3.2), 0x3fa40d8795129682},
	} {
		if bits := math.Float64bits(c.got); bits != c.want {
			t.Errorf("%s has bits %#x, want %#x", c.name, bits, c.want)
		}
	}
}
