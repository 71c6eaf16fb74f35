package kernel

import (
	"fmt"
	"math"
	"testing"
)

// lengths are below, at and above whole vectors.
var lengths = []int{0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 100, 1024, 1025, 3000}

// special are values that comparisons and signs must treat alike everywhere.
var special = []float32{0, float32(math.Copysign(0, -1)), 1, -1, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 1e-40, -1e-40, math.MaxFloat32}

// eachLength runs test on random slices of every length with every family, and
// on special values.
func eachLength(t *testing.T, slices int, test func(t *testing.T, s [][]float32)) {
	eachFamily(t, func(t *testing.T) {
		for _, n := range lengths {
			for _, strange := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d-%v", n, strange), func(t *testing.T) {
					r := random(uint64(n))
					s := make([][]float32, slices)
					for i := range s {
						s[i] = guarded(t, n, i)
						fill(r, s[i])
						if strange {
							for j := range s[i] {
								s[i][j] = special[r.IntN(len(special))]
							}
						}
					}
					test(t, s)
				})
			}
		}
	})
}

// equal tells whether a and b are the same number, or both NaN.
func equal(a, b float32) bool { return a == b || a != a && b != b }

func TestMerge(t *testing.T) {
	eachLength(t, 7, func(t *testing.T, s [][]float32) {
		a, b, dd, d, da, db := s[0], s[1], s[2], s[3], s[4], s[5]
		Subtract(d, a, b)
		for i := range d {
			if !equal(d[i], a[i]-b[i]) {
				t.Fatalf("%v - %v = %v", a[i], b[i], d[i])
			}
		}
		SubtractGradient(da, db, dd)
		for i := range d {
			if !equal(da[i], dd[i]) || !equal(db[i], -dd[i]) {
				t.Fatalf("gradient of subtract at %v is %v, %v", dd[i], da[i], db[i])
			}
		}
		AbsDiff(d, a, b)
		AbsDiffGradient(da, db, dd, a, b)
		for i := range d {
			if want := float32(math.Abs(float64(a[i] - b[i]))); !equal(d[i], want) {
				t.Fatalf("|%v - %v| = %v", a[i], b[i], d[i])
			}
			sign := float32(0)
			if a[i] > b[i] {
				sign = 1
			} else if a[i] < b[i] {
				sign = -1
			}
			want := sign * dd[i]
			if sign == 0 {
				want = 0
			}
			if !equal(da[i], want) || !equal(db[i], -want) {
				t.Fatalf("gradient of |%v - %v| at %v is %v, %v", a[i], b[i], dd[i], da[i], db[i])
			}
		}
	})
}

func TestReLUGradient(t *testing.T) {
	eachLength(t, 2, func(t *testing.T, s [][]float32) {
		dy, y := s[0], s[1]
		was := append([]float32(nil), dy...)
		ReLUGradient(dy, y)
		for i := range dy {
			want := float32(0)
			if y[i] > 0 {
				want = was[i]
			}
			if !equal(dy[i], want) {
				t.Fatalf("gradient %v at output %v is %v", was[i], y[i], dy[i])
			}
		}
	})
}

func TestFinish(t *testing.T) {
	eachLength(t, 3, func(t *testing.T, s [][]float32) {
		for _, relu := range []bool{false, true} {
			active.finish(s[0], s[1], s[2], relu)
			for i, v := range s[0] {
				want := s[1][i] + s[2][i]
				if relu && want < 0 {
					want = 0 // but not NaN
				}
				if !equal(v, want) {
					t.Fatalf("%v + %v, ReLU %v, is %v", s[1][i], s[2][i], relu, v)
				}
			}
		}
	})
}

func TestSumSquares(t *testing.T) {
	eachLength(t, 1, func(t *testing.T, s [][]float32) {
		got := SumSquares(s[0])
		f := active
		active = scalar
		want := SumSquares(s[0])
		active = f
		if got != want && !(got != got && want != want) {
			t.Fatalf("sum of squares is %v, scalar %v", got, want)
		}
		sum := 0.0
		for _, v := range s[0] {
			sum += float64(v) * float64(v)
		}
		if math.Abs(got-sum) > 1e-6*sum {
			t.Fatalf("sum of squares is %v, want %v", got, sum)
		}
	})
}

func TestReduce(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for _, parts := range []int{1, 2, 3, 5, 8, 16, 17} {
			for _, size := range []int{1, 9, 40} {
				s := guarded(t, parts*size, 3)
				fill(random(9), s)
				tree := append([]float32(nil), s...)
				for step := 1; step < parts; step *= 2 {
					for i := 0; i+step < parts; i += 2 * step {
						for j := range size {
							tree[i*size+j] += tree[(i+step)*size+j]
						}
					}
				}
				Reduce(s, parts)
				sameBits(t, fmt.Sprintf("%d parts of %d", parts, size), s[:size], tree[:size])
			}
		}
	})
}

func TestPixels(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for _, size := range [][2]int{{1, 1}, {2, 3}, {5, 16}, {3, 17}, {90, 90}, {4, 33}} {
			h, w := size[0], size[1]
			src := guardedCodes(t, h*w)
			for i := range src {
				src[i] = uint8(i * 7)
			}
			dst := guarded(t, PixelsLen(h, w), 5)
			for i := range dst {
				dst[i] = 9 // all of it must be written
			}
			Pixels(dst, src, h, w)
			for i, v := range dst {
				y, x, want := i/(w+2)-1, i%(w+2)-1, float32(0)
				if y >= 0 && y < h && x >= 0 && x < w {
					want = float32(src[y*w+x]) / 255
				}
				if v != want {
					t.Fatalf("%dx%d: (%d, %d) is %v, want %v", h, w, y, x, v, want)
				}
			}
		}
	})
}

func TestTransposeAndMatmul(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		r := random(4)
		for _, s := range [][3]int{{1, 32, 1}, {4, 32, 3}, {5, 64, 9}, {9, 96, 40}, {64, 32, 32}, {33, 32, 64}} {
			rows, cols, k := s[0], s[1], s[2]
			a, b := guarded(t, rows*(k+1), 1), guarded(t, k*(cols+3), 2)
			fill(r, a)
			fill(r, b)
			for _, add := range []bool{false, true} {
				got := guarded(t, rows*(cols+5), 3)
				fill(r, got)
				want := append([]float32(nil), got...)
				active.matmul(got, cols+5, a, k+1, b, cols+3, rows, cols, k, add)
				matmulScalar(want, cols+5, a, k+1, b, cols+3, rows, cols, k, add)
				sameBits(t, fmt.Sprintf("product %v, add %v", s, add), got, want)
			}
			src := guarded(t, rows*cols, 1)
			fill(r, src)
			dst := guarded(t, cols*(rows+2), 4)
			active.transpose(dst, rows+2, src, cols, rows, cols)
			for i := range rows {
				for j := range cols {
					if dst[j*(rows+2)+i] != src[i*cols+j] {
						t.Fatalf("transpose of %dx%d is wrong at (%d, %d)", rows, cols, i, j)
					}
				}
			}
		}
	})
}
