package plain

// Conv is the shape of a 2-D convolution of stride 1, padded with zeros so
// that its output has the input's size.
type Conv struct {
	In, Out int // channels
	H, W    int // rows and columns of input and output
	Kernel  int // rows and columns of a filter, odd
}

// Lengths returns the lengths of one input image (In, H, W), of the weights
// (Out, In, Kernel, Kernel) and of one output image (Out, H, W).
func (c Conv) Lengths() (x, w, y int) {
	return c.In * c.H * c.W, c.Out * c.In * c.Kernel * c.Kernel, c.Out * c.H * c.W
}

// ConvForward convolves one image:
//
//	y[o,r,q] = b[o] + sum over i,u,v of w[o,i,u,v] * x[i,r+u-p,q+v-p]
//
// with p = (Kernel-1)/2 and x zero outside. It adds in the order i, u, v.
func ConvForward[T Float](c Conv, y, x, w, b []T) {
	lx, lw, ly := c.Lengths()
	check(len(x) == lx && len(w) == lw && len(b) == c.Out && len(y) == ly)
	plane := c.H * c.W
	for o := range c.Out {
		for k := range plane {
			y[o*plane+k] = b[o]
		}
	}
	c.rows(func(o, i, tap, yAt, xAt, n int) {
		f := w[tap]
		dst, src := y[yAt:][:n], x[xAt:][:n]
		for k, v := range src {
			dst[k] += T(f * v)
		}
	})
}

// ConvBackward computes one image's gradients from dy (Out, H, W). dx (In, H,
// W) is overwritten and may be nil if it is not wanted; dw and db, as long as
// weights and biases, are added to.
func ConvBackward[T Float](c Conv, dx, dw, db, dy, x, w []T) {
	lx, lw, ly := c.Lengths()
	check(len(x) == lx && len(w) == lw && len(dy) == ly && len(dw) == lw && len(db) == c.Out)
	check(dx == nil || len(dx) == lx)
	plane := c.H * c.W
	for o := range c.Out {
		for _, g := range dy[o*plane:][:plane] {
			db[o] += g
		}
	}
	clear(dx)
	c.rows(func(o, i, tap, yAt, xAt, n int) {
		g, src := dy[yAt:][:n], x[xAt:][:n]
		var sum T
		for k, v := range src {
			sum += T(g[k] * v)
		}
		dw[tap] += sum
		if dx != nil {
			f, dst := w[tap], dx[xAt:][:n]
			for k, v := range g {
				dst[k] += T(f * v)
			}
		}
	})
}

// rows calls f for every filter tap, its index among the weights, and every
// output row that it reaches: the n outputs from yAt see the n inputs from xAt.
func (c Conv) rows(f func(o, i, tap, yAt, xAt, n int)) {
	p := (c.Kernel - 1) / 2
	tap := 0
	for o := range c.Out {
		for i := range c.In {
			for u := range c.Kernel {
				for v := range c.Kernel {
					first, last := max(0, p-v), min(c.W, c.W+p-v)
					for r := max(0, p-u); r < min(c.H, c.H+p-u) && first < last; r++ {
						yAt := (o*c.H+r)*c.W + first
						xAt := (i*c.H+r+u-p)*c.W + first + v - p
						f(o, i, tap, yAt, xAt, last-first)
					}
					tap++
				}
			}
		}
	}
}
