package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactFMA rounds x*y + z once, by way of exact arithmetic.
func exactFMA(x, y, z float32) float32 {
	s := new(big.Float).SetPrec(2000)
	s.Mul(new(big.Float).SetPrec(2000).SetFloat64(float64(x)), new(big.Float).SetPrec(2000).SetFloat64(float64(y)))
	s.Add(s, new(big.Float).SetPrec(2000).SetFloat64(float64(z)))
	f, _ := s.Float32()
	return f
}

func TestFMARoundsOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ties := 0
	for range 200_000 {
		// Few significant bits and near exponents make ties and near ties common.
		x := float32(1+r.IntN(1<<12)) * float32(math.Ldexp(1, r.IntN(30)-15))
		y := (1 + float32(math.Ldexp(1, -r.IntN(24)))) * float32(math.Ldexp(1, r.IntN(60)-40))
		z := float32(r.IntN(1<<24)-1<<23) * float32(math.Ldexp(1, r.IntN(20)-10))
		if s := float64(x)*float64(y) + float64(z); math.Float64bits(s)<<35 == 1<<63 {
			ties++
		}
		if got, want := fma(x, y, z), exactFMA(x, y, z); got != want {
			t.Fatalf("fma(%x, %x, %x) = %x, want %x", x, y, z, got, want)
		}
	}
	if ties < 1000 {
		t.Errorf("only %d of the cases were ties: the test does not reach fmaTie", ties)
	}
}

// TestFMATies is about sums that lie a hair beside the middle of two float32, less
// than float64 tells apart: x*y is half a unit in the last place of z, a little
// more or a little less. Rows of them go through the loops that look for ties four
// at a time.
func TestFMATies(t *testing.T) {
	r := random(12)
	const n = 4 * tile
	for range 500 {
		// (1+u)(1-u+u^2) = 1+u^3 and (1+u)(1-u) = 1-u^2
		u := math.Ldexp(1, -11)
		a, factor := 1+u, 1-u+u*u
		if r.IntN(2) == 0 {
			u = math.Ldexp(1, -15-r.IntN(9))
			a, factor = 1+u, 1-u
		}
		if r.IntN(2) == 0 {
			a = -a
		}
		x, z := make([]float32, n), make([]float32, n)
		for i := range z {
			exponent := r.IntN(40) - 20
			z[i] = float32(math.Ldexp(1+float64(r.IntN(1<<23))/(1<<23), exponent))
			x[i] = float32(math.Ldexp(factor, exponent-24))
			if r.IntN(4) == 0 { // and some that are far from it
				x[i] = float32(r.NormFloat64())
			}
			if r.IntN(2) == 0 {
				x[i] = -x[i]
			}
		}
		want, row := make([]float32, n), append([]float32(nil), z...)
		var sums, factors wide
		for i := range z {
			want[i] = exactFMA(float32(a), x[i], z[i])
			if got := fma(float32(a), x[i], z[i]); got != want[i] {
				t.Fatalf("fma(%x, %x, %x) = %x, want %x", float32(a), x[i], z[i], got, want[i])
			}
		}
		for i := 0; i < n; i += Lanes {
			axpy((*[Lanes]float32)(row[i:]), float32(a), (*[Lanes]float32)(x[i:]))
		}
		sameBits(t, "axpy", row, want)
		for i := 0; i < n; i += tile {
			sums.load(z[i:])
			factors.load(x[i:])
			sums.add(a, &factors)
			sums.store(row[i:])
		}
		sameBits(t, "wide.add", row, want)
	}
}

func BenchmarkFMAScalar(b *testing.B) {
	var a [8]float32
	x := make([]float32, 1024)
	w := make([]float32, 1024)
	for i := range x {
		x[i], w[i] = float32(i)*0.37, float32(i)*0.11
	}
	b.Run("exact", func(b *testing.B) {
		for b.Loop() {
			a0, a1, a2, a3 := a[0], a[1], a[2], a[3]
			for i := 0; i+4 <= len(x) && i+4 <= len(w); i += 4 {
				a0 = fma(x[i], w[i], a0)
				a1 = fma(x[i+1], w[i], a1)
				a2 = fma(x[i+2], w[i], a2)
				a3 = fma(x[i+3], w[i], a3)
			}
			a[0] = a0 + a1 + a2 + a3
		}
		b.ReportMetric(float64(b.N)*1024/b.Elapsed().Seconds()/1e9, "GFMA/s")
	})
	b.Run("axpy", func(b *testing.B) {
		for b.Loop() {
			v := a[0] + 1
			for i := 0; i < len(x); i += Lanes {
				axpy((*[Lanes]float32)(w[i:]), v, (*[Lanes]float32)(x[i:]))
			}
		}
		b.ReportMetric(float64(b.N)*1024/b.Elapsed().Seconds()/1e9, "GFMA/s")
	})
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			a0, a1, a2, a3 := a[0], a[1], a[2], a[3]
			for i := 0; i+4 <= len(x) && i+4 <= len(w); i += 4 {
				a0 = float32(x[i]*w[i]) + a0
				a1 = float32(x[i+1]*w[i]) + a1
				a2 = float32(x[i+2]*w[i]) + a2
				a3 = float32(x[i+3]*w[i]) + a3
			}
			a[0] = a0 + a1 + a2 + a3
		}
		b.ReportMetric(float64(b.N)*1024/b.Elapsed().Seconds()/1e9, "GFMA/s")
	})
}
