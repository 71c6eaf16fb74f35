package kernel

// Forward computes for n rows of x, [n][In], the part of the sums that the blocks
// lo..hi of inputs make, [n][Width]: for each output one sum in the order of the
// inputs, starting from zero. The parts of all chunks go to [Dense.Finish].
func (d *Dense) Forward(part, x []float32, n int, w []float32, lo, hi int) {
	d.check(x, n, w, lo, hi)
	width := d.Width()
	if len(part) < n*width {
		panic("kernel: Dense.Forward: slice too short")
	}
	if lo == hi {
		clear(part[:n*width])
	}
	for b := lo; b < hi; b++ {
		k := min(denseBlock, d.In-b*denseBlock)
		for t := range width / tile {
			active.matmul(part[t*tile:], width, x[b*denseBlock:], d.In,
				w[b*d.blockLen()+t*denseBlock*tile:], tile, n, tile, k, b > lo)
		}
	}
}

// Finish adds up the parts of chunks chunks, [chunks][n][Width], in the order of
// [Reduce], adds the bias and applies ReLU if relu is set: y, [n][Width]. The
// first rows of parts may be y itself.
func (d *Dense) Finish(y, parts []float32, chunks, n int, bias []float32, relu bool) {
	size := n * d.Width()
	if chunks < 1 || len(y) < size || len(parts) < chunks*size || len(bias) < d.Width() {
		panic("kernel: Dense.Finish: slice too short")
	}
	Reduce(parts[:chunks*size], chunks)
	for i := range n {
		at := i * d.Width()
		active.finish(y[at:at+d.Width()], parts[at:], bias, relu)
	}
}

func finishScalar(y, x, bias []float32, relu bool) {
	for i := range y {
		v := x[i] + bias[i]
		if relu && 0 > v {
			v = 0
		}
		y[i] = v
	}
}
