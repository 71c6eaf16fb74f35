package plain

// Merge sets y = a - b, or its absolute value.
func Merge[T Float](y, a, b []T, abs bool) {
	check(len(a) == len(y) && len(b) == len(y))
	for i := range y {
		y[i] = a[i] - b[i]
		if abs && y[i] < 0 {
			y[i] = -y[i]
		}
	}
}

// MergeBackward computes da and db from dy, and for the absolute value from
// the a and b of the forward pass; where they are equal the gradient is 0.
func MergeBackward[T Float](da, db, dy, a, b []T, abs bool) {
	check(len(da) == len(dy) && len(db) == len(dy) && len(a) == len(dy) && len(b) == len(dy))
	for i, g := range dy {
		switch {
		case !abs || a[i] > b[i]:
			da[i], db[i] = g, -g
		case a[i] < b[i]:
			da[i], db[i] = -g, g
		default:
			da[i], db[i] = 0, 0
		}
	}
}
