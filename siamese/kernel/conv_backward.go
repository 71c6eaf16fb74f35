package kernel

// bandRows is how many rows of windows the backward pass takes at a time, so that
// their inputs stay in the first-level cache. It is part of the numeric contract:
// it orders the additions to the data gradient.
const bandRows = 2

// Backward computes the gradients of one image from dy, that of the output, with
// the codes and the input x of the forward pass. It adds to dw (layout of the
// weights) and db (of the biases); dx, the gradient of the input maps, it
// overwrites; dx may be nil, and must be for a layer of one channel.
//
// At most one of a window's four positions has a gradient, so it goes by lists of
// those: for each band of two rows of windows and each output channel, the active
// windows, row by row, in a row those of even columns before those of odd ones.
// (Neighbours share inputs, and adding to one right after the other would wait
// for it.) A weight's gradient adds g*x over the list; an input's adds g*w over
// bands, output channels, the list and taps, in that order.
func (c *Conv) Backward(dx, dw, db, dy []float32, codes []uint8, x, w []float32, s *Scratch) {
	if len(dw) < c.WeightLen() || len(db) < c.BiasLen() || len(dy) < c.Output().Len() ||
		len(codes) < c.CodesLen() || len(x) < c.InputLen() || len(w) < c.WeightLen() {
		panic("kernel: Conv.Backward: slice too short")
	}
	if s.lists.room < bandRows*(c.W/2) {
		panic("kernel: Conv.Backward: scratch of another layer")
	}
	if c.In == 1 {
		if dx != nil {
			panic("kernel: Conv.Backward: pixels have no gradient")
		}
		c.backwardFirst(dw, db, dy, codes, x)
		return
	}
	if dx != nil {
		if len(dx) < c.InputLen() {
			panic("kernel: Conv.Backward: slice too short")
		}
		clear(dx[:c.InputLen()])
	}
	in, out := c.Input(), c.Output()
	for top := 0; top < out.H; top += bandRows {
		b := band{top: top, rows: min(bandRows, out.H-top), cols: out.W, dyRow: out.Row(), inRow: in.Row(), inCol: Lanes}
		for g := range out.Groups() {
			active.gather(&s.lists, db[g*Lanes:], dy[out.Index(g*Lanes, top, 0):], codes[c.codeIndex(g*Lanes, top, 0):], b)
			n, at := min(Lanes, c.Out-g*Lanes), c.WeightIndex(g*Lanes, 0, 0)
			active.tapWeights(&s.lists, n, dw[at:], c.Out, x, in)
			if dx != nil {
				active.tapData(&s.lists, n, dx, w[at:], c.Out, in)
			}
		}
	}
}

// backwardFirst is Backward for a layer of one channel, whose weights have the
// output channels in the lanes: all 16 of a group go through every window.
func (c *Conv) backwardFirst(dw, db, dy []float32, codes []uint8, x []float32) {
	out := c.Output()
	b := band{rows: out.H, cols: out.W, dyRow: out.Row(), inRow: c.W + 2, inCol: 1}
	for g := range out.Groups() {
		at := g * taps * Lanes
		active.firstWeights(dw[at:at+taps*Lanes], db[g*Lanes:], dy[out.Index(g*Lanes, 0, 0):], codes[c.codeIndex(g*Lanes, 0, 0):], x, b)
	}
}
