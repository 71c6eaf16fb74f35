package kernel

// matmulScalar computes c, rows by cols, the product of a, rows by k, and b, k by
// cols, or adds it to c if add is set; cRow, aRow and bRow lead from a row to the
// next, cols is a multiple of 32, nothing is 0. Each element adds its k products
// in order.
func matmulScalar(c []float32, cRow int, a []float32, aRow int, b []float32, bRow int, rows, cols, k int, add bool) {
	var sums [8]wide // of as many rows: each row of b is widened once for all
	var factors wide
	for col := 0; col < cols; col += tile {
		for row := 0; row < rows; row += len(sums) {
			s := sums[:min(len(sums), rows-row)]
			for i := range s {
				if add {
					s[i].load(c[(row+i)*cRow+col:])
				} else {
					s[i] = wide{}
				}
			}
			for j := range k {
				factors.load(b[j*bRow+col:])
				for i := range s {
					s[i].add(float64(a[(row+i)*aRow+j]), &factors)
				}
			}
			for i := range s {
				s[i].store(c[(row+i)*cRow+col:])
			}
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
