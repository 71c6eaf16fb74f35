package kernel

// Forward computes one image. y gets the output maps, of which it writes all but
// the border; codes gets the codes for the backward pass and may be nil. packed
// comes from [Conv.Pack].
//
// Each of a window's four sums starts from the bias and adds its products input
// channel by input channel, each in row-major order of the taps.
func (c *Conv) Forward(y []float32, codes []uint8, x, packed, bias []float32) {
	if len(y) < c.Output().Len() || codes != nil && len(codes) < c.CodesLen() || len(x) < c.InputLen() ||
		len(packed) < c.PackedLen() || len(bias) < c.BiasLen() {
		panic("kernel: Conv.Forward: slice too short")
	}
	active.convForward(c, y, codes, x, packed, bias)
}

func convForwardScalar(c *Conv, y []float32, codes []uint8, x, packed, bias []float32) {
	out := c.Output()
	row, col := c.strides()
	var sum [4][tile]float32
	for t := range roundUp(c.Out, tile) / tile {
		lanes := min(tile, out.Groups()*Lanes-t*tile)
		w := packed[t*tile*taps*c.In:]
		for py := range out.H {
			for px := range out.W {
				for p := range sum {
					s := sum[p][:lanes]
					copy(s, bias[t*tile:])
					from := x[(2*py+p/2)*row+(2*px+p%2)*col:]
					for k, at := range c.offset {
						axpy(s, from[at], w[k*tile:])
					}
				}
				for l := range lanes {
					v, code := poolWindow(sum[0][l], sum[1][l], sum[2][l], sum[3][l])
					o := t*tile + l
					y[out.Index(o, py, px)] = v
					if codes != nil {
						codes[c.codeIndex(o, py, px)] = code
					}
				}
			}
		}
	}
}

// poolWindow returns ReLU of the maximum of a window, and its code. NaN in a
// stays NaN.
func poolWindow(a, b, c, d float32) (v float32, code uint8) {
	v = a
	if b > v {
		v, code = b, 1
	}
	low, lowCode := c, uint8(2)
	if d > low {
		low, lowCode = d, 3
	}
	if low > v {
		v, code = low, lowCode
	}
	if !(v > 0) {
		code = 4
	}
	if 0 > v {
		v = 0
	}
	return v, code
}

// strides returns the distances from a pixel of the input to the one below and
// to the one on its right.
func (c *Conv) strides() (row, col int) {
	if c.In == 1 {
		return c.W + 2, 1
	}
	return (c.W + 2) * Lanes, Lanes
}

// codeIndex returns where the code of an output lies.
func (c *Conv) codeIndex(o, y, x int) int {
	return ((o/Lanes*(c.H/2)+y)*(c.W/2)+x)*Lanes + o%Lanes
}
