package kernel

// taps is the number of weights of a 3x3 kernel.
const taps = 9

// tile is how many output channels the forward kernel computes together.
const tile = 2 * Lanes

// A Conv is a fused layer: 3x3 convolution (cross-correlation, as in every
// framework) with zero padding ("same"), bias, ReLU and 2x2 max-pooling with
// stride 2, which drops an odd last row or column. It is only a shape, and safe
// for any number of goroutines.
type Conv struct {
	H, W    int // input size
	In, Out int // channels; 1 input channel means pixels, more mean maps with Pad 1
	Pad     int // border of the output

	// offset of the k-th product's input from the top left of the 3x3 patch
	offset []int32
}

// NewConv returns the layer for inputs of h by w pixels. pad is the border of
// its output: 1 in front of another convolution, 0 in front of a dense layer.
func NewConv(h, w, in, out, pad int) *Conv {
	if h < 2 || w < 2 || in < 1 || out < 1 || pad < 0 || pad > 1 {
		panic("kernel: NewConv: impossible shape")
	}
	c := &Conv{H: h, W: w, In: in, Out: out, Pad: pad}
	c.offset = make([]int32, in*taps)
	for i := range in {
		for t := range taps {
			at := t/3*(w+2) + t%3
			if in > 1 {
				at = i/Lanes*c.Input().Plane() + at*Lanes + i%Lanes
			}
			c.offset[i*taps+t] = int32(at)
		}
	}
	return c
}

// Input returns the shape of the input of a layer of more than one channel.
func (c *Conv) Input() Maps { return Maps{c.H, c.W, c.In, 1} }

// InputLen returns the length of one image's input.
func (c *Conv) InputLen() int {
	if c.In == 1 {
		return PixelsLen(c.H, c.W)
	}
	return c.Input().Len()
}

// Output returns the shape of the output.
func (c *Conv) Output() Maps { return Maps{c.H / 2, c.W / 2, c.Out, c.Pad} }

// CodesLen returns the length of one image's codes: [group][H/2][W/2][16], a byte
// for each output: which of the window's four positions, in row-major order, was
// the maximum (the first of equals), or 4 if ReLU cleared it.
func (c *Conv) CodesLen() int { return c.Output().Groups() * (c.H / 2) * (c.W / 2) * Lanes }

// WeightLen returns the length of the weights.
func (c *Conv) WeightLen() int {
	if c.In == 1 {
		return roundUp(c.Out, Lanes) * taps
	}
	return c.Input().Groups() * c.Out * taps * Lanes
}

// WeightIndex returns where the weight from input channel in to output channel
// out at tap (row*3 + column, 0 to 8) lies. The layout is [in/16][out][tap][16],
// input channels in the lanes; with one input channel it is [out/16][tap][16],
// output channels in the lanes.
func (c *Conv) WeightIndex(out, in, tap int) int {
	if c.In == 1 {
		return (out/Lanes*taps+tap)*Lanes + out%Lanes
	}
	return ((in/Lanes*c.Out+out)*taps+tap)*Lanes + in%Lanes
}

// BiasLen returns the length of the biases: Out rounded up to whole groups.
func (c *Conv) BiasLen() int { return roundUp(c.Out, Lanes) }

// PackedLen returns the length of the weights packed for the forward pass.
func (c *Conv) PackedLen() int { return roundUp(c.Out, tile) * taps * c.In }

// Pack arranges the weights w for [Conv.Forward]: [out/32][in][tap][32].
// It is to be called after each change of w, and takes microseconds.
func (c *Conv) Pack(packed, w []float32) {
	if len(packed) < c.PackedLen() || len(w) < c.WeightLen() {
		panic("kernel: Conv.Pack: slice too short")
	}
	for o := range roundUp(c.Out, tile) {
		to := packed[o/tile*tile*taps*c.In+o%tile:]
		for k := range taps * c.In {
			v := float32(0)
			if o < c.Out {
				v = w[c.WeightIndex(o, k/taps, k%taps)]
			}
			to[k*tile] = v
		}
	}
}
