package kernel

// CrossEntropy computes the binary cross-entropy of the logits z, of which row i
// of n = len(labels) is at z[i*width], against labels of 0 or 1:
//
//	loss[i] = log(1+e^z) - label*z,  dz[i*width] = (sigmoid(z) - label) / n
//
// in float64. It returns the mean loss, added up in order. The rest of each row
// of dz, [n][width], is cleared. loss may be nil, as may dz.
func CrossEntropy(loss []float64, dz, z []float32, width int, labels []float32) float64 {
	n := len(labels)
	if n == 0 || width < 1 || len(z) <= (n-1)*width || dz != nil && len(dz) < n*width || loss != nil && len(loss) < n {
		panic("kernel: CrossEntropy: slice too short")
	}
	sum := 0.0
	for i, label := range labels {
		logit, y := float64(z[i*width]), float64(label)
		l := Softplus(logit) - float64(y*logit)
		sum += l
		if loss != nil {
			loss[i] = l
		}
		if dz != nil {
			clear(dz[i*width : (i+1)*width])
			dz[i*width] = float32((Sigmoid(logit) - y) / float64(n))
		}
	}
	return sum / float64(n)
}
