package biometrics

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The values are R's: prop.test without continuity correction, binom.test.
func TestProportionIntervals(t *testing.T) {
	for _, c := range []struct {
		k, n          int
		wilson, exact Interval
	}{
		{8, 10, Interval{0.4901625, 0.9433178}, Interval{0.4439045, 0.9747893}},
		{0, 10, Interval{0, 0.2775328}, Interval{0, 0.3084971}},
		{10, 10, Interval{0.7224672, 1}, Interval{0.6915029, 1}},
	} {
		check := func(what string, got, want Interval, err error) {
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(got.Low-want.Low) > 5e-8 || math.Abs(got.High-want.High) > 5e-8 {
				t.Errorf("%s of %d/%d: got %v, want %v", what, c.k, c.n, got, want)
			}
		}
		w, err := Wilson(c.k, c.n, 0.95)
		check("Wilson", w, c.wilson, err)
		e, err := ClopperPearson(c.k, c.n, 0.95)
		check("Clopper-Pearson", e, c.exact, err)
	}
}

// normalPairs draws n independent pairs of each class, the genuine ones
// higher by one standard deviation.
func normalPairs(n int) (score []float64, genuine []bool) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 2 * n {
		g := i%2 == 0
		x := rng.NormFloat64()
		if g {
			x++
		}
		score, genuine = append(score, x), append(genuine, g)
	}
	return score, genuine
}

func TestBootstrapAgreesWithDeLong(t *testing.T) {
	score, genuine := normalPairs(300)
	d, err := DeLong(score, genuine, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	boot := Bootstrap{Seed: 1, Replicates: 2000, Confidence: 0.95}
	b, err := boot.Interval(score, genuine, nil, (*Scores).AUC)
	if err != nil {
		t.Fatal(err)
	}
	if r := (b.High - b.Low) / (d.High - d.Low); r < 0.9 || r > 1.1 {
		t.Errorf("bootstrap %v, DeLong %v: widths differ by %v", b, d, r)
	}
	again, err := boot.Interval(score, genuine, nil, (*Scores).AUC)
	if err != nil {
		t.Fatal(err)
	}
	if again != b {
		t.Errorf("the same seed gave %v and %v", b, again)
	}
	eer := func(s *Scores) float64 { rate, _ := s.EER(); return rate }
	both, err := boot.Intervals(score, genuine, nil, eer, (*Scores).AUC)
	if err != nil {
		t.Fatal(err)
	}
	if e, _ := boot.Interval(score, genuine, nil, eer); both[0] != e || both[1] != b {
		t.Errorf("together %v, apart %v and %v", both, e, b)
	}
	boot.Seed = 2
	if other, _ := boot.Interval(score, genuine, nil, (*Scores).AUC); other == b {
		t.Errorf("another seed gave the same interval %v", b)
	}
}

// Copies of a pair are no new information: drawn by cluster, the interval is
// as wide as without them; drawn one by one it would be half as wide.
func TestBootstrapDrawsClusters(t *testing.T) {
	score, genuine := normalPairs(100)
	var copies []float64
	var truth []bool
	var cluster []int
	for i := range score {
		for range 4 {
			copies, truth, cluster = append(copies, score[i]), append(truth, genuine[i]), append(cluster, i)
		}
	}
	boot := Bootstrap{Seed: 1, Replicates: 500, Confidence: 0.95}
	want, err := boot.Interval(score, genuine, nil, (*Scores).AUC)
	if err != nil {
		t.Fatal(err)
	}
	got, err := boot.Interval(copies, truth, cluster, (*Scores).AUC)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Low-want.Low) > 1e-12 || math.Abs(got.High-want.High) > 1e-12 {
		t.Errorf("with copies %v, without %v", got, want)
	}
	alone, err := boot.Interval(copies, truth, nil, (*Scores).AUC)
	if err != nil {
		t.Fatal(err)
	}
	if r := (alone.High - alone.Low) / (want.High - want.Low); r > 0.7 {
		t.Errorf("without clusters the width only falls to %v", r)
	}
}

func TestDeLongTest(t *testing.T) {
	good, genuine := normalPairs(200)
	rng := rand.New(rand.NewPCG(3, 4))
	noisy, slightly := make([]float64, len(good)), make([]float64, len(good))
	for i, x := range good {
		noisy[i] = x + 2*rng.NormFloat64()
		slightly[i] = x + 0.01*rng.NormFloat64()
	}
	worse, err := DeLongTest(good, noisy, genuine)
	if err != nil {
		t.Fatal(err)
	}
	if worse.Difference <= 0 || worse.P > 0.001 {
		t.Errorf("against much noise: %+v", worse)
	}
	reverse, err := DeLongTest(noisy, good, genuine)
	if err != nil {
		t.Fatal(err)
	}
	if reverse.Difference != -worse.Difference || math.Abs(reverse.P-worse.P) > 1e-12 {
		t.Errorf("%+v, the other way round %+v", worse, reverse)
	}
	same, err := DeLongTest(good, slightly, genuine)
	if err != nil {
		t.Fatal(err)
	}
	if same.P < 0.01 {
		t.Errorf("against hardly any noise: %+v", same)
	}
	if self, _ := DeLongTest(good, good, genuine); self != (PairedTest{0, 0, 1}) {
		t.Errorf("against itself: %+v", self)
	}
}

func TestBootstrapDifference(t *testing.T) {
	good, genuine := normalPairs(200)
	rng := rand.New(rand.NewPCG(3, 4))
	noisy, slightly := make([]float64, len(good)), make([]float64, len(good))
	for i, x := range good {
		noisy[i] = x + 2*rng.NormFloat64()
		slightly[i] = x + 0.1*rng.NormFloat64()
	}
	boot := Bootstrap{Seed: 1, Replicates: 1000, Confidence: 0.95}
	worse, err := boot.Difference(good, noisy, genuine, nil, (*Scores).AUC)
	if err != nil {
		t.Fatal(err)
	}
	if worse.Low <= 0 {
		t.Errorf("against much noise: %v holds 0", worse)
	}
	// Both are drawn together: what they have in common cancels out, and the
	// interval is far narrower than that of either.
	paired, err := boot.Difference(good, slightly, genuine, nil, (*Scores).AUC)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := boot.Interval(good, genuine, nil, (*Scores).AUC)
	if err != nil {
		t.Fatal(err)
	}
	if paired.High-paired.Low > (alone.High-alone.Low)/3 {
		t.Errorf("of the difference %v, of one alone %v", paired, alone)
	}
	test, err := DeLongTest(good, slightly, genuine)
	if err != nil {
		t.Fatal(err)
	}
	const z = 1.959963984540054 // of 95%
	if r := (paired.High - paired.Low) / (2 * z * test.Difference / test.Z); r < 0.8 || r > 1.25 {
		t.Errorf("width of the bootstrap's interval is %v of DeLong's", r)
	}
	if self, err := boot.Difference(good, good, genuine, nil, (*Scores).AUC); err != nil || self != (Interval{}) {
		t.Errorf("against itself: %v, %v", self, err)
	}
}
