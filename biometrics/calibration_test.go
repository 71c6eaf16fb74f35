package biometrics

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// drawScores draws scores with ties, of both classes.
func drawScores(t *rapid.T) (score []float64, genuine []bool) {
	n := rapid.IntRange(2, 80).Draw(t, "n")
	for i := range n {
		score = append(score, float64(rapid.IntRange(0, 20).Draw(t, "score"))/20)
		genuine = append(genuine, i == 0 || i > 1 && rapid.Bool().Draw(t, "genuine"))
	}
	return score, genuine
}

// At the threshold of a rate the FMR is at most the rate, and at the next
// lower one it is more.
func TestAtFMR(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := New(drawScores(t))
		if err != nil {
			t.Fatal(err)
		}
		rate := rapid.SampledFrom([]float64{0, 0.0001, 0.01, 0.1, 1. / 3, 0.5, 0.999}).Draw(t, "rate")
		at := s.AtFMR(rate)
		if fmr := s.At(at).FMR(); fmr > rate+1e-9 {
			t.Fatalf("at %v the FMR is %v, want at most %v", at, fmr, rate)
		}
		if lower := math.Nextafter(at, math.Inf(-1)); s.At(lower).FMR() <= rate {
			t.Fatalf("a lower threshold than %v has an FMR of at most %v too", at, rate)
		}
	})
	none, err := New([]float64{1}, []bool{true})
	if err != nil || !math.IsNaN(none.AtFMR(0.1)) {
		t.Error("without impostors there is a threshold")
	}
	all, err := New([]float64{1, 2}, []bool{true, false})
	if err != nil || !math.IsInf(all.AtFMR(1), -1) {
		t.Error("a rate of 1 has a threshold")
	}
}

// Of 700 impostors 7 may match at 1%, although 0.01*700 is rounded.
func TestAtFMRCounts(t *testing.T) {
	score, genuine := []float64{1}, []bool{true}
	for i := range 700 {
		score, genuine = append(score, float64(i)), append(genuine, false)
	}
	s, err := New(score, genuine)
	if err != nil {
		t.Fatal(err)
	}
	for rate, want := range map[float64]int{0.01: 7, 0.1: 70, 1. / 7: 100, 0.001: 0} {
		if got := s.At(s.AtFMR(rate)).FP; got != want {
			t.Errorf("at an FMR of %v %d impostors match, want %d", rate, got, want)
		}
	}
}

// The isotonic fit never falls, keeps the number of genuine pairs, and is the
// nearest of such functions: any shift of a level is no nearer.
func TestIsotonic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := drawScores(t)
		s, err := New(score, genuine)
		if err != nil {
			t.Fatal(err)
		}
		f := FitIsotonic(s)
		sum, count := 0.0, 0.0
		for i := range score {
			sum += f.Probability(score[i])
			if genuine[i] {
				count++
			}
		}
		if math.Abs(sum-count) > 1e-9 {
			t.Fatalf("%v genuine pairs are expected of %v", sum, count)
		}
		last := -1.0
		for i := range 41 {
			p := f.Probability(float64(i)/20 - 0.5)
			if p < last || p > 1 {
				t.Fatalf("at %v the probability is %v after %v", float64(i)/20-0.5, p, last)
			}
			last = p
		}
	})
}

// The likelihood has its maximum where the fit is, and calibrated scores are
// as often genuine as they say, on the whole.
func TestPlatt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := drawScores(t)
		s, err := New(score, genuine)
		if err != nil {
			t.Fatal(err)
		}
		p, err := FitPlatt(s)
		if err != nil {
			t.Fatal(err)
		}
		loss := func(q Platt) float64 {
			high, low := float64(s.genuines+1)/float64(s.genuines+2), 1/float64(s.impostors+2)
			sum := 0.0
			for i, x := range score {
				target := low
				if genuine[i] {
					target = high
				}
				pr := q.Probability(x)
				sum -= target*math.Log(pr) + (1-target)*math.Log1p(-pr)
			}
			return sum
		}
		best := loss(p)
		for _, d := range []Platt{{0.01, 0}, {-0.01, 0}, {0, 0.01}, {0, -0.01}} {
			if l := loss(Platt{p.Slope + d.Slope, p.Intercept + d.Intercept}); l < best-1e-7 {
				t.Fatalf("%+v has a loss of %v, a neighbour %v", p, best, l)
			}
		}
	})
	one, err := New([]float64{1, 2}, []bool{true, true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := FitPlatt(one); err == nil {
		t.Error("one class can be calibrated")
	}
}

func TestReliability(t *testing.T) {
	s, err := New([]float64{0, 0.1, 0.6, 0.7, 1}, []bool{false, true, true, false, true})
	if err != nil {
		t.Fatal(err)
	}
	curve, err := s.Reliability(2)
	if err != nil || len(curve) != 2 {
		t.Fatalf("%+v, %v", curve, err)
	}
	near(t, "first mean", curve[0].Mean, 0.05)
	near(t, "first share", curve[0].Genuine, 0.5)
	near(t, "second mean", curve[1].Mean, 2.3/3)
	near(t, "second share", curve[1].Genuine, 2./3)
	ece, err := s.ECE(2)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "ECE", ece, (2*0.45+3*0.1)/5)
	if _, err := s.Reliability(0); err == nil {
		t.Error("no bins are taken")
	}
}
