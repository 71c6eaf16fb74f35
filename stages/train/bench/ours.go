package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"whorl/fingerprint/imaging"
	"whorl/siamese"
)

// The size of the images and of a batch.
const side, batch = 90, 32

// A sample is what was measured of one network.
type sample struct {
	train, plain, direct   []float64 // seconds of each step: as by default, without augmentation, without Winograd's algorithm
	forward, forwardDirect []float64 // of each batch

	peerTrain, peerForward []float64 // pairs per second of each round
}

// ours measures one round of ours.
func (s *sample) ours(ctx context.Context, a siamese.Architecture, steps int) error {
	d, err := noise(steps*batch, true)
	if err != nil {
		return err
	}
	bare := d
	bare.Augment = nil
	for _, m := range []struct {
		train, forward *[]float64
		data           siamese.Data
		winograd       bool
	}{{&s.train, &s.forward, d, true}, {&s.plain, nil, bare, true}, {&s.direct, &s.forwardDirect, d, false}} {
		a.Winograd = m.winograd
		if err := trainEpoch(ctx, a, m.data, m.train); err != nil {
			return err
		}
		if m.forward == nil {
			continue
		}
		if err := score(ctx, a, d, m.forward); err != nil {
			return err
		}
	}
	return nil
}

// score appends the seconds of each batch but the first.
func score(ctx context.Context, a siamese.Architecture, d siamese.Data, into *[]float64) error {
	n, err := siamese.New(a, 1)
	if err != nil {
		return err
	}
	var pairs []siamese.Pair
	for i := range d.Probes.N {
		pairs = append(pairs, siamese.Pair{Probe: i, Gallery: i % d.Gallery.N})
	}
	last := time.Now()
	first := true
	_, err = n.Score(ctx, d.Probes, d.Gallery, pairs, func(int) {
		if !first { // which also waited for the network to be made
			*into = append(*into, time.Since(last).Seconds())
		}
		first, last = false, time.Now()
	})
	return err
}

// trainEpoch appends the seconds of each step but the first few.
func trainEpoch(ctx context.Context, a siamese.Architecture, d siamese.Data, into *[]float64) error {
	o := siamese.Defaults()
	o.Epochs, o.Batch = 1, batch
	t, err := siamese.NewTrainer(a, d, o)
	if err != nil {
		return err
	}
	const warm = 3
	last, step := time.Now(), 0
	_, err = t.Epoch(ctx, func(siamese.Progress) {
		if step++; step > warm {
			*into = append(*into, time.Since(last).Seconds())
		}
		last = time.Now()
	})
	return err
}

// noise is data of n random probes, with the post's augmentation if asked for.
func noise(n int, augment bool) (siamese.Data, error) {
	r := rand.New(rand.NewPCG(1, 1))
	images := func(n int) siamese.Images {
		im := siamese.Images{Pix: make([]uint8, n*side*side), N: n, H: side, W: side}
		for i := range im.Pix {
			im.Pix[i] = uint8(r.UintN(256))
		}
		return im
	}
	const fingers = 64
	d := siamese.Data{
		Probes: images(n), Gallery: images(fingers),
		ProbeOf:   func(row int) siamese.Finger { return siamese.Finger(row % fingers) },
		GalleryOf: func(row int) siamese.Finger { return siamese.Finger(row) },
	}
	for i := range n {
		d.Train = append(d.Train, i)
	}
	for i := range fingers {
		d.GalleryTrain = append(d.GalleryTrain, i)
	}
	if !augment {
		return d, nil
	}
	idle := sync.Pool{New: func() any { return imaging.NewAugmenter(imaging.Post(), 1, side, side) }}
	d.Augment = func(dst, src []uint8, epoch, probe int) {
		a := idle.Get().(*imaging.Augmenter)
		a.Apply(dst, src, epoch, probe)
		idle.Put(a)
	}
	return d, nil
}

// median of the values; 0 of none.
func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	x = slices.Sorted(slices.Values(x))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// multiplications is how many a pair takes on its way forward, if every
// layer is computed directly.
func multiplications(a siamese.Architecture) float64 {
	var total float64
	images := 2.0
	for _, s := range a.Summary() {
		if s.Name == "merge" {
			images = 1
			continue
		}
		each := float64(s.Parameters - s.Out[2])
		if s.Kind != "dense" && s.Kind != "dense+relu" { // pooled: four places an output
			each *= 4 * float64(s.Out[0]*s.Out[1])
		}
		total += images * each
	}
	return total
}
