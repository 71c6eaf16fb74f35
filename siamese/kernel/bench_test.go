//go:build unix

package kernel

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

// cpuTime returns what this process has used of the CPUs, which on a shared
// machine says more than the clock.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// rate runs f, which adds n products, and reports its CPU time, its rate and
// what share that is of the peak, measured at once after it.
func rate(b *testing.B, n int, f func()) {
	b.ReportAllocs()
	start, runs := time.Duration(0), 0
	for b.Loop() {
		if runs++; runs == 1 {
			start = cpuTime(b)
		}
		f()
	}
	used := (cpuTime(b) - start).Seconds()
	b.ReportMetric(used/float64(runs)*1e6, "cpu-us/op")
	if n == 0 {
		return
	}
	most := 0.0
	for range 5 {
		start = cpuTime(b)
		done := Peak(1 << 17)
		most = max(most, float64(done)/(cpuTime(b)-start).Seconds())
	}
	products := float64(n) * float64(runs) / used
	b.ReportMetric(2*products/1e9, "GFLOPS")
	b.ReportMetric(100*products/most, "%peak")
}

// benchFamilies runs a benchmark with every family there is.
func benchFamilies(b *testing.B, bench func(b *testing.B)) {
	for _, f := range families() {
		b.Run(f.name, func(b *testing.B) {
			use(b, f)
			bench(b)
		})
	}
}

// BenchmarkPeak measures the most that any kernel could do.
func BenchmarkPeak(b *testing.B) {
	benchFamilies(b, func(b *testing.B) {
		rate(b, Peak(1<<14), func() { Peak(1 << 14) })
	})
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
				rate(b, 4*k.out.H*k.out.W*bc.c.Out*taps*bc.c.In, func() {
					bc.c.Forward(k.y, k.codes, k.x, k.packed, k.bias)
				})
			})
		})
	}
}

func BenchmarkWinograd(b *testing.B) {
	for _, bc := range benchConvs {
		if bc.c.In == 1 {
			continue
		}
		b.Run(bc.name, func(b *testing.B) {
			benchFamilies(b, func(b *testing.B) {
				k := newConvCase(b, random(1), bc.c, 0)
				u := Make(bc.c.WinogradLen())
				bc.c.PackWinograd(u, k.w)
				s := bc.c.NewScratch()
				// the rate counts what the direct way would compute
				rate(b, 4*k.out.H*k.out.W*bc.c.Out*taps*bc.c.In, func() {
					bc.c.ForwardWinograd(k.y, k.codes, k.x, u, k.bias, s)
				})
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
				rate(b, 0, func() { bc.c.Backward(dx, k.dw, k.db, k.dy, k.codes, k.x, k.w, s) })
			})
		})
	}
}

func BenchmarkDense(b *testing.B) {
	for _, d := range []*Dense{NewDense(30976, 128), NewDense(3872, 64), NewDense(128, 1)} {
		const n = 32
		b.Run(fmt.Sprintf("forward-%d-%d", d.In, d.Out), func(b *testing.B) {
			benchFamilies(b, func(b *testing.B) {
				k := newDenseCase(b, random(1), d, n, 0)
				rate(b, n*d.In*d.Out, func() { d.Forward(k.part, k.x, n, k.w, 0, d.Blocks()) })
			})
		})
		b.Run(fmt.Sprintf("backward+adam-%d-%d", d.In, d.Out), func(b *testing.B) {
			benchFamilies(b, func(b *testing.B) {
				k := newDenseCase(b, random(1), d, n, 0)
				s := d.NewScratch(n)
				rate(b, 2*n*d.In*d.Out, func() {
					d.BackwardAdam(k.dx, k.w, k.m, k.v, k.x, k.dy, n, 0, d.Blocks(), testAdam, s)
				})
			})
		})
	}
}

// BenchmarkPack is what a step does once, on one worker.
func BenchmarkPack(b *testing.B) {
	c := benchConvs[1].c
	w, packed := Make(c.WeightLen()), Make(c.WinogradLen())
	b.Run("direct", func(b *testing.B) { rate(b, 0, func() { c.Pack(packed, w) }) })
	b.Run("winograd", func(b *testing.B) { rate(b, 0, func() { c.PackWinograd(packed, w) }) })
}

// BenchmarkElementwise is the rest of a step, on one image or pair of post.
func BenchmarkElementwise(b *testing.B) {
	n := benchConvs[1].c.Output().Len()
	x, y, z, pix := Make(n), Make(n), Make(n), make([]uint8, 90*90)
	for name, f := range map[string]func(){
		"pixels":   func() { Pixels(x, pix, 90, 90) },
		"subtract": func() { Subtract(x, y, z) },
		"gradient": func() { SubtractGradient(x, y, z) },
		"abs":      func() { AbsDiff(x, y, z) },
		"squares":  func() { SumSquares(x) },
	} {
		b.Run(name, func(b *testing.B) {
			benchFamilies(b, func(b *testing.B) { rate(b, 0, f) })
		})
	}
}

// BenchmarkStep is the whole step of 32 pairs on two workers, and its forward
// part: to be held against ../../../shared/peer/torch_step.py.
func BenchmarkStep(b *testing.B) {
	for _, name := range []string{"post", "compact"} {
		for _, winograd := range []bool{false, true} {
			for _, train := range []bool{true, false} {
				b.Run(fmt.Sprintf("%s-winograd=%v-train=%v", name, winograd, train), func(b *testing.B) {
					benchFamilies(b, func(b *testing.B) {
						t := newTrainer(name, 32, 2, winograd)
						t.train()
						rate(b, 0, func() {
							if train {
								t.train()
							} else {
								t.forward()
							}
						})
						b.ReportMetric(32*float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
					})
				})
			}
		}
	}
}

// BenchmarkReLUDot is the comparison of 128 probes with a panel, by embeddings
// of 128 numbers. A product counts as one of the three operations it takes.
func BenchmarkReLUDot(b *testing.B) {
	const n, k = 128, 128
	benchFamilies(b, func(b *testing.B) {
		c := newDotCase(b, Panel-1, n, k, 0)
		rate(b, n*k*Panel, c.run)
	})
}

// BenchmarkForwardBlock is a block of the first dense layer for 256 pairs.
func BenchmarkForwardBlock(b *testing.B) {
	const n = 256
	for _, out := range []int{64, 128} {
		b.Run(fmt.Sprint(out), func(b *testing.B) {
			benchFamilies(b, func(b *testing.B) {
				d := NewDense(denseBlock, out)
				k := newDenseCase(b, random(1), d, n, 0)
				rate(b, n*denseBlock*out, func() { d.ForwardBlock(k.part, k.x, n, k.w, 0, true) })
			})
		})
	}
}

// BenchmarkConvLinear is compact's convolution after the merge, of one image.
func BenchmarkConvLinear(b *testing.B) {
	benchFamilies(b, func(b *testing.B) {
		c := NewConv(22, 22, 32, 32, 0)
		y, x, w := Make(c.LinearLen()), Make(c.InputLen()), Make(c.LinearWeightLen())
		rate(b, 4*11*11*32*taps*32, func() { c.Linear(y, x, w) })
	})
}
