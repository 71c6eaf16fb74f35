package kernel

// Reduce adds up n parts of one length that lie in parts, one behind the other,
// into the first; the others are left with sums on the way. Part i gets part
// i+1 for even i, then i+2 for every fourth, and so on: a tree that depends on n
// alone.
func Reduce(parts []float32, n int) {
	if n < 1 || len(parts)%n != 0 {
		panic("kernel: Reduce: parts of different lengths")
	}
	size := len(parts) / n
	for step := 1; step < n; step *= 2 {
		for i := 0; i+step < n; i += 2 * step {
			active.add(parts[i*size:(i+1)*size], parts[(i+step)*size:])
		}
	}
}

func addScalar(dst, src []float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] += src[i]
	}
}

// sumBlock is how many elements [SumSquares] adds in float32.
const sumBlock = 1024

// SumSquares returns the sum of squares of x: in blocks of 1,024 elements of
// which element i is added to lane i mod 16, the lanes then in a tree, the
// blocks in order in float64. For a norm over several slices add the results in
// a fixed order.
func SumSquares(x []float32) float64 {
	sum := 0.0
	for len(x) > 0 {
		n := min(sumBlock, len(x))
		sum += float64(active.sumSquares(x[:n]))
		x = x[n:]
	}
	return sum
}

func sumSquaresScalar(x []float32) float32 {
	var lane [Lanes]float32
	for i, v := range x {
		lane[i%Lanes] = fma(v, v, lane[i%Lanes])
	}
	return sumLanes(&lane)
}

// sumLanes adds lanes i and i+8, then i and i+4, i+2, i+1.
func sumLanes(lane *[Lanes]float32) float32 {
	for half := Lanes / 2; half > 0; half /= 2 {
		for i := range half {
			lane[i] += lane[i+half]
		}
	}
	return lane[0]
}
