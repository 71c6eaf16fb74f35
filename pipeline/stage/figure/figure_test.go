package figure_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whorl/pipeline/stage/figure"
)

func sample() figure.Set {
	low, high := 0.01, 0.03
	return figure.Set{Figures: []figure.Figure{
		{Name: "det", Title: "DET", Curve: &figure.Curve{
			X:     figure.Axis{Label: "FMR", Scale: figure.Normal, Unit: "%"},
			Y:     figure.Axis{Label: "FNMR", Scale: figure.Normal, Unit: "%"},
			Lines: []figure.Line{{X: []float64{0.1, 0.2}, Y: []float64{0.2, 0.1}, Low: []float64{0, 0}, High: []float64{1, 1}}},
			Marks: []figure.Mark{{Name: "EER", X: 0.15, Y: 0.15}},
		}},
		{Name: "scores", Title: "Scores", Histogram: &figure.Histogram{
			X: figure.Axis{Label: "score"}, Edges: []float64{0, 0.5, 1},
			Groups: []figure.Group{{Name: "genuine", Counts: []float64{1, 9}}},
		}},
		{Name: "confusion", Title: "Confusion", Matrix: &figure.Matrix{
			RowLabel: "truth", ColumnLabel: "decision",
			Rows: []string{"genuine", "impostor"}, Columns: []string{"match", "no match"}, Counts: [][]int{{9, 1}, {0, 10}},
		}},
		{Name: "eer by part", Title: "EER", Estimates: &figure.Estimates{
			Quantity: "EER", Level: 0.95, Rows: []figure.Estimate{{Name: "hard", Value: 0.02, Low: &low, High: &high, N: 40}},
		}},
		{Name: "errors", Title: "Errors", Pairs: &figure.Pairs{Quantity: "score", Items: []figure.Pair{{
			ID: "a/b", Group: "highest impostors", Value: 0.9,
			Left: figure.Image{File: "a.png"}, Right: figure.Image{File: "img/b.png"},
		}}}},
	}}
}

func TestRoundTrip(t *testing.T) {
	want := sample()
	text, err := figure.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := figure.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	want.Version = figure.Version
	if d := cmp.Diff(&want, got); d != "" {
		t.Error(d)
	}
}

func TestCheck(t *testing.T) {
	for want, spoil := range map[string]func(*figure.Set){
		"used twice":        func(s *figure.Set) { s.Figures[1].Name = "det" },
		"want one":          func(s *figure.Set) { s.Figures[0].Matrix = &figure.Matrix{} },
		"unknown scale":     func(s *figure.Set) { s.Figures[0].Curve.X.Scale = "cubic" },
		"2 x and 1 y":       func(s *figure.Set) { s.Figures[0].Curve.Lines[0].Y = []float64{1} },
		"a band of 1 and 2": func(s *figure.Set) { s.Figures[0].Curve.Lines[0].Low = []float64{1} },
		"not finite":        func(s *figure.Set) { s.Figures[0].Curve.Lines[0].X[0] = math.NaN() },
		"not ascending":     func(s *figure.Set) { s.Figures[1].Histogram.Edges[1] = 0 },
		"3 counts":          func(s *figure.Set) { s.Figures[1].Histogram.Groups[0].Counts = []float64{1, 2, 3} },
		"a count is -1":     func(s *figure.Set) { s.Figures[2].Matrix.Counts[0][0] = -1 },
		"0.03 to 0.01": func(s *figure.Set) {
			r := &s.Figures[3].Estimates.Rows[0]
			r.Low, r.High = r.High, r.Low
		},
		"not the path": func(s *figure.Set) { s.Figures[4].Pairs.Items[0].Left.File = "../a.png" },
	} {
		s := sample()
		spoil(&s)
		if _, err := figure.Encode(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want ...%s...", err, want)
		}
	}
}

func TestDecodeStrict(t *testing.T) {
	for text, want := range map[string]string{
		`{"version":2,"figures":[]}`:          "version 2",
		`{"version":1,"figures":[],"more":1}`: "unknown field",
		`{"version":1,"figures":[]} {}`:       "follows",
		`{"version":1`:                        "EOF",
	} {
		if _, err := figure.Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want ...%s...", text, err, want)
		}
	}
}

// FuzzDecode checks that what is accepted can be written and read again.
func FuzzDecode(f *testing.F) {
	text, err := figure.Encode(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"version":1,"figures":[{"name":"x","title":"","curve":null}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := figure.Decode(text)
		if err != nil {
			return
		}
		again, err := figure.Encode(*s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := figure.Decode(again); err != nil {
			t.Fatal(err)
		}
	})
}
