package imaging

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func warped(src []uint8, w, h int, t Transform) []uint8 {
	dst := make([]uint8, w*h)
	p := newWarper(w, h, 255)
	p.apply(dst, src, t)
	return dst
}

// still is the neutral transform, to be changed in one part.
func still(bilinear bool) Transform { return Transform{ScaleX: 1, ScaleY: 1, Bilinear: bilinear} }

// A shift by whole pixels, a half turn and a quarter turn move pixels without
// mixing them, in both kinds of interpolation.
func TestWarpExactly(t *testing.T) {
	const n = 10
	src := pattern(n, n)
	for _, bilinear := range []bool{true, false} {
		check := func(what string, tr Transform, from func(x, y int) (int, int)) {
			t.Helper()
			got := warped(src, n, n, tr)
			for y := range n {
				for x := range n {
					want := uint8(255)
					if fx, fy := from(x, y); fx >= 0 && fx < n && fy >= 0 && fy < n {
						want = src[fy*n+fx]
					}
					if got[y*n+x] != want {
						t.Fatalf("%s, bilinear %v: pixel (%d, %d) is %d, want %d", what, bilinear, x, y, got[y*n+x], want)
					}
				}
			}
		}
		shift := still(bilinear)
		shift.ShiftX, shift.ShiftY = 0.3, -0.2
		check("shift right by 3 and up by 2", shift, func(x, y int) (int, int) { return x - 3, y + 2 })
		half := still(bilinear)
		half.Rotate = 180
		check("half turn", half, func(x, y int) (int, int) { return n - 1 - x, n - 1 - y })
		quarter := still(bilinear)
		quarter.Rotate = 90
		check("quarter turn clockwise", quarter, func(x, y int) (int, int) { return y, n - 1 - x })
	}
}

// A uniform image in its fill is uniform whatever is done to it.
func TestWarpOfFill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 20).Draw(t, "w"), rapid.IntRange(1, 20).Draw(t, "h")
		src := bytes.Repeat([]byte{255}, w*h)
		if got := warped(src, w, h, transforms().Draw(t, "transform")); !bytes.Equal(got, src) {
			t.Fatal("white on white does not stay white")
		}
	})
}

// The fixed-point warp agrees with the definition in float64, pixel for pixel
// wherever the rounding of positions cannot matter.
func TestWarpAgainstDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(2, 24).Draw(t, "w"), rapid.IntRange(2, 24).Draw(t, "h")
		src := pattern(w, h)
		tr := transforms().Draw(t, "transform")
		got := warped(src, w, h, tr)
		at := func(x, y int) float64 {
			if x < 0 || y < 0 || x >= w || y >= h {
				return 255
			}
			return float64(src[y*w+x])
		}
		sin, cos := math.Sincos(tr.Rotate * math.Pi / 180)
		cx, cy := float64(w-1)/2, float64(h-1)/2
		for i, g := range got {
			dx := float64(i%w) - cx - tr.ShiftX*float64(w)
			dy := float64(i/w) - cy - tr.ShiftY*float64(h)
			sx := (cos*dx+sin*dy)/tr.ScaleX + cx
			sy := (-sin*dx+cos*dy)/tr.ScaleY + cy
			if !tr.Bilinear {
				const eps = 0.01 // the position's error
				if near(sx+0.5, eps) || near(sy+0.5, eps) {
					continue
				}
				if want := at(int(math.Floor(sx+0.5)), int(math.Floor(sy+0.5))); float64(g) != want {
					t.Fatalf("pixel %d is %d, nearest (%v, %v) is %v", i, g, sx, sy, want)
				}
				continue
			}
			fx, fy := math.Floor(sx), math.Floor(sy)
			x, y, ax, ay := int(fx), int(fy), sx-fx, sy-fy
			want := (1-ay)*((1-ax)*at(x, y)+ax*at(x+1, y)) + ay*((1-ax)*at(x, y+1)+ax*at(x+1, y+1))
			// Weights of 8 bits truncate by up to 1/256 an axis, of 255.
			if d := math.Abs(float64(g) - want); d > 2.6 {
				t.Fatalf("pixel %d is %d, want %v at (%v, %v)", i, g, want, sx, sy)
			}
		}
	})
}

func near(v, eps float64) bool { return math.Abs(v-math.Round(v)) < eps }

func TestSpan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Int64Range(-500, 500).Draw(t, "start")
		step := rapid.Int64Range(-60, 60).Draw(t, "step")
		limit := rapid.Int64Range(1, 300).Draw(t, "limit")
		const n = 20
		lo, hi := span(start, step, limit, n)
		for x := range n {
			v := start + int64(x)*step
			if in := v >= 0 && v < limit; in != (x >= lo && x < hi) {
				t.Fatalf("x %d has value %d within %d: %v, but the span is [%d, %d)", x, v, limit, in, lo, hi)
			}
		}
	})
}

func TestSincos(t *testing.T) {
	for d := -180.0; d <= 180; d += 0.37 {
		sin, cos := sincos(d)
		wantSin, wantCos := math.Sincos(d * math.Pi / 180)
		if math.Abs(sin-wantSin) > 1e-15 || math.Abs(cos-wantCos) > 1e-15 {
			t.Errorf("sincos(%v) is %v, %v, want %v, %v", d, sin, cos, wantSin, wantCos)
		}
	}
	for d, want := range map[float64][2]float64{0: {0, 1}, 90: {1, 0}, 180: {0, -1}, -90: {-1, 0}} {
		if sin, cos := sincos(d); sin != want[0] || cos != want[1] {
			t.Errorf("sincos(%v) is %v, %v, want %v", d, sin, cos, want)
		}
	}
}

func TestExpNeg(t *testing.T) {
	for x := 0.0; x < 200; x += 0.173 {
		if got, want := expNeg(x), math.Exp(-x); math.Abs(got-want) > 1e-13*want {
			t.Errorf("expNeg(%v) is %v, want %v", x, got, want)
		}
	}
	if expNeg(math.Inf(1)) != 0 || expNeg(0) != 1 {
		t.Error("expNeg is wrong at an end")
	}
}
