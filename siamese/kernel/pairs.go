package kernel

// Panel is how many images a panel holds: what the comparison of many pairs
// keeps in the vectors' lanes.
const Panel = tile

// PackPanel transposes n rows of length values, n at most [Panel], to a panel:
// [length][Panel]. Lanes past n are zero.
func PackPanel(panel, rows []float32, n, length int) {
	if n < 0 || n > Panel || len(panel) < length*Panel || len(rows) < n*length {
		panic("kernel: PackPanel: slice too short")
	}
	if n < Panel {
		clear(panel[:length*Panel])
	}
	if n > 0 && length > 0 {
		active.transpose(panel, Panel, rows, length, n, length)
	}
}

// ReLUDot compares n rows of p, [n][len(w)], with the images of a panel:
//
//	z[i*zRow+j] = bias + sum over k of w[k] * max(0, p[i][k] - panel[k][j])
//
// Each sum starts from zero and adds its products in the order of k, then the
// bias: a dense layer of one output on the rectified difference. zRow is at
// least [Panel]; p and the panel are finite.
func ReLUDot(z []float32, zRow int, p []float32, n int, panel, w []float32, bias float32) {
	k := len(w)
	if n < 0 || k < 1 || zRow < Panel || len(p) < n*k || len(panel) < k*Panel {
		panic("kernel: ReLUDot: slice too short")
	}
	if n == 0 {
		return
	}
	if len(z) < (n-1)*zRow+Panel {
		panic("kernel: ReLUDot: slice too short")
	}
	active.reluDot(z, zRow, p, n, panel, w, bias)
}

func reluDotScalar(z []float32, zRow int, p []float32, n int, panel, w []float32, bias float32) {
	k := len(w)
	for i := range n {
		var sum, factors wide
		row := p[i*k:][:k]
		for j, a := range row {
			for l, g := range panel[j*tile:][:tile] {
				v := a - g
				if 0 > v {
					v = 0
				}
				factors[l] = float64(v)
			}
			sum.add(float64(w[j]), &factors)
		}
		to := z[i*zRow:][:tile]
		for l, s := range sum {
			to[l] = float32(s) + bias
		}
	}
}

// ReLUDifference computes the rectified difference of two images before ReLU
// and pooling, which [Conv.Linear] lays out as [group][window][32]:
//
//	y[i][l] = max(0, max over q of p[i][q][l] - g[i][q][l])
//
// window is 4 for 2x2 pooling and 1 for none. The length of y is a multiple
// of 32, and p and g are finite.
func ReLUDifference(y, p, g []float32, window int) {
	if len(y)%tile != 0 || window != 1 && window != 4 || len(p) < window*len(y) || len(g) < window*len(y) {
		panic("kernel: ReLUDifference: impossible lengths")
	}
	if len(y) > 0 {
		active.reluDiff(y, p, g, window)
	}
}

func reluDiffScalar(y, p, g []float32, window int) {
	for i := 0; i < len(y); i += tile {
		for l := range tile {
			at := i*window + l
			v := p[at] - g[at]
			for q := 1; q < window; q++ {
				at += tile
				if d := p[at] - g[at]; d > v {
					v = d
				}
			}
			if 0 > v {
				v = 0
			}
			y[i+l] = v
		}
	}
}

// ForwardBlock is [Dense.Forward] for block b alone, whose inputs are x,
// [n][64]; a row of the last block may end early. It adds to part, or
// overwrites it unless add is set.
func (d *Dense) ForwardBlock(part, x []float32, n int, w []float32, b int, add bool) {
	width := d.Width()
	if n < 0 || b < 0 || b >= d.Blocks() || len(part) < n*width || len(x) < n*denseBlock || len(w) < d.WeightLen() {
		panic("kernel: Dense.ForwardBlock: slice too short")
	}
	if n == 0 {
		return
	}
	k := min(denseBlock, d.In-b*denseBlock)
	for t := range width / tile {
		active.matmul(part[t*tile:], width, x, denseBlock, w[b*d.blockLen()+t*denseBlock*tile:], tile, n, tile, k, add)
	}
}
