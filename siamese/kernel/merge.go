package kernel

// Subtract computes d = a - b, all of one length: the merge of the post's code.
func Subtract(d, a, b []float32) {
	checkSame(len(d), len(a), len(b))
	active.subtract(d, a, b)
}

// SubtractGradient computes the gradients of [Subtract]: da = dd, db = -dd.
func SubtractGradient(da, db, dd []float32) {
	checkSame(len(da), len(db), len(dd))
	copy(da, dd)
	active.negate(db, dd)
}

// AbsDiff computes d = |a - b|: the merge of the post's text.
func AbsDiff(d, a, b []float32) {
	checkSame(len(d), len(a), len(b))
	active.absDiff(d, a, b)
}

// AbsDiffGradient computes the gradients of [AbsDiff] from dd and the forward
// pass's a and b: da = dd where a > b, -dd where a < b, 0 where they are equal;
// db = -da.
func AbsDiffGradient(da, db, dd, a, b []float32) {
	checkSame(len(da), len(db), len(dd))
	checkSame(len(da), len(a), len(b))
	active.absDiffGrad(da, db, dd, a, b)
}

func checkSame(a, b, c int) {
	if a != b || b != c {
		panic("kernel: merge: slices of different lengths")
	}
}

func subtractScalar(d, a, b []float32) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] - b[i]
	}
}

func negateScalar(d, a []float32) {
	a = a[:len(d)]
	for i := range d {
		d[i] = -a[i]
	}
}

func absDiffScalar(d, a, b []float32) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = abs(a[i] - b[i])
	}
}

func absDiffGradScalar(da, db, dd, a, b []float32) {
	db, dd, a, b = db[:len(da)], dd[:len(da)], a[:len(da)], b[:len(da)]
	for i := range da {
		switch {
		case a[i] > b[i]:
			da[i], db[i] = dd[i], -dd[i]
		case a[i] < b[i]:
			da[i], db[i] = -dd[i], dd[i]
		default:
			da[i], db[i] = 0, 0
		}
	}
}
