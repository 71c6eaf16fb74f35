package siamese

import (
	"context"
	"errors"
	"io"
)

// Score returns the network's similarity for each of the pairs: the sigmoid
// of its output, in [0, 1], 1 for the same finger. The probes' rows are of
// probes, the gallery's of gallery. report, which may be nil, is told now and
// then how many pairs are done.
func (n *Network) Score(ctx context.Context, probes, gallery Images, pairs []Pair, report func(done int)) ([]float64, error) {
	return nil, errors.New("score: not built yet")
}

// Ranks searches the gallery for every one of the probes given by rows, and
// returns at which rank the probe's mate, a row of gallery that must be among
// galleryRows, was found: 1 is the best. A gallery image with the mate's own
// score counts as better.
func (n *Network) Ranks(ctx context.Context, probes Images, rows []int, gallery Images, galleryRows []int, mates []int) ([]int, error) {
	return nil, errors.New("rank: not built yet")
}

// ReadWeights reads a network from the npz file that WriteWeights made. The
// architecture is in it.
func ReadWeights(r io.ReaderAt, size int64) (*Network, error) {
	return nil, errors.New("read weights: not built yet")
}

// WriteWeights writes the network as an npz file.
func (n *Network) WriteWeights(w io.Writer) error { return errors.New("write weights: not built yet") }

// A Network is a trained, or at least initialised, Siamese network.
type Network struct{}
