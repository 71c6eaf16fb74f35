package synth

import (
	"math"
	"testing"
)

// Once around a core the ridges turn by half a turn, around a delta back by
// as much, around both or neither not at all: the Poincaré index (Kawagoe and
// Tojo, "Fingerprint pattern classification", Pattern Recognition 17, 1984).
func TestPoincareIndex(t *testing.T) {
	for i := range 60 {
		p := newPattern(newSource("test", uint64(i)), uint8(i%2))
		for j, c := range p.cores {
			if got := poincare(&p, c, 0.5); got != 1 {
				t.Errorf("pattern %d, core %d: index %d/2, want 1/2", i, j, got)
			}
		}
		for j, d := range p.deltas {
			if got := poincare(&p, d, 0.5); got != -1 {
				t.Errorf("pattern %d, delta %d: index %d/2, want -1/2", i, j, got)
			}
		}
		if got := poincare(&p, vec{}, 500); got != len(p.cores)-len(p.deltas) {
			t.Errorf("pattern %d, far around: index %d/2, want %d/2", i, got, len(p.cores)-len(p.deltas))
		}
	}
}

// poincare returns twice the number of turns that the orientation makes along
// a circle.
func poincare(p *pattern, centre vec, radius float64) int {
	const steps = 400
	at := func(i int) vec {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / steps)
		// The tilt turns positions too.
		return p.orientation(centre.add(vec{cos, sin}.scale(radius)).times(p.tilt))
	}
	var turned float64
	for i := range steps {
		d := at(i + 1).times(at(i).conj())
		turned += math.Atan2(d.y, d.x)
	}
	return int(math.Round(turned / (2 * math.Pi)))
}

func TestClassesHaveTheirSingularities(t *testing.T) {
	seen := make(map[class]int)
	for i := range 400 {
		p := newPattern(newSource("test", uint64(i)), 0)
		seen[p.class]++
		want := map[class]int{arch: 0, tentedArch: 1, loop: 1, whorl: 2, doubleLoop: 2}[p.class]
		if len(p.cores) != want || len(p.deltas) != want || len(p.tails) != want {
			t.Fatalf("class %d has %d cores, %d deltas, want %d", p.class, len(p.cores), len(p.deltas), want)
		}
	}
	for c, share := range classShares {
		if n := seen[class(c)]; math.Abs(float64(n)-400*share) > 4*math.Sqrt(400*share) {
			t.Errorf("class %d: %d of 400, want about %.0f", c, n, 400*share)
		}
	}
}

// The filters answer to waves of their own orientation and period, and not to
// what has no ridges.
func TestFilters(t *testing.T) {
	b := filters()
	for k := range b.kernels {
		var sum, size int32
		for _, w := range b.kernels[k] {
			sum += w
			size += max(w, -w)
		}
		if max(sum, -sum) > taps*taps || size > gain || size < gain*9/10 {
			t.Fatalf("filter %d: weights sum to %d, their sizes to %d; want about 0 and %d", k, sum, size, gain)
		}
	}
	for _, degrees := range []float64{0, 30, 90, 135, 170} {
		sin, cos := math.Sincos(2 * degrees * math.Pi / 180)
		got := int(b.nearest(vec{cos, sin}, 4.3))
		if o, want := got/periods, int(math.Round(degrees/180*orientations)); o != want {
			t.Errorf("%g degrees: filter %d, want %d", degrees, o, want)
		}
		s := wave(degrees, 4.3)
		at := paddedH/2*paddedW + paddedW/2
		own := s.filtered(at, &b.kernels[got])
		across := s.filtered(at, &b.kernels[int(b.nearest(vec{-cos, -sin}, 4.3))])
		if own < unity || max(across, -across) > unity/8 {
			t.Errorf("%g degrees: response %d along and %d across, want %d and about 0", degrees, own, across, unity)
		}
	}
}

// wave is a signal with ridges in the given direction, one of them through
// the middle.
func wave(degrees, period float64) *signal {
	s := new(signal)
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	for i := range s {
		x, y := float64(i%paddedW-paddedW/2), float64(paddedH/2-i/paddedW)
		s[i] = int32(unity / 2 * math.Cos(2*math.Pi*(y*cos-x*sin)/period))
	}
	return s
}

func TestCosine(t *testing.T) {
	for turns := -2.0; turns < 2; turns += 0.003 {
		if got, want := cosine(turns), math.Cos(2*math.Pi*turns); math.Abs(got-want) > 1e-7 {
			t.Errorf("cosine of %g turns is %g, want %g", turns, got, want)
		}
	}
}

func TestNormal(t *testing.T) {
	r := newSource("test")
	var sum, squares float64
	const n = 100_000
	for range n {
		v := r.normal()
		sum += v
		squares += v * v
	}
	if mean := sum / n; math.Abs(mean) > 0.02 {
		t.Errorf("mean %g, want 0", mean)
	}
	if variance := squares / n; math.Abs(variance-1) > 0.02 {
		t.Errorf("variance %g, want 1", variance)
	}
}
