package kernel

// tapWeightsScalar adds to dw the gradients of n output channels' weights: g times
// the patch, for each entry of the channel's list in order. dw, [in/16][out][9][16],
// begins at the first of the n channels.
func tapWeightsScalar(l *lists, n int, dw []float32, out int, x []float32, in Maps) {
	for i := range in.Groups() {
		for lane := range n {
			to := dw[(i*out+lane)*taps*Lanes:][:taps*Lanes]
			for _, e := range l.lane(lane) {
				from := x[i*in.Plane()+int(e.at):]
				for t := range taps {
					axpy((*[Lanes]float32)(to[t*Lanes:]), e.g, (*[Lanes]float32)(from[t/3*in.Row()+t%3*Lanes:]))
				}
			}
		}
	}
}

// tapDataScalar adds to dx, maps of shape in, what n output channels hand back: g
// times the weights, for each channel and each entry of its list in order. w is
// laid out as dw of tapWeightsScalar.
func tapDataScalar(l *lists, n int, dx, w []float32, out int, in Maps) {
	for i := range in.Groups() {
		for lane := range n {
			from := w[(i*out+lane)*taps*Lanes:][:taps*Lanes]
			for _, e := range l.lane(lane) {
				to := dx[i*in.Plane()+int(e.at):]
				for t := range taps {
					axpy((*[Lanes]float32)(to[t/3*in.Row()+t%3*Lanes:]), e.g, (*[Lanes]float32)(from[t*Lanes:]))
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
