package biometrics

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Counted scores are those of the pairs one by one, and so are mapped ones,
// also where a function falls or makes one of several.
func TestCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := drawScores(t)
		want, err := New(score, genuine)
		if err != nil {
			t.Fatal(err)
		}
		counts := map[float64]Count{}
		for i, v := range score {
			c := counts[v]
			if genuine[i] {
				c.Genuine++
			} else {
				c.Impostor++
			}
			counts[v] = c
		}
		got, err := Counted(counts)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(Scores{})); d != "" {
			t.Fatal(d)
		}
		f := rapid.SampledFrom([]func(float64) float64{
			func(x float64) float64 { return -3 * x },
			func(x float64) float64 { return math.Floor(4 * x) },
		}).Draw(t, "f")
		mapped := make([]float64, len(score))
		for i, v := range score {
			mapped[i] = f(v)
		}
		if want, err = New(mapped, genuine); err != nil {
			t.Fatal(err)
		}
		if got, err = got.Map(f); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(Scores{})); d != "" {
			t.Fatal(d)
		}
	})
}

func TestCountedErrors(t *testing.T) {
	for _, counts := range []map[float64]Count{nil, {1: {}}, {math.NaN(): {1, 1}}, {math.Inf(1): {1, 1}}} {
		if s, err := Counted(counts); err == nil {
			t.Errorf("%v gives %+v", counts, s)
		}
	}
}

// The bin above begins where a bin ends.
func TestAbove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := NewAccumulator(rapid.IntRange(0, 16).Draw(t, "resolution"))
		x := float32(rapid.Float64Range(-50, 50).Draw(t, "score"))
		above := a.Above(x)
		below := math.Nextafter32(above, float32(math.Inf(-1)))
		if !(above > x) || a.Edge(above) != above || a.Edge(below) != a.Edge(x) {
			t.Fatalf("above %v is %v; the bin of %v begins at %v, that of %v at %v", x, above, below, a.Edge(below), x, a.Edge(x))
		}
	})
}
