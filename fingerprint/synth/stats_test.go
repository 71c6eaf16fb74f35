package synth

import (
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/image/bmp"
)

// A statistic of prints, and what it is among real ones.
type statistic struct {
	name string
	of   func(stats) float64

	// The 5th, 50th and 95th percentile among the 584 prints of 96x103 pixels
	// of every tenth subject of SOCOFing's Real, by the estimators of this
	// package, rounded to 3 places. TestPercentilesOfSOCOFing makes them again
	// where ../shared/socofing is at hand.
	p5, p50, p95 float64
}

var statistics = []statistic{
	{"ridge period", func(s stats) float64 { return s.period }, 2.590, 3.009, 3.601},
	{"orientation coherence", func(s stats) float64 { return s.coherence }, 0.483, 0.669, 0.782},
	{"share of ink", func(s stats) float64 { return s.ink }, 0.239, 0.370, 0.558},
}

// Nearly all synthetic prints look, by each statistic, like one of the nine
// tenths in the middle of the real ones; and the typical one like the typical.
func TestStatistics(t *testing.T) {
	t.Parallel()
	const subjects = 10
	all := make([]stats, subjects*Fingers)
	for i := range all {
		all[i] = measure(Print(1, identity(i)))
	}
	for _, s := range statistics {
		v := sorted(all, s.of)
		within := 0
		for _, x := range v {
			if x >= s.p5 && x <= s.p95 {
				within++
			}
		}
		t.Logf("%s: 5th percentile %.3f, median %.3f, 95th %.3f; of real ones %.3f, %.3f, %.3f; %d of %d within",
			s.name, percentile(v, 5), percentile(v, 50), percentile(v, 95), s.p5, s.p50, s.p95, within, len(v))
		if share := float64(within) / float64(len(v)); share < 0.95 {
			t.Errorf("%s: only %.0f%% of the prints are between %.3f and %.3f", s.name, 100*share, s.p5, s.p95)
		}
		if off := math.Abs(percentile(v, 50) - s.p50); off > (s.p95-s.p5)/8 {
			t.Errorf("%s: median %.3f, want about %.3f", s.name, percentile(v, 50), s.p50)
		}
	}
}

func TestPercentilesOfSOCOFing(t *testing.T) {
	t.Parallel()
	var all []stats
	for _, path := range socofing(t, "Real/*.BMP") {
		if g := readBMP(t, path); g.Rect.Dx() == Width {
			all = append(all, measure(g))
		}
	}
	if len(all) != 584 {
		t.Fatalf("%d prints of 96x103, want 584", len(all))
	}
	for _, s := range statistics {
		v := sorted(all, s.of)
		got := [3]float64{percentile(v, 5), percentile(v, 50), percentile(v, 95)}
		for i, want := range [3]float64{s.p5, s.p50, s.p95} {
			if math.Abs(got[i]-want) > 0.0006 {
				t.Errorf("%s: 5th, 50th and 95th percentile %.3f, committed %.3f, %.3f, %.3f", s.name, got, s.p5, s.p50, s.p95)
				break
			}
		}
	}
}

func sorted(all []stats, of func(stats) float64) []float64 {
	v := make([]float64, len(all))
	for i, s := range all {
		v[i] = of(s)
	}
	slices.Sort(v)
	return v
}

func percentile(sorted []float64, p int) float64 { return sorted[p*(len(sorted)-1)/100] }

// socofing returns the real files that match the pattern, or skips the test.
func socofing(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../../shared/socofing", pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("needs ../shared/socofing beside the repository")
	}
	return files
}

// readBMP decodes a grey image with golang.org/x/image/bmp.
func readBMP(t *testing.T, path string) *image.Gray {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := bmp.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return grey(t, m)
}

// grey returns the red channel of an image, with transparency ignored.
func grey(t *testing.T, m image.Image) *image.Gray {
	t.Helper()
	g := image.NewGray(m.Bounds())
	for i := range g.Pix {
		switch m := m.(type) {
		case *image.NRGBA:
			g.Pix[i] = m.Pix[4*i]
		case *image.RGBA:
			g.Pix[i] = m.Pix[4*i]
		case *image.Paletted:
			r, _, _, _ := m.Palette[m.Pix[i]].RGBA()
			g.Pix[i] = uint8(r >> 8)
		default:
			t.Fatalf("decoded to %T", m)
		}
	}
	return g
}
