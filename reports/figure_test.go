package reports

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

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
		thinned, tolerance := thin(points, fullRate, fullRate)
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
	if thinned, _ := thin(points, axis, fullRate); len(thinned) != 4 {
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

func TestPairsAscendAndSkipWhatIsUndefined(t *testing.T) {
	got := pairs([]number64{1, 0.5, 0}, []number64{0.2, number64(math.NaN()), 0.9}, nil, nil)
	if len(got) != 2 || got[0] != [2]float64{0, 0.9} || got[1] != [2]float64{1, 0.2} {
		t.Errorf("pairs = %v", got)
	}
}

func TestParseCurves(t *testing.T) {
	for _, test := range []struct{ data, want string }{
		{`{`, "no curves"},
		{`{"roc":{"fpr":[0,1],"tpr":[0]}}`, "roc: 2 values of one rate and 1 of the other"},
		{`{"det":{"fmr":[0,1.5],"fnmr":[1,0]}}`, "det: point 1 (1.5, 0) is not within 0 and 1"},
		{`{"histogram":{"edges":[0,1],"genuine":[1,2],"impostor":[1]}}`, "histogram: one count"},
		{`{"histogram":{"edges":[1,1],"genuine":[1],"impostor":[1]}}`, "histogram: bin 0"},
		{`{"cmc":[2]}`, "cmc: point 0"},
		{`{"operating":[{"name":"fixed","fmr":-1}]}`, `operating point "fixed": rate -1`},
		{`{"operating":[{"name":"fixed","tp":-1}]}`, `operating point "fixed": a count is negative`},
		{`{"operating":[{"name":"fixed","tp":1.5}]}`, "no curves"},
	} {
		if _, err := parseCurves([]byte(test.data)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.data, err, test.want)
		}
	}
	c, err := parseCurves([]byte(`{"pr":{"precision":[null,0.5],"recall":[0,1]},"operating":[{"name":"fixed","threshold":null,"tp":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if c.PR.Precision[0].defined() || c.Operating[0].Threshold.defined() || c.Operating[0].TP != 1 {
		t.Errorf("null was read as %v and %v", c.PR.Precision[0], c.Operating[0].Threshold)
	}
}

func FuzzParseCurves(f *testing.F) {
	f.Add([]byte(`{"roc":{"fpr":[0,1],"tpr":[0,1]},"histogram":{"edges":[0,1],"genuine":[3],"impostor":[4]}}`))
	f.Add([]byte(`{"det":{"fmr":[null],"fnmr":[1e-300]},"cmc":[0.5,1]}`))
	f.Add([]byte(`{"operating":[{"name":"calibrated","fmr":null,"fnmr":2}]}`))
	runs := ablation(1).runs[:1]
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseCurves(data)
		if err != nil {
			return
		}
		// What is accepted can be drawn and written as JSON.
		trials := newTrials(runs)
		trials[0].curves = c
		for _, fig := range append(errorFigures(trials), scoreFigure(trials), cmcFigure(trials)) {
			if fig == nil {
				continue
			}
			if data, err := fig.Data(); err != nil || !json.Valid([]byte(data)) {
				t.Fatalf("figure %s: %v", fig.ID, err)
			}
		}
	})
}

func TestCapital(t *testing.T) {
	for text, want := range map[string]string{"": "", "loss": "Loss", "äöü": "Äöü", "pairs/s": "Pairs/s"} {
		if got := capital(text); got != want {
			t.Errorf("capital(%q) = %q, want %q", text, got, want)
		}
	}
}
