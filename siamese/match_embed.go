package siamese

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"whorl/siamese/kernel"
	"whorl/siamese/nn"
)

// Embed returns the embeddings of the given rows of im, one after another.
// They are comparable only with embeddings of the same network. The bits of an
// embedding do not depend on the other images. report, which may be nil, receives
// the number of finished images from time to time.
func (m *Matcher) Embed(ctx context.Context, im Images, rows []int, report func(done int)) ([]float32, error) {
	a := m.network.Architecture
	if err := im.check("images", a.Height, a.Width); err != nil {
		return nil, fmt.Errorf("embed: %w", err)
	}
	if err := checkRows("image", rows, im.N); err != nil {
		return nil, fmt.Errorf("embed: %w", err)
	}
	embeddings, err := m.embed(ctx, im, rows, report)
	if err != nil {
		return nil, fmt.Errorf("embed: %w", err)
	}
	return embeddings, nil
}

// checkImages returns an error unless the rows are of images of the
// architecture's size.
func (a Architecture) checkImages(probes Images, rows []int, gallery Images, galleryRows []int) error {
	return errors.Join(
		probes.check("probes", a.Height, a.Width), gallery.check("gallery", a.Height, a.Width),
		checkRows("probe", rows, probes.N), checkRows("gallery", galleryRows, gallery.N))
}

func checkRows(what string, rows []int, n int) error {
	for _, row := range rows {
		if row < 0 || row >= n {
			return fmt.Errorf("%s row %d of %d", what, row, n)
		}
	}
	return nil
}

func (m *Matcher) embed(ctx context.Context, im Images, rows []int, report func(done int)) ([]float32, error) {
	pairs := scoreBatch
	if len(rows) <= 2 {
		pairs = 1
	}
	e, err := m.encoders.take(pairs)
	if err != nil {
		return nil, err
	}
	defer m.encoders.put(e)
	out, size, done := kernel.Make(len(rows)*m.length), im.H*im.W, 0
	for some := range slices.Chunk(rows, 2*pairs) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i, row := range some {
			copy(e.machine.Images()[i*size:][:size], im.At(row))
		}
		if err := e.machine.Forward(); err != nil {
			return nil, err
		}
		to := out[done*m.length:][:len(some)*m.length]
		if m.encoders.conv != nil {
			e.convolve(to, m.encoders.conv, len(some))
		} else {
			copy(to, e.machine.Output())
		}
		for i, v := range to {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return nil, fmt.Errorf("image row %d has an embedding with %v in it: the network's weights are invalid; train again, perhaps with a lower learning rate", some[i/m.length], v)
			}
		}
		if done += len(some); report != nil {
			report(done)
		}
	}
	return out, nil
}

// encoders makes and keeps the machines that embed images: one for each
// goroutine that does so at the same time.
type encoders struct {
	network *Network
	dense   bool        // the first layer of the head, before bias and ReLU, is part of the embedding
	conv    *linearConv // a convolution that is also part of it; nil without one

	mu   sync.Mutex
	free map[int][]*encoder // by pairs of a batch
}

// An encoder embeds batches of images, for one goroutine at a time.
type encoder struct {
	machine *nn.Machine[float32]
	team    *kernel.Team
	maps    [][]float32 // of each worker of the team
}

func (s *encoders) take(pairs int) (*encoder, error) {
	if e := s.spare(pairs); e != nil {
		return e, nil
	}
	return s.build(pairs)
}

// spare returns an unused encoder, or nil.
func (s *encoders) spare(pairs int) *encoder {
	s.mu.Lock()
	defer s.mu.Unlock()
	free := s.free[pairs]
	n := len(free)
	if n == 0 {
		return nil
	}
	s.free[pairs] = free[:n-1]
	return free[n-1]
}

func (s *encoders) put(e *encoder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free == nil {
		s.free = map[int][]*encoder{}
	}
	s.free[e.machine.Pairs()] = append(s.free[e.machine.Pairs()], e)
}

func (s *encoders) build(pairs int) (*encoder, error) {
	a := s.network.Architecture
	g := begin[float32](a, pairs)
	x := g.Images()
	for _, l := range a.Branch {
		x = add(g, l, x)
	}
	if s.dense {
		first := a.Head[0]
		first.ReLU = false
		x = add(g, first, x)
	}
	g.Output(x)
	m, err := g.Inference()
	if err != nil {
		return nil, err
	}
	for i, p := range m.Params() {
		p.Set(s.network.Params[i].Data)
	}
	e := &encoder{machine: m}
	if s.dense {
		bias := m.Params()[len(m.Params())-1]
		bias.Set(make([]float32, bias.Len()))
	}
	if s.conv != nil {
		e.team = kernel.NewTeam(runtime.GOMAXPROCS(0))
		e.maps = make([][]float32, e.team.Workers())
	}
	return e, nil
}

// convolve computes n embeddings from the machine's output.
func (e *encoder) convolve(to []float32, c *linearConv, n int) {
	codes, length, size := e.machine.Output(), c.code.Len(), c.shape.LinearLen()
	e.team.Do(n, func(worker, i int) {
		if e.maps[worker] == nil {
			e.maps[worker] = kernel.Make(c.shape.InputLen())
		}
		toMaps(e.maps[worker], c.shape.Input(), codes[i*length:][:length])
		c.shape.Linear(to[i*size:][:size], e.maps[worker], c.packed)
	})
}
