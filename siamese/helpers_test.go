package siamese

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"testing"
)

const testH, testW = 22, 21

// prints makes data of n fingers: each has a gallery image of stripes of its
// own direction and period, and a few probes that are noisy copies of it. The
// last probe of every finger is for validation.
func prints(n, probes int) Data {
	var d Data
	d.Gallery = Images{N: n, H: testH, W: testW}
	d.Probes = Images{N: n * probes, H: testH, W: testW}
	for f := range n {
		r := newStream(1, "test finger", uint64(f))
		angle, period, phase := math.Pi*float64(r.float()), 3+3*float64(r.float()), 7*float64(r.float())
		pixel := func(y, x int) float64 {
			return 128 + 100*math.Sin(phase+2*math.Pi/period*(float64(x)*math.Cos(angle)+float64(y)*math.Sin(angle)))
		}
		for y := range testH {
			for x := range testW {
				d.Gallery.Pix = append(d.Gallery.Pix, uint8(pixel(y, x)))
			}
		}
		for p := range probes {
			for y := range testH {
				for x := range testW {
					d.Probes.Pix = append(d.Probes.Pix, uint8(pixel(y, x)+40*float64(r.float())-20))
				}
			}
			row := f*probes + p
			if p == probes-1 {
				d.Validation = append(d.Validation, row)
			} else {
				d.Train = append(d.Train, row)
			}
		}
		d.GalleryTrain = append(d.GalleryTrain, f)
		d.GalleryValidation = append(d.GalleryValidation, f)
	}
	d.ProbeOf = func(row int) Finger { return Finger(row / probes) }
	d.GalleryOf = func(row int) Finger { return Finger(row) }
	return d
}

// tiny is a small architecture of every kind of layer.
func tiny(merge Merge) Architecture {
	return Architecture{
		Name: "tiny", Height: testH, Width: testW, Merge: merge,
		Branch: []Layer{conv("conv1", 8), conv("conv2", 8)},
		Head:   []Layer{dense("dense1", 16), output("dense2")},
	}
}

func options(epochs int) Options {
	o := Defaults()
	o.Seed, o.Epochs, o.Batch = 7, epochs, 8
	return o
}

// run trains to the end.
func run(t testing.TB, tr *Trainer) *Network {
	t.Helper()
	for !tr.Done() {
		if _, err := tr.Epoch(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	}
	return tr.Network()
}

func trainer(t testing.TB, a Architecture, d Data, o Options) *Trainer {
	t.Helper()
	tr, err := NewTrainer(a, d, o)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// digest is of the network's file.
func digest(t testing.TB, n *Network) string {
	t.Helper()
	h := sha256.New()
	if err := n.WriteWeights(h); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}
