package kernel

import (
	"fmt"
	"testing"
)

// gflops reports the rate of a benchmark whose iteration adds n products.
func gflops(b *testing.B, n int) {
	b.ReportMetric(2*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOPS")
}

// benchFamilies runs a benchmark with every family there is.
func benchFamilies(b *testing.B, bench func(b *testing.B)) {
	for _, f := range families() {
		b.Run(f.name, func(b *testing.B) {
			use(b, f)
			b.ReportAllocs()
			bench(b)
		})
	}
}

// The convolutions of the networks post and compact.
var benchConvs = []struct {
	name string
	c    *Conv
}{
	{"conv1", NewConv(90, 90, 1, 32, 1)},
	{"conv2", NewConv(45, 45, 32, 64, 0)},
	{"compact2", NewConv(45, 45, 32, 32, 1)},
	{"compact3", NewConv(22, 22, 32, 32, 0)},
}

func BenchmarkConvForward(b *testing.B) {
	for _, bc := range benchConvs {
		b.Run(bc.name, func(b *testing.B) {
			benchFamilies(b, func(b *testing.B) {
				k := newConvCase(b, random(1), bc.c, 0)
				for b.Loop() {
					bc.c.Forward(k.y, k.codes, k.x, k.packed, k.bias)
				}
				gflops(b, 4*k.out.H*k.out.W*bc.c.Out*taps*bc.c.In)
			})
		})
	}
}

func BenchmarkConvBackward(b *testing.B) {
	for _, bc := range benchConvs {
		b.Run(bc.name, func(b *testing.B) {
			benchFamilies(b, func(b *testing.B) {
				k := newConvCase(b, random(1), bc.c, 0)
				k.run()
				s := bc.c.NewScratch()
				dx := k.dx
				if bc.c.In == 1 {
					dx = nil
				}
				for b.Loop() {
					bc.c.Backward(dx, k.dw, k.db, k.dy, k.codes, k.x, k.w, s)
				}
			})
		})
	}
}

func BenchmarkDense(b *testing.B) {
	for _, d := range []*Dense{NewDense(30976, 128), NewDense(3872, 64), NewDense(128, 1)} {
		const n = 32
		b.Run(fmt.Sprintf("%d-%d/forward", d.In, d.Out), func(b *testing.B) {
			benchFamilies(b, func(b *testing.B) {
				k := newDenseCase(b, random(1), d, n, 0)
				for b.Loop() {
					d.Forward(k.part, k.x, n, k.w, 0, d.Blocks())
				}
				gflops(b, n*d.In*d.Out)
			})
		})
		b.Run(fmt.Sprintf("%d-%d/backward+adam", d.In, d.Out), func(b *testing.B) {
			benchFamilies(b, func(b *testing.B) {
				k := newDenseCase(b, random(1), d, n, 0)
				s := d.NewScratch(n)
				for b.Loop() {
					d.BackwardAdam(k.dx, k.w, k.m, k.v, k.x, k.dy, n, 0, d.Blocks(), testAdam, s)
				}
				gflops(b, 2*n*d.In*d.Out)
			})
		})
	}
}
