package biometrics

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The values are those of R's prop.test without continuity correction.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		k, n int
		want Interval
	}{
		{8, 10, Interval{0.4901625, 0.9433178}},
		{0, 10, Interval{0, 0.2775328}},
		{10, 10, Interval{0.7224672, 1}},
	} {
		got, err := Wilson(c.k, c.n, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.Low-c.want.Low) > 5e-8 || math.Abs(got.High-c.want.High) > 5e-8 {
			t.Errorf("Wilson of %d/%d: got %v, want %v", c.k, c.n, got, c.want)
		}
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

// each numbers pairs, so that each is a cluster of its own.
func each(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func clusters(t *testing.T, score []float64, genuine []bool, cluster []int) *Clusters {
	t.Helper()
	c, err := NewClusters(score, genuine, cluster)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func interval(t *testing.T, b Bootstrap, c *Clusters, figure Figure) Interval {
	t.Helper()
	ci, err := b.Intervals(c, figure)
	if err != nil {
		t.Fatal(err)
	}
	return ci[0]
}

// Two methods that share nothing agree on many independent pairs.
func TestBootstrapAgreesWithJackknife(t *testing.T) {
	score, genuine := normalPairs(300)
	c := clusters(t, score, genuine, each(600))
	d, err := c.AUC(0.95)
	if err != nil {
		t.Fatal(err)
	}
	boot := Bootstrap{Seed: 1, Replicates: 2000, Confidence: 0.95}
	b := interval(t, boot, c, (*Scores).AUC)
	if r := (b.High - b.Low) / (d.High - d.Low); r < 0.9 || r > 1.1 {
		t.Errorf("bootstrap %v, jackknife %v: widths differ by %v", b, d, r)
	}
	if again := interval(t, boot, c, (*Scores).AUC); again != b {
		t.Errorf("the same seed gave %v and %v", b, again)
	}
	both, err := boot.Intervals(c, EER, (*Scores).AUC)
	if err != nil {
		t.Fatal(err)
	}
	if e := interval(t, boot, c, EER); both[0] != e || both[1] != b {
		t.Errorf("together %v, apart %v and %v", both, e, b)
	}
	boot.Seed = 2
	if other := interval(t, boot, c, (*Scores).AUC); other == b {
		t.Errorf("another seed gave the same interval %v", b)
	}
}

// Without ICC and with clusters of one, the interval of a rate is Wilson's with
// t for z: the design effect is n/(n-1).
func TestClusteredWilsonOfSingles(t *testing.T) {
	shares := make([]Share, 400)
	for i := range shares {
		shares[i].N = 1
		if i < 20 {
			shares[i].K = 1
		}
	}
	got, err := ClusteredWilson(shares, .95)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Wilson(20, 400, .95)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Low-want.Low) > 3e-4 || math.Abs(got.High-want.High) > 3e-4 {
		t.Errorf("%v, Wilson's is %v", got, want)
	}
}

// Copies of a trial are no new information.
func TestClusteredWilsonOfCopies(t *testing.T) {
	var single, copies []Share
	for i := range 30 {
		k := 0
		if i%5 == 0 {
			k = 1
		}
		single, copies = append(single, Share{k, 1}), append(copies, Share{9 * k, 9})
	}
	a, err := ClusteredWilson(single, .95)
	if err != nil {
		t.Fatal(err)
	}
	b, err := ClusteredWilson(copies, .95)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(a.Low-b.Low) > 1e-12 || math.Abs(a.High-b.High) > 1e-12 {
		t.Errorf("single trials %v, copied %v", a, b)
	}
}

// The upper end of an EER of 0 is not above that of a larger one.
func TestBootstrapEERIsMonotone(t *testing.T) {
	var score []float64
	var genuine []bool
	var cluster []int
	for subject := range 12 {
		for k := range 9 {
			score = append(score, .9+float64(k)/100, .1+float64(k)/100)
			genuine = append(genuine, true, false)
			cluster = append(cluster, subject, subject)
		}
	}
	boot := Bootstrap{Seed: 1, Replicates: 500, Confidence: .95}
	last := 0.0
	for wrong := range 5 {
		ci, err := boot.EER(clusters(t, score, genuine, cluster))
		if err != nil {
			t.Fatal(err)
		}
		if ci.High < last || ci.High == 0 {
			t.Errorf("%d pairs wrong: %v, below %v", wrong, ci, last)
		}
		last = ci.High
		score[36*wrong], score[36*wrong+1] = .2, .8
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
	want := interval(t, boot, clusters(t, score, genuine, each(len(score))), (*Scores).AUC)
	got := interval(t, boot, clusters(t, copies, truth, cluster), (*Scores).AUC)
	if math.Abs(got.Low-want.Low) > 1e-12 || math.Abs(got.High-want.High) > 1e-12 {
		t.Errorf("with copies %v, without %v", got, want)
	}
	alone := interval(t, boot, clusters(t, copies, truth, each(len(copies))), (*Scores).AUC)
	if r := (alone.High - alone.Low) / (want.High - want.Low); r > 0.7 {
		t.Errorf("without clusters the width only falls to %v", r)
	}
}
