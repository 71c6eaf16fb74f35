package siamese

import (
	"context"
	"sync"
)

// A batch is the pairs of one training step, ready for the network.
type batch struct {
	pairs  []Pair
	images []uint8 // those of the probes, augmented, then those of the gallery
}

// An epochPlan is the order in which one epoch visits the training probes, with
// the gallery image that each is paired with.
type epochPlan struct {
	data   *Data
	seed   uint64
	epoch  int // counted from 1
	roll   *roll
	mates  []int   // gallery row of each training probe's own finger
	order  []int32 // of Data.Train
	batch  int
	images int // pixels of an image
}

// begin plans the given epoch, counted from 1.
func (p *epochPlan) begin(epoch int) {
	p.epoch = epoch
	for i := range p.order {
		p.order[i] = int32(i)
	}
	r := newStream(p.seed, "shuffle", uint64(epoch))
	r.shuffle(p.order)
}

// batches is the number of batches; the last may be smaller, as in Keras.
func (p *epochPlan) batches() int { return (len(p.order) + p.batch - 1) / p.batch }

// fill makes the k-th batch.
func (p *epochPlan) fill(b *batch, k int) {
	from := k * p.batch
	samples := p.order[from:min(from+p.batch, len(p.order))]
	b.pairs = b.pairs[:0]
	for i, s := range samples {
		probe := p.data.Train[s]
		pair := Pair{Probe: probe, Gallery: p.mates[s], Genuine: true}
		r := newStream(p.seed, "pair", uint64(p.epoch), uint64(probe))
		if r.uint64()>>63 == 0 {
			pair.Genuine = false
			pair.Gallery = p.roll.impostor(&r, p.data.ProbeOf(probe))
		}
		b.pairs = append(b.pairs, pair)
		dst, src := b.images[i*p.images:][:p.images], p.data.Probes.At(probe)
		if p.data.Augment != nil {
			p.data.Augment(dst, src, p.epoch, probe)
		} else {
			copy(dst, src)
		}
		copy(b.images[(p.batch+i)*p.images:][:p.images], p.data.Gallery.At(pair.Gallery))
	}
	// The unused rows of a smaller batch have weight 0 and fixed contents.
	for i := len(samples); i < p.batch; i++ {
		clear(b.images[i*p.images:][:p.images])
		clear(b.images[(p.batch+i)*p.images:][:p.images])
	}
}

// A feed makes batches ahead of their use, in goroutines of its own.
type feed struct {
	workers int
	full    []chan *batch // by worker
	free    []chan *batch
}

// feeders is the number of goroutines that make batches, and ahead the number of
// batches that each may prepare. Neither changes the batches.
const (
	feeders = 2
	ahead   = 2
)

func newFeed(size, pixels int) *feed {
	f := &feed{workers: feeders}
	for range f.workers {
		full, free := make(chan *batch, ahead), make(chan *batch, ahead)
		for range ahead {
			free <- &batch{pairs: make([]Pair, 0, size), images: make([]uint8, 2*size*pixels)}
		}
		f.full, f.free = append(f.full, full), append(f.free, free)
	}
	return f
}

// run calls use with every batch of the epoch in order, until it returns an
// error or the context ends. It returns when all its goroutines have.
func (f *feed) run(ctx context.Context, p *epochPlan, use func(k int, b *batch) error) error {
	ctx, stop := context.WithCancel(ctx)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer stop()
	n := p.batches()
	for w := range f.workers {
		wait.Go(func() {
			for k := w; k < n; k += f.workers {
				select {
				case b := <-f.free[w]:
					p.fill(b, k)
					f.full[w] <- b // never blocks: it has the capacity of all batches
				case <-ctx.Done():
					return
				}
			}
		})
	}
	for k := range n {
		w := k % f.workers
		select {
		case b := <-f.full[w]:
			err := use(k, b)
			f.free[w] <- b
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
