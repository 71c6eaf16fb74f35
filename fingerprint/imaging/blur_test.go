package imaging

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The blur agrees with a Gaussian in float64 as far as 8-bit weights and two
// roundings allow.
func TestBlurAgainstDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 30).Draw(t, "w"), rapid.IntRange(1, 30).Draw(t, "h")
		sigma := rapid.Float64Range(0.01, maxSigma).Draw(t, "sigma")
		src := smooth(w, h)
		dst := make([]uint8, w*h)
		b := newBlurrer(w, h)
		if !b.set(sigma) {
			copy(dst, src)
		} else {
			b.apply(dst, src)
		}
		weight := func(d int) float64 { return math.Exp(-float64(d*d) / (2 * sigma * sigma)) }
		const r = maxRadius
		for i, g := range dst {
			sum, total := 0.0, 0.0
			for dy := -r; dy <= r; dy++ {
				for dx := -r; dx <= r; dx++ {
					k := weight(dx) * weight(dy)
					total += k
					sum += k * float64(src[reflect101(i/w+dy, h)*w+reflect101(i%w+dx, w)])
				}
			}
			if want := sum / total; math.Abs(float64(g)-want) > 4 {
				t.Fatalf("sigma %v: pixel (%d, %d) is %d, want %v", sigma, i%w, i/w, g, want)
			}
		}
	})
}

func TestBlurKeepsEvenImages(t *testing.T) {
	for _, sigma := range []float64{0.3, 0.5, 1, maxSigma} {
		for _, v := range []uint8{0, 1, 127, 255} {
			const w, h = 13, 9
			src, dst := make([]uint8, w*h), make([]uint8, w*h)
			fillAll(src, v)
			b := newBlurrer(w, h)
			if !b.set(sigma) {
				t.Fatalf("sigma %v does not blur", sigma)
			}
			b.apply(dst, src)
			for i, g := range dst {
				if g != v {
					t.Fatalf("sigma %v: pixel %d of an image of %d became %d", sigma, i, v, g)
				}
			}
		}
	}
}

// A point spreads by OpenCV's 8-bit kernel for sigma 0.5, [27 202 27] of 256.
func TestBlurOfAPoint(t *testing.T) {
	src, dst := make([]uint8, 25), make([]uint8, 25)
	src[12] = 255
	b := newBlurrer(5, 5)
	b.set(0.5)
	b.apply(dst, src)
	want := []uint8{
		0, 0, 0, 0, 0,
		0, 3, 21, 3, 0,
		0, 21, 159, 21, 0,
		0, 3, 21, 3, 0,
		0, 0, 0, 0, 0,
	}
	for i := range want {
		if dst[i] != want[i] {
			t.Fatalf("got %v, want %v", dst, want)
		}
	}
}

func TestReflect101(t *testing.T) {
	for i, want := range map[int]int{-3: 3, -1: 1, 0: 0, 3: 3, 4: 2, 6: 0, 7: 1} {
		if got := reflect101(i, 4); got != want {
			t.Errorf("%d of 4 is reflected to %d, want %d", i, got, want)
		}
	}
}
