//go:build unix

package siamese

import (
	"context"
	"syscall"
	"testing"
	"time"
)

// cpuTime returns what this process has used of the CPUs.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkAllPairs compares random embeddings and reports what all pairs of
// SOCOFing, 4,927 x 6,000, would take of the clock and of the CPUs, beside the
// CPU time that their multiply-adds alone would take at the peak rate.
func BenchmarkAllPairs(b *testing.B) {
	const full = 4927 * 6000
	for _, c := range []struct {
		a               Architecture
		probes, gallery int
		products        float64 // multiply-adds of a pair
	}{
		{Post(Subtract, 90, 90), 4927, 375, 128},
		{Compact(Subtract, 90, 90), 64, 64, 3872*64 + 64},
		{Post(Abs, 90, 90), 64, 32, 30976*128 + 128},
		{Compact(Abs, 90, 90), 32, 32, 22*22*32*288 + 3872*64 + 64},
	} {
		b.Run(c.a.Name+"-"+string(c.a.Merge), func(b *testing.B) {
			c.a.Winograd = true
			m, err := drawn(b, c.a).Matcher()
			if err != nil {
				b.Fatal(err)
			}
			p, g := make([]float32, c.probes*m.Len()), make([]float32, c.gallery*m.Len())
			r := newStream(1, "benchmark")
			for _, s := range [][]float32{p, g} {
				for i := range s {
					s[i] = r.float()
				}
			}
			sums := make([][16]float32, Workers()) // a cache line each
			start, used := time.Duration(0), time.Duration(0)
			for b.Loop() {
				if start == 0 {
					start = cpuTime(b)
				}
				err := m.Compare(context.Background(), p, g, func(w int, t *Tile) error {
					for i := range t.Probes {
						for _, z := range t.Row(i) {
							sums[w][0] += z
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			used = cpuTime(b) - start
			share := full / float64(c.probes*c.gallery) / float64(b.N)
			b.ReportMetric(b.Elapsed().Seconds()*share, "s/all")
			b.ReportMetric(used.Seconds()*share, "cpu-s/all")
			start = cpuTime(b)
			done := Peak(1 << 18)
			b.ReportMetric(full*c.products/float64(done)*(cpuTime(b)-start).Seconds(), "peak-cpu-s/all")
		})
	}
}

// BenchmarkEmbed embeds images as a gallery is.
func BenchmarkEmbed(b *testing.B) {
	for _, a := range []Architecture{Post(Subtract, 90, 90), Post(Abs, 90, 90), Compact(Subtract, 90, 90)} {
		a.Winograd = true
		b.Run(a.Name+"-"+string(a.Merge), func(b *testing.B) {
			m, err := drawn(b, a).Matcher()
			if err != nil {
				b.Fatal(err)
			}
			im := Images{Pix: make([]uint8, 64*90*90), N: 64, H: 90, W: 90}
			for b.Loop() {
				if _, err := m.Embed(context.Background(), im, upTo(64), nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(64*float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
