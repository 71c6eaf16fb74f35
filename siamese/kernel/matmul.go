package kernel

// matmulScalar computes c, rows by cols, the product of a, rows by k, and b, k by
// cols, or adds it to c if add is set; cRow, aRow and bRow lead from a row to the
// next, cols is a multiple of 32, nothing is 0. Each element adds its k products
// in order.
func matmulScalar(c []float32, cRow int, a []float32, aRow int, b []float32, bRow int, rows, cols, k int, add bool) {
	for i := range rows {
		if !add {
			clear(c[i*cRow:][:cols])
		}
		for j := range k {
			axpy(c[i*cRow:][:cols], a[i*aRow+j], b[j*bRow:])
		}
	}
}

// transposeScalar writes the transpose of src, rows by cols, to dst, cols by rows.
func transposeScalar(dst []float32, dstRow int, src []float32, srcRow int, rows, cols int) {
	for r := range rows {
		for c, v := range src[r*srcRow:][:cols] {
			dst[c*dstRow+r] = v
		}
	}
}
