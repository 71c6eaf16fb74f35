package siamese

import "whorl/siamese/kernel"

// A merging is what makes the input of the first dense layer from the two
// embeddings of a pair.
type merging int

const (
	abs  merging = iota // |p-g|
	relu                // max(0, p-g) or the maximum over windows of it
)

// slice is how many inputs of the first dense layer are made at a time: a
// block of the kernel's.
const slice = 64

// densePairs compares embeddings after which only dense layers follow. It goes
// through the first layer by blocks of inputs: a block of its weights meets
// the differences of a whole tile of pairs while both are in the cache.
type densePairs struct {
	length int // of an embedding: window numbers an input of the first layer
	merge  merging
	window int
	bias   []float32 // added to the probe, of the embedding's length; may be nil
	layers chain
}

func newDensePairs(length int, merge merging, window int, bias []float32, in int, index func(int) int, layers []Layer, params []Param) *densePairs {
	return &densePairs{length: length, merge: merge, window: window, bias: bias, layers: newChain(layers, params, in, index)}
}

func (d *densePairs) tile() (probes, gallery int) { return 16, 16 }

func (d *densePairs) worker() pairWorker { return &denseWorker{densePairs: d} }

type denseWorker struct {
	*densePairs
	probes []float32 // with the bias
	x      []float32 // [pairs][slice]
	rows   int       // that the scratch is for
	chain  *chainScratch
}

func (d *denseWorker) compare(z []float32, stride int, probes, gallery []float32) {
	p, g := len(probes)/d.length, len(gallery)/d.length
	n := p * g
	if d.rows < n {
		d.rows, d.x, d.chain = n, kernel.Make(n*slice), d.layers.scratch(n)
	}
	if d.bias != nil {
		if len(d.probes) < len(probes) {
			d.probes = kernel.Make(len(probes))
		}
		for i := range p {
			from, to := probes[i*d.length:][:d.length], d.probes[i*d.length:][:d.length]
			for k, v := range from {
				to[k] = v + d.bias[k]
			}
		}
		probes = d.probes
	}
	first := d.layers[0]
	chunks, blocks, size := first.chunks(), first.shape.Blocks(), n*first.shape.Width()
	for c := range chunks {
		lo, hi := c*blocks/chunks, (c+1)*blocks/chunks
		for b := lo; b < hi; b++ {
			d.slice(b, probes, gallery, p, g)
			first.shape.ForwardBlock(d.chain.parts[c*size:], d.x, n, first.w, b, b > lo)
		}
	}
	y := d.chain.out[0]
	first.shape.Finish(y, d.chain.parts, chunks, n, first.b, first.relu)
	y = d.layers.runFrom(1, y, n, d.chain)
	width := d.layers[len(d.layers)-1].shape.Width()
	for i := range p {
		for j := range g {
			z[i*stride+j] = y[(i*g+j)*width]
		}
	}
}

// slice makes block b of the first layer's inputs for all pairs.
func (d *denseWorker) slice(b int, probes, gallery []float32, p, g int) {
	at := b * slice * d.window
	n := min(slice, d.length/d.window-b*slice)
	for i := range p {
		pe := probes[i*d.length+at:][:n*d.window]
		for j := range g {
			ge, x := gallery[j*d.length+at:][:n*d.window], d.x[(i*g+j)*slice:][:n]
			if d.merge == abs {
				kernel.AbsDiff(x, pe, ge)
			} else {
				kernel.ReLUDifference(x, pe, ge, d.window)
			}
		}
	}
}
