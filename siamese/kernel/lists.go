package kernel

// A band is some rows of windows of one group of output channels, with what
// leads from a window to its input.
type band struct {
	top, rows, cols int // rows of windows from top, cols windows in each
	dyRow           int // from a row of the output's gradient to the next
	inRow, inCol    int // from a pixel of the input to the one below, to its right
}

// An entry is a position that has a gradient: the offset of its 3x3 patch's top
// left in a plane of the input, and the gradient.
type entry struct {
	at int32
	g  float32
}

// lists holds a list of entries for each of 16 channels.
type lists struct {
	entries []entry // [16][room]
	room    int
	n       [Lanes]int32
}

func (l *lists) lane(i int) []entry { return l.entries[i*l.room:][:l.n[i]] }

// gatherScalar fills the lists with the band's active windows, in each row those of
// even columns first, and adds each gradient to the channel's db in row-major
// order. dy begins at the band's first window, codes too.
func gatherScalar(l *lists, db, dy []float32, codes []uint8, b band) {
	clear(l.n[:])
	db = db[:Lanes]
	for y := range b.rows {
		for i := range b.cols {
			x := evenFirst(i, b.cols)
			g := dy[y*b.dyRow+x*Lanes:][:Lanes]
			code := codes[(y*b.cols+x)*Lanes:][:Lanes]
			corner := 2*(b.top+y)*b.inRow + 2*x*b.inCol
			at := [5]int32{int32(corner), int32(corner + b.inCol), int32(corner + b.inRow), int32(corner + b.inRow + b.inCol)}
			for i, c := range code {
				n := l.n[i]
				l.entries[i*l.room+int(n)] = entry{at[c], g[i]} // without a branch: the next overwrites an inactive one
				l.n[i] = n + int32(c>>2^1)
			}
		}
	}
	for y := range b.rows {
		for x := range b.cols {
			for i, c := range codes[(y*b.cols+x)*Lanes:][:Lanes] {
				if c < 4 {
					db[i] += dy[y*b.dyRow+x*Lanes+i]
				}
			}
		}
	}
}

// evenFirst returns the i-th of the columns 0 to n-1, even ones first.
func evenFirst(i, n int) int {
	if half := (n + 1) / 2; i >= half {
		return 2*(i-half) + 1
	}
	return 2 * i
}
