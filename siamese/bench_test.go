package siamese

import (
	"context"
	"fmt"
	"io"
	"testing"

	"whorl/siamese/nn"
)

// networks are benchmarked at the size of SOCOFing's images and Keras' batch.
var networks = []Architecture{Tutorial(Subtract, 90, 90), Compact(Subtract, 90, 90)}

func stepMachine(b *testing.B, a Architecture) *nn.Machine[float32] {
	b.Helper()
	m, err := graph[float32](a, 32).Training()
	if err != nil {
		b.Fatal(err)
	}
	n, err := New(a, 1)
	if err != nil {
		b.Fatal(err)
	}
	n.load(m)
	noise(m)
	for i := range m.Truth() {
		m.Truth()[i], m.Weight()[i] = float32(i%2), 1.0/32
	}
	return m
}

// noise fills a batch with random pixels.
func noise(m *nn.Machine[float32]) {
	r := newStream(1, "benchmark")
	for i := range m.Images() {
		m.Images()[i] = uint8(r.uint64())
	}
}

func BenchmarkStep(b *testing.B) {
	for _, a := range networks {
		for _, winograd := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/winograd=%v", a.Name, winograd), func(b *testing.B) {
				a.Winograd = winograd
				m, adam := stepMachine(b, a), nn.NewAdam[float32]()
				b.ReportAllocs()
				for b.Loop() {
					if err := m.Step(adam); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(32*float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
			})
		}
	}
}

func BenchmarkForward(b *testing.B) {
	for _, a := range networks {
		for _, winograd := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/winograd=%v", a.Name, winograd), func(b *testing.B) {
				a.Winograd = winograd
				n, err := New(a, 1)
				if err != nil {
					b.Fatal(err)
				}
				m, err := n.machine(32)
				if err != nil {
					b.Fatal(err)
				}
				noise(m)
				b.ReportAllocs()
				for b.Loop() {
					if err := m.Forward(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(32*float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
			})
		}
	}
}

// BenchmarkFeed makes the batches of an epoch, without augmentation.
func BenchmarkFeed(b *testing.B) {
	d := prints(50, 20)
	tr := trainer(b, tiny(Subtract), d, options(1))
	tr.plan.begin(1)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		err := tr.feed.run(context.Background(), &tr.plan, func(int, *batch) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(tr.plan.batches()), "batches/op")
}

// BenchmarkSave writes a checkpoint of post.
func BenchmarkSave(b *testing.B) {
	d := prints(2, 2)
	for _, im := range []*Images{&d.Gallery, &d.Probes} {
		im.H, im.W, im.Pix = 90, 90, make([]uint8, 90*90*im.N)
	}
	o := options(1)
	tr := trainer(b, Tutorial(Subtract, 90, 90), d, o)
	b.ReportAllocs()
	for b.Loop() {
		if err := tr.Save(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRanks searches 64 gallery images for 64 probes.
func BenchmarkRanks(b *testing.B) {
	for _, a := range []Architecture{Tutorial(Subtract, 90, 90), Tutorial(Abs, 90, 90), Compact(Subtract, 90, 90)} {
		b.Run(a.Name+" "+string(a.Merge), func(b *testing.B) {
			a.Winograd = true
			n, err := New(a, 1)
			if err != nil {
				b.Fatal(err)
			}
			im := Images{Pix: make([]uint8, 64*90*90), N: 64, H: 90, W: 90}
			r := newStream(1, "benchmark")
			for i := range im.Pix {
				im.Pix[i] = uint8(r.uint64())
			}
			for b.Loop() {
				if _, err := n.Ranks(context.Background(), im, count(64), im, count(64), count(64), nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(64*64*float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
		})
	}
}
