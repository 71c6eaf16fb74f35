package siamese

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"whorl/siamese/kernel"
	"whorl/siamese/nn"
)

// Embed returns the embeddings of the given rows of im, one after another.
// They have meaning for this network alone. An embedding's bits are the same
// whatever other images there are. report, which may be nil, is told now and
// then how many images are done.
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
				return nil, fmt.Errorf("image row %d has an embedding with %v in it: the network's weights are broken; train again, perhaps with a lower learning rate", some[i/m.length], v)
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
	conv    *linearConv // so is this convolution; nil if there is none

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

// spare returns an encoder that nobody uses, or nil.
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
		e.team = kernel.NewTeam(Workers())
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

// memory is how many numbers the embeddings of a block of images may take in
// CompareImages.
const memory = 1 << 25

// block is how many images are embedded at a time.
func (m *Matcher) block() int { return max(1, memory/m.length) }

// CompareImages calls visit with the logits of all pairs of the given rows of
// probes and gallery; tiles number them by their place among the rows. Images
// are embedded block by block, so that memory is bounded: probes once, the
// gallery once for each block of probes. report, which may be nil, is told from
// one goroutine at a time how many pairs are done.
func (m *Matcher) CompareImages(ctx context.Context, probes Images, rows []int, gallery Images, galleryRows []int, visit Visitor, report func(done int)) error {
	if err := m.network.Architecture.checkImages(probes, rows, gallery, galleryRows); err != nil {
		return fmt.Errorf("compare: %w", err)
	}
	if report != nil {
		visit = counted(visit, report)
	}
	var enrolled []float32
	for p := 0; p < len(rows); p += m.block() {
		embedded, err := m.embed(ctx, probes, rows[p:min(p+m.block(), len(rows))], nil)
		if err != nil {
			return fmt.Errorf("compare: probes: %w", err)
		}
		for g := 0; g < len(galleryRows); g += m.block() {
			if enrolled == nil || len(galleryRows) > m.block() {
				if enrolled, err = m.embed(ctx, gallery, galleryRows[g:min(g+m.block(), len(galleryRows))], nil); err != nil {
					return fmt.Errorf("compare: gallery: %w", err)
				}
			}
			if err := m.compare(ctx, embedded, enrolled, p, g, visit); err != nil {
				return fmt.Errorf("compare: %w", err)
			}
		}
	}
	return nil
}

// counted reports how many pairs a visitor has seen.
func counted(visit Visitor, report func(done int)) Visitor {
	var mu sync.Mutex
	done := 0
	return func(worker int, t *Tile) error {
		err := visit(worker, t)
		mu.Lock()
		defer mu.Unlock()
		done += t.Probes * t.Galleries
		report(done)
		return err
	}
}
