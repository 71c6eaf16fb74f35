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
	const together = 8 // windows: each row of weights is widened once for all
	var sums [together][4]wide
	var factors wide
	out := c.Output()
	row, col := c.strides()
	for o := 0; o < out.Groups()*Lanes; o += tile {
		lanes := min(tile, out.Groups()*Lanes-o)
		w := packed[o*taps*c.In:]
		for first := 0; first < out.H*out.W; first += together {
			n := min(together, out.H*out.W-first)
			for i := range n {
				for p := range sums[i] {
					for l, b := range bias[o:][:lanes] {
						sums[i][p][l] = float64(b)
					}
				}
			}
			for k, at := range c.offset {
				factors.load(w[k*tile:])
				for i := range n {
					py, px := (first+i)/out.W, (first+i)%out.W
					from := x[2*py*row+2*px*col+int(at):]
					sums[i][0].add(float64(from[0]), &factors)
					sums[i][1].add(float64(from[col]), &factors)
					sums[i][2].add(float64(from[row]), &factors)
					sums[i][3].add(float64(from[row+col]), &factors)
				}
			}
			for i := range n {
				py, px := (first+i)/out.W, (first+i)%out.W
				for l := range lanes {
					s := &sums[i]
					v, code := poolWindow(float32(s[0][l]), float32(s[1][l]), float32(s[2][l]), float32(s[3][l]))
					y[out.Index(o+l, py, px)] = v
					if codes != nil {
						codes[c.codeIndex(o+l, py, px)] = code
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
