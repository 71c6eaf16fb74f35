package kernel

// tapWeightsScalar adds to dw, [9][channels of in], the gradients of one output
// channel's weights: g times the patch, for each entry in order.
func tapWeightsScalar(dw []float32, list []entry, x []float32, in Maps) {
	row, plane, groups := in.Row(), in.Plane(), in.Groups()
	for _, e := range list {
		for t := range taps {
			for i := range groups {
				from := i*plane + int(e.at) + t/3*row + t%3*Lanes
				axpy(dw[(t*groups+i)*Lanes:][:Lanes], e.g, x[from:])
			}
		}
	}
}

// tapDataScalar adds to dx, maps of shape in, what one output channel hands
// back: g times its weights w, [9][channels of in], for each kernel row and each
// entry in order.
func tapDataScalar(dx []float32, list []entry, w []float32, in Maps) {
	row, plane, groups := in.Row(), in.Plane(), in.Groups()
	for ky := range 3 {
		for _, e := range list {
			for kx := range 3 {
				for i := range groups {
					to := i*plane + int(e.at) + ky*row + kx*Lanes
					axpy(dx[to:][:Lanes], e.g, w[((ky*3+kx)*groups+i)*Lanes:])
				}
			}
		}
	}
}

// firstWeightsScalar adds to dw, [9][16], and db, [16], the gradients of 16 output
// channels of a layer of one input channel: g times the patch, over the
// windows in row-major order. dy and codes begin at the group's first window.
func firstWeightsScalar(dw, db, dy []float32, codes []uint8, x []float32, b band) {
	for y := range b.rows {
		for px := range b.cols {
			g := dy[y*b.dyRow+px*Lanes:][:Lanes]
			code := codes[(y*b.cols+px)*Lanes:][:Lanes]
			for l, c := range code {
				if c > 3 {
					continue
				}
				db[l] += g[l]
				from := x[(2*y+int(c>>1))*b.inRow+2*px+int(c&1):]
				for t := range taps {
					dw[t*Lanes+l] = fma(from[t/3*b.inRow+t%3], g[l], dw[t*Lanes+l])
				}
			}
		}
	}
}
