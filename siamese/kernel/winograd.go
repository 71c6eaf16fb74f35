package kernel

// Winograd's algorithm F(2x2, 3x3) (Lavin and Gray, "Fast algorithms for
// convolutional neural networks", 2016, section 4.1) makes the four sums of a
// window from 16 products an input channel instead of 36. Its sums differ from
// those of [Conv.Forward] in rounding, so a choice of it belongs in a cache key.
// The backward pass is the same for both.

// frequencies is how many products an input channel there are.
const frequencies = 16

// winogradBlock is how many windows go through the steps together. It decides
// only what stays in the cache.
const winogradBlock = 48

// winogradPlane is the distance between the planes of the 16 frequencies in a
// scratch, for rows of width values: a cache line more than a block takes, since
// planes that lie a multiple of 4 kB apart would compete for the same few lines of
// the first-level cache.
func winogradPlane(width int) int { return winogradBlock*width + Lanes }

// WinogradLen returns the length of the weights packed for [Conv.ForwardWinograd].
func (c *Conv) WinogradLen() int { return frequencies * c.In * roundUp(c.Out, tile) }

// PackWinograd transforms the weights w for [Conv.ForwardWinograd], u = G w G^T
// rounded once, and arranges them as [16][in][out], out rounded up to 32.
func (c *Conv) PackWinograd(u, w []float32) {
	if len(u) < c.WinogradLen() || len(w) < c.WeightLen() {
		panic("kernel: Conv.PackWinograd: slice too short")
	}
	width := roundUp(c.Out, tile)
	for i := range c.In {
		for o := range width {
			var g [taps]float64
			if o < c.Out {
				for t := range g {
					g[t] = float64(w[c.WeightIndex(o, i, t)])
				}
			}
			var rows [4][3]float64
			for x := range 3 {
				rows[0][x], rows[1][x], rows[2][x], rows[3][x] = filter(g[x], g[3+x], g[6+x])
			}
			for y, r := range rows {
				a, b, c4, d := filter(r[0], r[1], r[2])
				for x, v := range [4]float64{a, b, c4, d} {
					u[((4*y+x)*c.In+i)*width+o] = float32(v)
				}
			}
		}
	}
}

// filter is G of the paper applied to three weights. Halving is exact.
func filter(a, b, c float64) (float64, float64, float64, float64) {
	return a, (a + b + c) / 2, (a - b + c) / 2, c
}

// ForwardWinograd is [Conv.Forward] by Winograd's algorithm, with weights from
// [Conv.PackWinograd] and a scratch of this layer. The layer must have more than
// one input channel.
//
// Each of the 16 products adds its channels in order; the transforms add as
// (a+b)+c and (a-b)-c, down the columns first, and the bias is added last.
func (c *Conv) ForwardWinograd(y []float32, codes []uint8, x, u, bias []float32, s *Scratch) {
	if len(y) < c.Output().Len() || codes != nil && len(codes) < c.CodesLen() || len(x) < c.InputLen() ||
		len(u) < c.WinogradLen() || len(bias) < c.BiasLen() {
		panic("kernel: Conv.ForwardWinograd: slice too short")
	}
	lanes, width := c.Input().Groups()*Lanes, roundUp(c.Out, tile)
	if c.In == 1 || len(s.v) < frequencies*winogradPlane(lanes) || len(s.m) < frequencies*winogradPlane(width) {
		panic("kernel: Conv.ForwardWinograd: pixels, or scratch of another layer")
	}
	windows := (c.H / 2) * (c.W / 2)
	for lo := 0; lo < windows; lo += winogradBlock {
		n := min(winogradBlock, windows-lo)
		active.winogradIn(c, s.v, x, lo, n)
		for f := range frequencies {
			active.matmul(s.m[f*winogradPlane(width):], width, s.v[f*winogradPlane(lanes):], lanes,
				u[f*c.In*width:], width, n, width, c.In, false)
		}
		active.winogradOut(c, y, codes, s.m, bias, lo, n)
	}
}

// winogradInScalar transforms the 4x4 patches of n windows from window lo,
// B^T d B: v is 16 planes of [winogradBlock][channels].
func winogradInScalar(c *Conv, v, x []float32, lo, n int) {
	in := c.Input()
	lanes, row := in.Groups()*Lanes, in.Row()
	for i := range n {
		corner := (lo+i)/(c.W/2)*2*row + (lo+i)%(c.W/2)*2*Lanes
		for l := range lanes {
			d := x[l/Lanes*in.Plane()+corner+l%Lanes:]
			var r [4][4]float32
			for j := range 4 {
				r[0][j], r[1][j], r[2][j], r[3][j] = spread(d[j*Lanes], d[row+j*Lanes], d[2*row+j*Lanes], d[3*row+j*Lanes])
			}
			for k := range r {
				a, b, c, d := spread(r[k][0], r[k][1], r[k][2], r[k][3])
				for j, t := range [4]float32{a, b, c, d} {
					v[(4*k+j)*winogradPlane(lanes)+i*lanes+l] = t
				}
			}
		}
	}
}

// spread is B^T of the paper applied to four inputs.
func spread(a, b, c, d float32) (float32, float32, float32, float32) {
	return a - c, b + c, c - b, b - d
}

// winogradOutScalar makes the outputs and codes of n windows from window lo from
// their products m, 16 planes of [winogradBlock][out rounded up to 32].
func winogradOutScalar(c *Conv, y []float32, codes []uint8, m, bias []float32, lo, n int) {
	out := c.Output()
	width := roundUp(c.Out, tile)
	for i := range n {
		py, px := (lo+i)/out.W, (lo+i)%out.W
		for o := range out.Groups() * Lanes {
			at := func(f int) float32 { return m[f*winogradPlane(width)+i*width+o] }
			var high, low [4]float32
			for j := range 4 {
				high[j], low[j] = gatherSums(at(j), at(4+j), at(8+j), at(12+j))
			}
			a, b := gatherSums(high[0], high[1], high[2], high[3])
			d, e := gatherSums(low[0], low[1], low[2], low[3])
			v, code := poolWindow(a+bias[o], b+bias[o], d+bias[o], e+bias[o])
			y[out.Index(o, py, px)] = v
			if codes != nil {
				codes[c.codeIndex(o, py, px)] = code
			}
		}
	}
}

// gatherSums is A^T of the paper applied to four products.
func gatherSums(a, b, c, d float32) (float32, float32) {
	return (a + b) + c, (b - c) - d
}
