package quality

import (
	"errors"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whorl/fingerprint"
	"whorl/fingerprint/imagefile"
	"whorl/fingerprint/imaging"
	"whorl/fingerprint/synth"
)

func drawn(w, h int, pixel func(x, y int) float64) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			g.Pix[y*g.Stride+x] = uint8(max(0, min(255, pixel(x, y))))
		}
	}
	return g
}

func enlarged(g *image.Gray, times int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, times*g.Rect.Dx(), times*g.Rect.Dy()))
	imaging.NewResizer(out.Rect.Dx(), out.Rect.Dy()).Resize(out.Pix, g.Pix, g.Rect.Dx(), g.Rect.Dy())
	return out
}

// TestQuality: synthetic prints pass at several resolutions, at the period
// that their size gives them.
func TestQuality(t *testing.T) {
	for subject := range uint16(4) {
		for finger := range uint8(10) {
			g := synth.Print(1, fingerprint.Identity{Subject: subject + 1, Hand: finger / 5, Finger: finger % 5})
			r := Measure(g)
			if err := r.Check(); err != nil || r.Ridges < 0.3 {
				t.Errorf("print %d of subject %d: %v (%+v)", finger, subject+1, err, r)
			}
			if finger > 0 {
				continue
			}
			big := Measure(enlarged(g, 4))
			if err := big.Check(); err != nil || math.Abs(big.Period/r.Period-4) > 1.5 {
				t.Errorf("print %d of subject %d enlarged: %v (%+v, of the small one %+v)", finger, subject+1, err, big, r)
			}
		}
	}
}

func TestNoPrint(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	blank := func(x, y int) float64 { return 230 }
	for name, c := range map[string]struct {
		image *image.Gray
		want  string
	}{
		"white":      {drawn(96, 103, blank), "blank: contrast 0.0"},
		"faint":      {drawn(96, 103, func(x, y int) float64 { return 200 + 4*r.Float64() }), "blank"},
		"noise":      {drawn(300, 300, func(x, y int) float64 { return 255 * r.Float64() }), "of the image shows ridges"},
		"a gradient": {drawn(200, 100, func(x, y int) float64 { return float64(x) }), "of the image shows ridges"},
		"a disc":     {drawn(100, 100, func(x, y int) float64 { return 255 * max(0, 1-math.Hypot(float64(x-50), float64(y-50))/40) }), "of the image shows ridges"},
		"stripes":    {drawn(100, 100, func(x, y int) float64 { return 128 + 100*math.Sin(float64(x)*1.7) }), "parallel: their direction varies by 0.000"},
		"one pixel":  {drawn(1, 1, blank), "blank"},
	} {
		if err := Measure(c.image).Check(); !errors.Is(err, ErrNoPrint) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

// TestPhotographs looks at those that come with Go.
func TestPhotographs(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("Go is not here: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "src/image/testdata/video-0*.[jp]*g"))
	if err != nil || len(files) == 0 {
		t.Skipf("Go's sources are not here: %v", err)
	}
	for _, f := range files {
		g, err := imagefile.Read(f)
		if err != nil {
			continue // truncated ones
		}
		if r := Measure(g); r.Check() == nil {
			t.Errorf("%s: passes as a print: %+v", filepath.Base(f), r)
		}
	}
}

// TestSOCOFing looks at real and altered prints where they are to be had.
func TestSOCOFing(t *testing.T) {
	const root = "../../../shared/socofing"
	if _, err := os.Stat(root); err != nil {
		t.Skip("SOCOFing is not here")
	}
	for dir, limit := range map[string]float64{"Real": 0.01, "Altered/Altered-Easy": 0.05, "Altered/Altered-Hard": 0.05} {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.BMP"))
		if err != nil {
			t.Fatal(err)
		}
		n, refused := 0, 0
		var ridges []float64
		for i, f := range files {
			if i%25 != 0 {
				continue
			}
			g, err := imagefile.Read(f)
			if err != nil {
				t.Fatal(err)
			}
			r := Measure(g)
			if n++; r.Check() != nil {
				refused++
			}
			ridges = append(ridges, r.Ridges)
		}
		if n == 0 {
			t.Fatalf("no files in %s", dir)
		}
		slices.Sort(ridges)
		t.Logf("%s: %d of %d refused; ridges in %.0f%% of the median print, %.0f%% of the least", dir, refused, n, 100*ridges[n/2], 100*ridges[0])
		if float64(refused) > limit*float64(n) {
			t.Errorf("%s: %d of %d refused", dir, refused, n)
		}
	}
}

func BenchmarkMeasure(b *testing.B) {
	g := synth.Print(1, fingerprint.Identity{Subject: 1})
	for b.Loop() {
		Measure(g)
	}
}
