package kernel

// tapWeightsScalar adds to dw, [n][9][channels of in], the gradients of n output
// channels' weights: g times the patch, for each entry of the channel's list in
// order.
func tapWeightsScalar(l *lists, n int, dw, x []float32, in Maps) {
	row, plane, groups := in.Row(), in.Plane(), in.Groups()
	for lane := range n {
		for _, e := range l.lane(lane) {
			for t := range taps {
				for i := range groups {
					from := i*plane + int(e.at) + t/3*row + t%3*Lanes
					axpy(dw[((lane*taps+t)*groups+i)*Lanes:][:Lanes], e.g, x[from:])
				}
			}
		}
	}
}

// tapDataScalar adds to dx, maps of shape in, what n output channels hand back: g
// times the weights w, [n][9][channels of in], for each channel and each entry of
// its list in order.
func tapDataScalar(l *lists, n int, dx, w []float32, in Maps) {
	row, plane, groups := in.Row(), in.Plane(), in.Groups()
	for lane := range n {
		for _, e := range l.lane(lane) {
			for t := range taps {
				for i := range groups {
					to := i*plane + int(e.at) + t/3*row + t%3*Lanes
					axpy(dx[to:][:Lanes], e.g, w[((lane*taps+t)*groups+i)*Lanes:])
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
