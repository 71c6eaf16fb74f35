package kernel

// A convolution is linear, so that of a difference is the difference of the
// convolutions: where two images are subtracted in front of one, it can run
// once an image. What is left for a pair is [ReLUDifference].

// LinearLen returns the length of what [Conv.Linear] makes of an image.
func (c *Conv) LinearLen() int { return roundUp(c.Out, tile) * (c.H / 2) * (c.W / 2) * 4 }

// LinearIndex returns which input of a dense layer, of those that
// [ReLUDifference] makes, is output channel o of window (y, x).
func (c *Conv) LinearIndex(o, y, x int) int {
	return ((o/tile*(c.H/2)+y)*(c.W/2)+x)*tile + o%tile
}

// LinearWeightLen returns the length of the weights packed for [Conv.Linear].
func (c *Conv) LinearWeightLen() int {
	return roundUp(c.Out, tile) * c.Input().Groups() * taps * Lanes
}

// PackLinear arranges the weights w for [Conv.Linear]:
// [out/32][in/16][tap][16][32].
func (c *Conv) PackLinear(packed, w []float32) {
	if len(packed) < c.LinearWeightLen() || len(w) < c.WeightLen() {
		panic("kernel: Conv.PackLinear: slice too short")
	}
	clear(packed[:c.LinearWeightLen()])
	groups := c.Input().Groups()
	for o := range c.Out {
		for i := range c.In {
			for t := range taps {
				at := ((o/tile*groups+i/Lanes)*taps+t)*Lanes + i%Lanes
				packed[at*tile+o%tile] = w[c.WeightIndex(o, i, t)]
			}
		}
	}
}

// Linear computes the convolution of one image alone, without bias, ReLU and
// pooling: y, [out/32][H/2][W/2][4][32], holds the four positions of each
// window in row-major order. x is maps as for [Conv.Forward]; the layer has
// more than one input channel. packed comes from [Conv.PackLinear].
//
// Each sum starts from zero and adds its products by groups of 16 input
// channels, in a group by taps, in a tap by channels.
func (c *Conv) Linear(y, x, packed []float32) {
	if c.In == 1 || len(y) < c.LinearLen() || len(x) < c.InputLen() || len(packed) < c.LinearWeightLen() {
		panic("kernel: Conv.Linear: pixels, or slice too short")
	}
	in := c.Input()
	rows, cols := c.H/2, c.W/2
	const product = Lanes * tile // weights of a tap and a group
	for o := range roundUp(c.Out, tile) / tile {
		for py := range rows {
			for q := range 4 {
				to := y[((o*rows+py)*cols*4+q)*tile:]
				for k := range in.Groups() * taps {
					group, tap := k/taps, k%taps
					from := group*in.Plane() + (2*py+q/2+tap/3)*in.Row() + (q%2+tap%3)*Lanes
					active.matmul(to, 4*tile, x[from:], 2*Lanes,
						packed[(o*in.Groups()*taps+k)*product:], tile, cols, tile, Lanes, k > 0)
				}
			}
		}
	}
}
