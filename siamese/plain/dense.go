package plain

// DenseForward computes y[o] = b[o] + sum over i of w[o,i] * x[i] for one
// sample, adding in the order of i; w is (out, in).
func DenseForward[T Float](y, x, w, b []T) {
	check(len(b) == len(y) && len(w) == len(y)*len(x))
	for o := range y {
		sum := b[o]
		for i, f := range w[o*len(x):][:len(x)] {
			sum += T(f * x[i])
		}
		y[o] = sum
	}
}

// DenseBackwardInput computes dx[i] = sum over o of w[o,i] * dy[o] for one
// sample.
func DenseBackwardInput[T Float](dx, dy, w []T) {
	check(len(w) == len(dy)*len(dx))
	clear(dx)
	for o, g := range dy {
		for i, f := range w[o*len(dx):][:len(dx)] {
			dx[i] += T(f * g)
		}
	}
}

// DenseBackwardOutput computes the gradients of what makes output o of out:
// dw[i] = sum over samples n of dy[n,o] * x[n,i], and the bias's, which it
// returns. dy is (samples, out), x is (samples, len(dw)).
func DenseBackwardOutput[T Float](dw []T, o, out int, dy, x []T) (db T) {
	check(len(dy)*len(dw) == len(x)*out && o < out)
	clear(dw)
	for n := range len(dy) / out {
		g := dy[n*out+o]
		db += g
		for i, v := range x[n*len(dw):][:len(dw)] {
			dw[i] += T(g * v)
		}
	}
	return db
}
