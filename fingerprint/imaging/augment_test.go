package imaging

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"testing"

	"pgregory.net/rapid"

	"whorl/internal/splitmix"
)

// pattern is an image that looks the same from nowhere else.
func pattern(w, h int) []uint8 {
	p := make([]uint8, w*h)
	for i := range p {
		p[i] = uint8(splitmix.Mix(uint64(i)))
	}
	return p
}

// smooth is an image whose values vary slowly, as a blurred print's do.
func smooth(w, h int) []uint8 {
	p := make([]uint8, w*h)
	for i := range p {
		x, y := float64(i%w), float64(i/w)
		p[i] = uint8(127 + 80*math.Sin(x/5)*math.Cos(y/7) + 40*math.Sin((x+y)/9))
	}
	return p
}

// transforms draws any transform within the bounds of policies.
func transforms() *rapid.Generator[Transform] {
	return rapid.Custom(func(t *rapid.T) Transform {
		return Transform{
			Sigma:    rapid.Float64Range(0, maxSigma).Draw(t, "sigma"),
			ScaleX:   rapid.Float64Range(minScale, maxScale).Draw(t, "scale x"),
			ScaleY:   rapid.Float64Range(minScale, maxScale).Draw(t, "scale y"),
			ShiftX:   rapid.Float64Range(-1, 1).Draw(t, "shift x"),
			ShiftY:   rapid.Float64Range(-1, 1).Draw(t, "shift y"),
			Rotate:   rapid.Float64Range(-180, 180).Draw(t, "rotate"),
			Bilinear: rapid.Bool().Draw(t, "bilinear"),
			BlurLast: rapid.Bool().Draw(t, "blur last"),
		}
	})
}

func TestNeutralTransformCopies(t *testing.T) {
	src, dst := pattern(11, 7), make([]uint8, 77)
	NewAugmenter(Policy{}, 1, 11, 7).Transform(dst, src, Transform{ScaleX: 1, ScaleY: 1})
	if !bytes.Equal(dst, src) {
		t.Error("the neutral transform changes the image")
	}
}

// What comes out depends on seed, epoch and sample and on nothing that was
// done before, and src is left alone.
func TestApplyIsPure(t *testing.T) {
	const w, h = 30, 20
	src := pattern(w, h)
	p := Tutorial()
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		epoch, sample := rapid.IntRange(0, 99).Draw(t, "epoch"), rapid.IntRange(0, 50000).Draw(t, "sample")
		want, got := make([]uint8, w*h), make([]uint8, w*h)
		NewAugmenter(p, seed, w, h).Apply(want, src, epoch, sample)
		used := NewAugmenter(p, seed, w, h)
		for range rapid.IntRange(1, 3).Draw(t, "before") {
			used.Transform(got, pattern(w, h), transforms().Draw(t, "transform"))
		}
		used.Apply(got, src, epoch, sample)
		if !bytes.Equal(got, want) {
			t.Fatal("an image depends on those before it")
		}
	})
	if !bytes.Equal(src, pattern(w, h)) {
		t.Error("the source was written to")
	}
}

// A policy without some part gives each sample the same values of the others.
func TestPartsDrawTheSame(t *testing.T) {
	for sample := range 20 {
		whole := Tutorial().Sample(3, 1, sample)
		for _, name := range policyNames {
			p, err := Tutorial().Only(name)
			if err != nil {
				t.Fatal(err)
			}
			part := p.Sample(3, 1, sample)
			want := Transform{ScaleX: 1, ScaleY: 1, Bilinear: whole.Bilinear, BlurLast: whole.BlurLast}
			has := func(names ...string) bool {
				for _, n := range names {
					if n == name {
						return true
					}
				}
				return false
			}
			if has("tutorial", "blur") {
				want.Sigma = whole.Sigma
			}
			if has("tutorial", "geometric", "scale") {
				want.ScaleX, want.ScaleY = whole.ScaleX, whole.ScaleY
			}
			if has("tutorial", "geometric", "shift") {
				want.ShiftX, want.ShiftY = whole.ShiftX, whole.ShiftY
			}
			if has("tutorial", "geometric", "rotate") {
				want.Rotate = whole.Rotate
			}
			if part != want {
				t.Errorf("policy %s draws %+v, want %+v", name, part, want)
			}
		}
	}
}

// Each number of a transform is spread evenly over its range, and they do not
// go along with each other or from one sample to the next.
func TestSampleIsUniform(t *testing.T) {
	const n = 20000
	draw := func(sample int) []float64 {
		s := Tutorial().Sample(9, 2, sample)
		coin := map[bool]float64{true: 1}
		return []float64{
			s.Sigma / 0.5, (s.ScaleX - 0.9) / 0.2, (s.ScaleY - 0.9) / 0.2,
			(s.ShiftX + 0.1) / 0.2, (s.ShiftY + 0.1) / 0.2, (s.Rotate + 30) / 60,
			coin[s.Bilinear], coin[s.BlurLast],
		}
	}
	parts := len(draw(0))
	sum := make([]float64, parts)
	cross := make([][]float64, parts) // with this sample's others and the next sample's
	for i := range cross {
		cross[i] = make([]float64, 2*parts)
	}
	for sample := range n {
		now, next := draw(sample), draw(sample+1)
		for i, v := range now {
			if v < 0 || v > 1 {
				t.Fatalf("sample %d: number %d is %v of its range", sample, i, v)
			}
			sum[i] += v
			for j := range parts {
				cross[i][j] += (v - 0.5) * (now[j] - 0.5)
				cross[i][parts+j] += (v - 0.5) * (next[j] - 0.5)
			}
		}
	}
	// Five standard errors; a coin's variance is 1/4, the others' 1/12.
	for i := range parts {
		if mean := sum[i] / n; math.Abs(mean-0.5) > 5*0.5/math.Sqrt(n) {
			t.Errorf("number %d has mean %v, want 0.5", i, mean)
		}
		for j, c := range cross[i] {
			if j != i && math.Abs(c/n) > 5*0.25/math.Sqrt(n) {
				t.Errorf("numbers %d and %d have covariance %v", i, j, c/n)
			}
		}
	}
}

func TestApplyAllocatesNothing(t *testing.T) {
	src, dst := pattern(90, 90), make([]uint8, 8100)
	a := NewAugmenter(Tutorial(), 1, 90, 90)
	sample := 0
	if n := testing.AllocsPerRun(50, func() { a.Apply(dst, src, 1, sample); sample++ }); n != 0 {
		t.Errorf("%v allocations an image", n)
	}
}

// The bits themselves, the same on every machine: a change here means that
// every augmented training run changes.
func TestBits(t *testing.T) {
	src, dst := pattern(90, 90), make([]uint8, 8100)
	for _, c := range []struct {
		policy, want string
	}{
		{"none", "aba7335e9b166bc9"},
		{"tutorial", "fd998ed860baf5c7"},
		{"blur", "13ad4b67149a4288"},
		{"geometric", "5e189357178386be"},
	} {
		p, err := Tutorial().Only(c.policy)
		if err != nil {
			t.Fatal(err)
		}
		a := NewAugmenter(p, 42, 90, 90)
		sum := sha256.New()
		for sample := range 64 {
			a.Apply(dst, src, 1, sample)
			sum.Write(dst)
		}
		if got := hex.EncodeToString(sum.Sum(nil)[:8]); got != c.want {
			t.Errorf("policy %s: digest %s, want %s", c.policy, got, c.want)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	for _, name := range []string{"tutorial", "blur", "geometric"} {
		b.Run(name, func(b *testing.B) {
			p, err := Tutorial().Only(name)
			if err != nil {
				b.Fatal(err)
			}
			src, dst := smooth(90, 90), make([]uint8, 8100)
			a := NewAugmenter(p, 1, 90, 90)
			b.ReportAllocs()
			sample := 0
			for b.Loop() {
				a.Apply(dst, src, 1, sample)
				sample++
			}
		})
	}
}
