package siamese

import (
	"context"
	"errors"
	"fmt"

	"whorl/siamese/kernel"
	"whorl/siamese/nn"
)

// scoreBatch is how many pairs go through the network together. It does not
// change the scores.
const scoreBatch = 32

// Score returns the network's similarity for each of the pairs: the sigmoid
// of its output, in [0, 1], 1 for the same finger. The probes' rows are of
// probes, the gallery's of gallery. report, which may be nil, receives the
// number of finished pairs from time to time.
func (n *Network) Score(ctx context.Context, probes, gallery Images, pairs []Pair, report func(done int)) ([]float64, error) {
	a := n.Architecture
	if err := errors.Join(probes.check("probes", a.Height, a.Width), gallery.check("gallery", a.Height, a.Width)); err != nil {
		return nil, fmt.Errorf("score: %w", err)
	}
	for i, p := range pairs {
		if p.Probe < 0 || p.Probe >= probes.N || p.Gallery < 0 || p.Gallery >= gallery.N {
			return nil, fmt.Errorf("score: pair %d is of probe row %d of %d and gallery row %d of %d", i, p.Probe, probes.N, p.Gallery, gallery.N)
		}
	}
	m, err := n.machine(scoreBatch)
	if err != nil {
		return nil, fmt.Errorf("score: %w", err)
	}
	scores := make([]float64, len(pairs))
	err = forward(ctx, m, probes, gallery, pairs, func(at int, logits []float32) error {
		for i, z := range logits {
			scores[at+i] = kernel.Sigmoid(float64(z))
		}
		if report != nil {
			report(at + len(logits))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("score: %w", err)
	}
	return scores, nil
}

// forward runs the pairs through the machine, batch by batch, and calls use
// with the logits of the pairs from at.
func forward(ctx context.Context, m *nn.Machine[float32], probes, gallery Images, pairs []Pair, use func(at int, logits []float32) error) error {
	batch, size := m.Pairs(), probes.H*probes.W
	logits := make([]float32, batch)
	for at := 0; at < len(pairs); at += batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		now := pairs[at:min(at+batch, len(pairs))]
		for i, p := range now {
			copy(m.Images()[i*size:][:size], probes.At(p.Probe))
			copy(m.Images()[(batch+i)*size:][:size], gallery.At(p.Gallery))
		}
		if err := m.Forward(); err != nil {
			return err
		}
		if err := use(at, m.Logits(logits)[:len(now)]); err != nil {
			return err
		}
	}
	return nil
}
