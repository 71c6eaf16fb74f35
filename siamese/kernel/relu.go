package kernel

// ReLUGradient clears dy where the output y of a layer with ReLU is not positive.
func ReLUGradient(dy, y []float32) {
	if len(dy) != len(y) {
		panic("kernel: ReLUGradient: slices of different lengths")
	}
	active.reluGrad(dy, y)
}

func reluGradScalar(dy, y []float32) {
	y = y[:len(dy)]
	for i := range dy {
		if !(y[i] > 0) {
			dy[i] = 0
		}
	}
}
