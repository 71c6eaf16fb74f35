// Package plain is the arithmetic of every layer in its plainest form: one
// loop for each index, row-major arrays in the order in which the formulas
// name them, float32 or float64. It is what the layers mean. In float64 its
// gradients are checked against central differences; in float32 it is what the
// kernels are checked against, and what runs for shapes that they do not take.
//
// Images are (C, H, W): channels, rows, columns. Functions panic with a
// constant string when a slice has not the length that the shape asks for.
package plain

// Float is the element type of a computation.
type Float interface{ float32 | float64 }

const badLength = "plain: slice length does not match the shape"

func check(ok bool) {
	if !ok {
		panic(badLength)
	}
}
