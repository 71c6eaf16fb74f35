package kernel

// Backward computes for the blocks lo..hi of inputs, from dy, [n][Width], the
// gradient of the inputs dx, [n][In], and of the weights g, in their layout. It
// overwrites both; dx may be nil. A weight's gradient adds x*dy over the rows, an
// input's adds w*dy over the outputs, each in order from zero. s must be made for
// at least n rows.
func (d *Dense) Backward(dx, g, x, dy []float32, n int, w []float32, lo, hi int, s *Scratch) {
	if len(g) < d.WeightLen() {
		panic("kernel: Dense.Backward: slice too short")
	}
	d.prepare(dx, x, dy, n, w, lo, hi, s)
	for b := lo; b < hi; b++ {
		d.backwardBlock(dx, g[b*d.blockLen():(b+1)*d.blockLen()], x, dy, n, w, b, s)
	}
}

// BackwardAdam is [Dense.Backward] and [Adam.Update] with a scale of 1 in one
// pass over the blocks lo..hi: it reads the old weights for the data gradient,
// forms their gradient a block at a time and updates them with their moments m
// and v. The bits are those of the two calls.
func (d *Dense) BackwardAdam(dx, w, m, v, x, dy []float32, n, lo, hi int, a Adam, s *Scratch) {
	if len(m) < d.WeightLen() || len(v) < d.WeightLen() {
		panic("kernel: Dense.BackwardAdam: slice too short")
	}
	d.prepare(dx, x, dy, n, w, lo, hi, s)
	step := a.step(1)
	for b := lo; b < hi; b++ {
		d.backwardBlock(dx, s.g, x, dy, n, w, b, s)
		at, end := b*d.blockLen(), (b+1)*d.blockLen()
		active.adam(step, w[at:end], m[at:end], v[at:end], s.g)
	}
}

// prepare checks the arguments and transposes dy for the data gradient.
func (d *Dense) prepare(dx, x, dy []float32, n int, w []float32, lo, hi int, s *Scratch) {
	d.check(x, n, w, lo, hi)
	if len(dy) < n*d.Width() || dx != nil && len(dx) < n*d.In {
		panic("kernel: Dense.Backward: slice too short")
	}
	if n > s.batch || len(s.g) < d.blockLen() {
		panic("kernel: Dense.Backward: scratch of another layer or too small a batch")
	}
	if dx != nil {
		active.transpose(s.dyT, s.batch, dy, d.Width(), n, d.Width())
	}
}

// backwardBlock computes the gradients of block b: g, [width/32][64][32], and
// the block's columns of dx.
func (d *Dense) backwardBlock(dx, g, x, dy []float32, n int, w []float32, b int, s *Scratch) {
	width := d.Width()
	from := b * denseBlock
	k := min(denseBlock, d.In-from)

	active.transpose(s.x, s.batch, x[from:], d.In, n, k)
	if k < denseBlock {
		clear(g) // of padding inputs
	}
	for t := range width / tile {
		active.matmul(g[t*denseBlock*tile:], tile, s.x, s.batch, dy[t*tile:], width, k, tile, n, false)
	}
	if dx == nil {
		return
	}
	for t := range width / tile {
		active.matmul(s.dx, s.batch, w[b*d.blockLen()+t*denseBlock*tile:], tile, s.dyT[t*tile*s.batch:], s.batch,
			k, roundUp(n, tile), tile, t > 0)
	}
	active.transpose(dx[from:], d.In, s.dx, s.batch, k, n)
}

// BiasGradient computes db, the sum of the n rows of dy, [n][Width], in order.
func (d *Dense) BiasGradient(db, dy []float32, n int) {
	width := d.Width()
	if len(db) < width || len(dy) < n*width {
		panic("kernel: Dense.BiasGradient: slice too short")
	}
	clear(db[:width])
	for i := range n {
		active.add(db[:width], dy[i*width:])
	}
}
