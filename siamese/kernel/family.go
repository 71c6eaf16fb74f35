package kernel

import (
	"fmt"
	"os"
	"strings"
)

// A family is one implementation of every kernel. The scalar functions document
// what each one does.
type family struct {
	name string
	// runs tells whether this CPU can run the family.
	runs func() bool

	pixels       func(dst []float32, src []uint8, h, w int)
	convForward  func(c *Conv, y []float32, codes []uint8, x, packed, bias []float32)
	winogradIn   func(c *Conv, v, x []float32, lo, n int)
	winogradOut  func(c *Conv, y []float32, codes []uint8, m, bias []float32, lo, n int)
	gather       func(l *lists, db, dy []float32, codes []uint8, b band)
	tapWeights   func(l *lists, n int, dw []float32, out int, x []float32, in Maps)
	tapData      func(l *lists, n int, dx, w []float32, out int, in Maps)
	firstWeights func(dw, db, dy []float32, codes []uint8, x []float32, b band)
	matmul       func(c []float32, cRow int, a []float32, aRow int, b []float32, bRow int, rows, cols, k int, add bool)
	transpose    func(dst []float32, dstRow int, src []float32, srcRow int, rows, cols int)
	adam         func(a adamStep, w, m, v, g []float32)
	subtract     func(d, a, b []float32)
	negate       func(d, a []float32)
	absDiff      func(d, a, b []float32)
	absDiffGrad  func(da, db, dd, a, b []float32)
	reluGrad     func(dy, y []float32)
	finish       func(y, x, bias []float32, relu bool)
	add          func(dst, src []float32)
	sumSquares   func(x []float32) float32
	reluDot      func(z []float32, zRow int, p []float32, n int, panel, w []float32, bias float32)
	reluDiff     func(y, p, g []float32, window int)
	peak         func(n int) int
}

// scalar runs everywhere.
var scalar = family{
	name: "scalar", runs: func() bool { return true },
	pixels: pixelsScalar, convForward: convForwardScalar, winogradIn: winogradInScalar, winogradOut: winogradOutScalar,
	gather: gatherScalar, tapWeights: tapWeightsScalar, tapData: tapDataScalar, firstWeights: firstWeightsScalar,
	matmul: matmulScalar, transpose: transposeScalar, adam: adamScalar,
	subtract: subtractScalar, negate: negateScalar, absDiff: absDiffScalar, absDiffGrad: absDiffGradScalar,
	reluGrad: reluGradScalar, finish: finishScalar, add: addScalar, sumSquares: sumSquaresScalar, peak: peakScalar,
	reluDot: reluDotScalar, reluDiff: reluDiffScalar,
}

// active is the family selected at start; only tests change it.
var active, selectErr = choose(os.Getenv("WHORL_KERNEL"))

// choose returns the family of that name or, for "", the last that runs here. If
// it cannot have the one asked for it returns scalar and an error.
func choose(name string) (family, error) {
	best := scalar
	var have []string
	for _, f := range append([]family{scalar}, vectorFamilies...) {
		if !f.runs() {
			continue
		}
		if f.name == name {
			return f, nil
		}
		best = f
		have = append(have, f.name)
	}
	if name == "" {
		return best, nil
	}
	return scalar, fmt.Errorf("selecting kernels: WHORL_KERNEL=%s is not available in this build on this CPU (available: %s)",
		name, strings.Join(have, ", "))
}

// Check returns an error if WHORL_KERNEL names a family that this build or this
// CPU does not have; the scalar kernels are in use then. A command should refuse
// to go on.
func Check() error { return selectErr }

// Name returns the family in use: scalar, avx2 or avx512.
func Name() string { return active.name }

// Variant names the bits that the kernels give, for a cache key. All families
// give the same: every step is a fused multiply-add in a fixed order.
func Variant() string { return "fma" }
