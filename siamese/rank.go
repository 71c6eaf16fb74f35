package siamese

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"whorl/siamese/nn"
	"whorl/siamese/plain"
)

// Ranks searches the gallery for every one of the probes given by rows, and
// returns at which rank the probe's mate was found: 1 is the best. mates are
// rows of gallery, one for each of rows, and among galleryRows. Images are
// ranked by logit, which tells apart what the sigmoid rounds to the same; one
// with the mate's own logit counts as better. Probes and gallery are encoded
// once each, not once for each pair. report, which may be nil, is told from time
// to time how many of the len(rows)*len(galleryRows) pairs have been compared.
func (n *Network) Ranks(ctx context.Context, probes Images, rows []int, gallery Images, galleryRows []int, mates []int, report func(done int)) ([]int, error) {
	a := n.Architecture
	if err := errors.Join(probes.check("probes", a.Height, a.Width), gallery.check("gallery", a.Height, a.Width)); err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	if len(mates) != len(rows) {
		return nil, fmt.Errorf("rank: %d mates for %d probes", len(mates), len(rows))
	}
	place := make(map[int]int, len(galleryRows))
	for i, row := range galleryRows {
		if row < 0 || row >= gallery.N {
			return nil, fmt.Errorf("rank: gallery row %d of %d", row, gallery.N)
		}
		place[row] = i
	}
	for i, row := range rows {
		if row < 0 || row >= probes.N {
			return nil, fmt.Errorf("rank: probe row %d of %d", row, probes.N)
		}
		if _, ok := place[mates[i]]; !ok {
			return nil, fmt.Errorf("rank: probe row %d: its mate, gallery row %d, is not in the gallery searched", row, mates[i])
		}
	}
	s, err := n.searcher()
	if err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	if report != nil {
		done := 0
		s.compared = func(pairs int) { done += pairs; report(done) }
	}
	ranks := make([]int, 0, len(rows))
	for block := range slices.Chunk(rows, s.block()) {
		logits, err := s.search(ctx, probes, block, gallery, galleryRows)
		if err != nil {
			return nil, fmt.Errorf("rank: %w", err)
		}
		for i := range block {
			of := logits[i*len(galleryRows):][:len(galleryRows)]
			mate, rank := place[mates[len(ranks)]], 1
			for k, z := range of {
				if k != mate && !(z < of[mate]) {
					rank++
				}
			}
			ranks = append(ranks, rank)
		}
	}
	return ranks, nil
}

// A searcher compares many images with many: an encoder makes a code of each,
// and match the logit of two codes.
type searcher struct {
	encoder  *nn.Machine[float32]
	length   int             // of a code
	compared func(pairs int) // is told of pairs as they are done
	match    func(ctx context.Context, s *searcher, probes, gallery []float32, logits []float32, stride int) error
}

// memory is how many numbers the codes of a block of images may take.
const memory = 1 << 23

// block is how many images are encoded at a time.
func (s *searcher) block() int { return max(1, memory/s.length) }

// search returns the logit of each probe with each gallery image.
func (s *searcher) search(ctx context.Context, probes Images, rows []int, gallery Images, galleryRows []int) ([]float32, error) {
	logits := make([]float32, len(rows)*len(galleryRows))
	p, err := s.encode(ctx, probes, rows)
	if err != nil {
		return nil, err
	}
	at := 0
	for block := range slices.Chunk(galleryRows, s.block()) {
		g, err := s.encode(ctx, gallery, block)
		if err != nil {
			return nil, err
		}
		if err := s.match(ctx, s, p, g, logits[at:], len(galleryRows)); err != nil {
			return nil, err
		}
		at += len(block)
	}
	return logits, nil
}

// encode returns the codes of the given images.
func (s *searcher) encode(ctx context.Context, im Images, rows []int) ([]float32, error) {
	codes, size := make([]float32, 0, len(rows)*s.length), im.H*im.W
	for some := range slices.Chunk(rows, 2*s.encoder.Pairs()) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i, row := range some {
			copy(s.encoder.Images()[i*size:][:size], im.At(row))
		}
		if err := s.encoder.Forward(); err != nil {
			return nil, err
		}
		codes = append(codes, s.encoder.Output()[:len(some)*s.length]...)
	}
	return codes, nil
}

// searcher makes what is fit for the network. Where the codes are subtracted
// and then go through dense layers alone, the first of those is part of the
// encoder: W(a-b) = Wa - Wb, which leaves little to do for a pair.
func (n *Network) searcher() (*searcher, error) {
	a := n.Architecture
	linear := a.Merge == Subtract
	for _, l := range a.Head {
		linear = linear && l.Kind == Dense
	}
	g := begin[float32](a, scoreBatch)
	x := g.Images()
	for _, l := range a.Branch {
		x = add(g, l, x)
	}
	code := x
	if linear {
		first := a.Head[0]
		first.ReLU = false
		x = add(g, first, x)
	}
	g.Output(x)
	encoder, err := g.Inference()
	if err != nil {
		return nil, err
	}
	for i, p := range encoder.Params() {
		p.Set(n.Params[i].Data)
	}
	s := &searcher{encoder: encoder, length: x.Len(), compared: func(int) {}}
	if linear {
		s.match = n.matchLinear
		return s, nil
	}
	head, err := n.head(code)
	if err != nil {
		return nil, err
	}
	s.match = func(ctx context.Context, s *searcher, probes, gallery []float32, logits []float32, stride int) error {
		return s.matchCodes(ctx, head, probes, gallery, logits, stride)
	}
	return s, nil
}

// head is the network from the merge on, for codes of the given shape.
func (n *Network) head(code nn.Data) (*nn.Machine[float32], error) {
	a := n.Architecture
	g := begin[float32](a, scoreBatch)
	x := g.Merge("merge", g.Codes(code.C, code.H, code.W), a.Merge == Abs)
	for _, l := range a.Head {
		x = add(g, l, x)
	}
	g.Loss(x)
	m, err := g.Inference()
	if err != nil {
		return nil, err
	}
	rest := n.Params[len(n.Params)-len(m.Params()):]
	for i, p := range m.Params() {
		p.Set(rest[i].Data)
	}
	return m, nil
}

// matchCodes runs every pair of codes through the rest of the network.
func (s *searcher) matchCodes(ctx context.Context, head *nn.Machine[float32], probes, gallery []float32, logits []float32, stride int) error {
	length, batch := s.length, head.Pairs()
	z := make([]float32, batch)
	for p := range len(probes) / length {
		for i := range batch {
			copy(head.Codes()[i*length:][:length], probes[p*length:])
		}
		for g := 0; g < len(gallery)/length; g += batch {
			if err := ctx.Err(); err != nil {
				return err
			}
			n := min(batch, len(gallery)/length-g)
			copy(head.Codes()[batch*length:], gallery[g*length:][:n*length])
			if err := head.Forward(); err != nil {
				return err
			}
			copy(logits[p*stride+g:][:n], head.Logits(z))
		}
		s.compared(len(gallery) / length)
	}
	return nil
}

// matchLinear finishes codes that have been through the first dense layer,
// bias included.
func (n *Network) matchLinear(ctx context.Context, s *searcher, probes, gallery []float32, logits []float32, stride int) error {
	layers := n.Architecture.Head
	params := n.Params[len(n.Params)-2*len(layers):]
	bias := params[1].Data
	length := len(bias)
	var outputs [][]float32
	for _, l := range layers {
		outputs = append(outputs, make([]float32, l.Width))
	}
	for p := range len(probes) / length {
		if err := ctx.Err(); err != nil {
			return err
		}
		for g := range len(gallery) / length {
			x := outputs[0]
			for i := range x {
				x[i] = probes[p*length+i] - gallery[g*length+i] + bias[i]
			}
			rectify(layers[0], x)
			for k, l := range layers[1:] {
				y := outputs[k+1]
				plain.DenseForward(y, x, params[2*k+2].Data, params[2*k+3].Data)
				rectify(l, y)
				x = y
			}
			logits[p*stride+g] = x[0]
		}
		s.compared(len(gallery) / length)
	}
	return nil
}

func rectify(l Layer, x []float32) {
	if l.ReLU {
		for i, v := range x {
			x[i] = max(v, 0)
		}
	}
}
