package plain

// Blocked marks, in the args of MaxPool and ReLU, an output through which no
// gradient flows.
const Blocked = -1

// ReLU sets y = max(x, 0) and arg to each element's own index, or Blocked
// where x <= 0. A NaN stays one. y may be x.
func ReLU[T Float](y []T, arg []int32, x []T) {
	check(len(y) == len(x) && len(arg) == len(x))
	for i, v := range x {
		y[i], arg[i] = v, int32(i)
		if v <= 0 {
			y[i], arg[i] = 0, Blocked
		}
	}
}

// MaxPool takes the largest of each 2x2 window of x (c, h, w), with ReLU if
// asked, into y (c, h/2, w/2); an odd last row or column is dropped. arg gets
// the index in x of each output's source, the first of equal ones row by row,
// or Blocked where ReLU stopped it.
func MaxPool[T Float](y []T, arg []int32, x []T, c, h, w int, relu bool) {
	oh, ow := h/2, w/2
	check(len(x) == c*h*w && len(y) == c*oh*ow && len(arg) == len(y))
	for i := range c {
		for r := range oh {
			for q := range ow {
				at := (i*h+2*r)*w + 2*q
				best := at
				for _, k := range [3]int{at + 1, at + w, at + w + 1} {
					if x[k] > x[best] || x[k] != x[k] {
						best = k
					}
				}
				o := (i*oh+r)*ow + q
				y[o], arg[o] = x[best], int32(best)
				if relu && x[best] <= 0 {
					y[o], arg[o] = 0, Blocked
				}
			}
		}
	}
}

// Route is the backward pass of ReLU and MaxPool: dx is cleared, and each
// element of dy added where arg says that its output came from.
func Route[T Float](dx, dy []T, arg []int32) {
	check(len(dy) == len(arg))
	clear(dx)
	for i, at := range arg {
		if at != Blocked {
			dx[at] += dy[i]
		}
	}
}
