package main

import (
	"context"
	"fmt"
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
	network siamese.Architecture
	data    siamese.Data
	// augmented trains as by default. ready does the same to the bit, but finds
	// its probes augmented already: what it saves is what augmentation costs.
	// direct goes without Winograd's algorithm.
	augmented, ready, direct training

	forward, forwardDirect []float64 // seconds of each batch

	peerTrain, peerForward []float64 // pairs per second of each round
	peerName               string
}

// A training is one of the trainings that take turns.
type training struct {
	trainer *siamese.Trainer
	steps   []float64 // seconds of a step, the mean of each block
	loss    float64   // of the last block
}

func newSample(a siamese.Architecture, s setting) (*sample, error) {
	a.Winograd = true
	m := &sample{network: a, data: noise(s.steps * batch)}
	plain := m.data
	augment := post()
	m.data.Augment = func(dst, src []uint8, _, probe int) { augment(dst, src, probe) }
	done := siamese.Images{Pix: make([]uint8, len(plain.Probes.Pix)), N: plain.Probes.N, H: side, W: side}
	for i := range done.N {
		augment(done.At(i), plain.Probes.At(i), i)
	}
	ready := plain
	ready.Probes = done
	direct := a
	direct.Winograd = false
	o := siamese.Defaults()
	o.Epochs, o.Batch = s.rounds*s.blocks, batch
	for _, v := range []struct {
		into *training
		a    siamese.Architecture
		d    siamese.Data
	}{{&m.augmented, a, m.data}, {&m.ready, a, ready}, {&m.direct, direct, m.data}} {
		var err error
		if v.into.trainer, err = siamese.NewTrainer(v.a, v.d, o); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// post returns the post's augmentation. To it every epoch is the first, so that
// what it makes of a probe can be made beforehand.
func post() func(dst, src []uint8, probe int) {
	idle := sync.Pool{New: func() any { return imaging.NewAugmenter(imaging.Post(), 1, side, side) }}
	return func(dst, src []uint8, probe int) {
		a := idle.Get().(*imaging.Augmenter)
		a.Apply(dst, src, 1, probe)
		idle.Put(a)
	}
}

// ours measures some blocks of steps, of each training in turn, and one pass of
// scoring.
func (s *sample) ours(ctx context.Context, blocks int) error {
	for range blocks {
		for _, t := range []*training{&s.augmented, &s.ready, &s.direct} {
			if err := t.block(ctx); err != nil {
				return err
			}
		}
		if s.augmented.loss != s.ready.loss {
			return fmt.Errorf("augmented at once %s comes to a loss of %v, beforehand to %v: the two are no longer alike",
				s.network.Name, s.augmented.loss, s.ready.loss)
		}
	}
	a := s.network
	if err := score(ctx, a, s.data, &s.forward); err != nil {
		return err
	}
	a.Winograd = false
	return score(ctx, a, s.data, &s.forwardDirect)
}

// margin is how many steps at either end of a block are not counted. At first
// batches have to be made, and at last there are none to make; in between as
// many are made as used.
const margin = 4

// block trains for an epoch and appends what a step took.
func (t *training) block(ctx context.Context) error {
	var start, end time.Time
	step, counted := 0, 0
	e, err := t.trainer.Epoch(ctx, func(p siamese.Progress) {
		step++
		switch left := (p.Total - p.Done) / batch; {
		case step == margin:
			start = time.Now()
		case step > margin && left >= margin:
			end, counted = time.Now(), counted+1
		}
	})
	t.loss = e.Loss
	t.steps = append(t.steps, end.Sub(start).Seconds()/float64(counted))
	return err
}

// augmentation is how much longer a step takes than with probes that were
// augmented beforehand, as a share: the median over pairs of neighbouring
// blocks.
func (s *sample) augmentation() float64 {
	var extra []float64
	for i, with := range s.augmented.steps {
		extra = append(extra, with/s.ready.steps[i]-1)
	}
	return median(extra)
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

// noise is data of n random probes.
func noise(n int) siamese.Data {
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
	return d
}

// median of the values; 0 of none.
func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	x = slices.Sorted(slices.Values(x))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
