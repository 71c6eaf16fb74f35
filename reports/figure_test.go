package reports

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

var unitAxis = axis{Min: 0.0, Max: 1.0}

// A thinned curve may not stray from the curve by more than it says.
func TestThinKeepsTheCurve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 3000).Draw(t, "points")
		step := rapid.Float64Range(0, 1).Draw(t, "roughness")
		points := make([][2]float64, n)
		for i := range points {
			x := float64(i) / float64(n-1)
			points[i] = [2]float64{x, (x + step*math.Abs(math.Sin(float64(i)*7))) / (1 + step)}
		}
		thinned, tolerance := thin(points, unitAxis, unitAxis)
		if len(thinned) > maxPoints {
			t.Fatalf("%d points left", len(thinned))
		}
		at := 0
		for _, p := range points {
			for at < len(thinned)-2 && thinned[at+1][0] < p[0] {
				at++
			}
			a, b := thinned[at], thinned[at+1]
			dx, dy := b[0]-a[0], b[1]-a[1]
			u := math.Max(0, math.Min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/(dx*dx+dy*dy)))
			if d := math.Hypot(p[0]-a[0]-u*dx, p[1]-a[1]-u*dy); d > tolerance+1e-5 { // + what round takes
				t.Fatalf("%v is %g away, tolerance %g", p, d, tolerance)
			}
		}
	})
}

func TestThinOnLogarithms(t *testing.T) {
	// What is seen on the left of a logarithmic axis is kept.
	axis := axis{Log: true, Min: 1e-4, Max: 1.0}
	points := [][2]float64{{1e-4, 0}, {1e-3, 0.5}, {1e-2, 0.6}, {1, 1}}
	if thinned, _ := thin(points, axis, unitAxis); len(thinned) != 4 {
		t.Errorf("left %v of %v", thinned, points)
	}
}

func TestProbit(t *testing.T) {
	for p, want := range map[float64]float64{0.5: 0, 0.975: 1.959963984540054, 0.001: -3.090232306167813} {
		if got := probit(p); math.Abs(got-want) > 1e-9 {
			t.Errorf("probit(%g) = %g, want %g", p, got, want)
		}
	}
}

// A band holds every curve that it is made of.
func TestBandHoldsItsCurves(t *testing.T) {
	trials := newTrials(ablation(3).runs[:3])
	rapid.Check(t, func(t *rapid.T) {
		var all []curve
		for _, tr := range trials {
			var points [][2]float64
			for x := range rapid.IntRange(2, 40).Draw(t, "points") {
				points = append(points, [2]float64{float64(x), rapid.Float64Range(0, 1).Draw(t, "y")})
			}
			all = append(all, curve{tr, "", points})
		}
		p := newPlot(axis{}, axis{})
		p.curves(all, true)
		for _, b := range p.bands[0] {
			for _, c := range all {
				if y, ok := heightAt(c.Points, b[0]); ok && (y < b[1]-1e-3 || y > b[2]+1e-3) {
					t.Fatalf("at %v a curve is %v, the band %v to %v", b[0], y, b[1], b[2])
				}
			}
		}
	})
}

func TestHeightAt(t *testing.T) {
	step := [][2]float64{{0, 0}, {1, 0}, {1, 5}, {2, 5}}
	for x, want := range map[float64]float64{0: 0, 0.5: 0, 1: 5, 1.5: 5, 2: 5} {
		if got, ok := heightAt(step, x); !ok || got != want {
			t.Errorf("at %v it is %v, want %v", x, got, want)
		}
	}
	if _, ok := heightAt(step, 2.5); ok {
		t.Error("a curve has a height beyond its end")
	}
}

func TestCapital(t *testing.T) {
	for text, want := range map[string]string{"": "", "loss": "Loss", "äöü": "Äöü", "pairs/s": "Pairs/s"} {
		if got := capital(text); got != want {
			t.Errorf("capital(%q) = %q, want %q", text, got, want)
		}
	}
}
