package biometrics

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

// draw makes scores of both classes on a grid of eighths, so that ties are
// the rule.
func draw(t *rapid.T) (score []float64, genuine []bool) {
	n := rapid.IntRange(2, 40).Draw(t, "pairs")
	levels := rapid.IntRange(1, 9).Draw(t, "levels")
	for i := range n {
		score = append(score, float64(rapid.IntRange(0, levels-1).Draw(t, "score"))/8)
		genuine = append(genuine, i == 0 || i > 1 && rapid.Bool().Draw(t, "genuine"))
	}
	return score, genuine
}

func must(t *rapid.T, score []float64, genuine []bool) *Scores {
	s, err := New(score, genuine)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mapped(v []float64, f func(float64) float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = f(x)
	}
	return out
}

func TestAUCIsMannWhitney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := draw(t)
		s := must(t, score, genuine)
		var wins float64
		for i := range score {
			for j := range score {
				switch {
				case !genuine[i] || genuine[j]:
				case score[i] > score[j]:
					wins++
				case score[i] == score[j]:
					wins += 0.5
				}
			}
		}
		want := wins / float64(s.Genuines()*s.Impostors())
		if got := s.AUC(); got != want {
			t.Fatalf("AUC %v, Mann-Whitney %v", got, want)
		}
		roc := s.ROC()
		if area := integrate.Trapezoidal(roc.FPR, roc.TPR); math.Abs(area-want) > 1e-12 {
			t.Fatalf("AUC %v, area under the ROC %v", want, area)
		}
		roc = roc.Corners()
		if area := integrate.Trapezoidal(roc.FPR, roc.TPR); math.Abs(area-want) > 1e-12 {
			t.Fatalf("AUC %v, area under the corners of the ROC %v", want, area)
		}
	})
}

func TestMonotoneMapsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := draw(t)
		s := must(t, score, genuine)
		e := must(t, mapped(score, math.Exp), genuine)
		if s.AUC() != e.AUC() || s.AveragePrecision() != e.AveragePrecision() {
			t.Fatalf("AUC %v and %v, average precision %v and %v", s.AUC(), e.AUC(), s.AveragePrecision(), e.AveragePrecision())
		}
		if a, b := first(s.EER()), first(e.EER()); a != b {
			t.Fatalf("EER %v and %v", a, b)
		}
	})
}

func first(a, _ float64) float64 { return a }

func TestMirror(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := draw(t)
		swapped := make([]bool, len(genuine))
		for i, g := range genuine {
			swapped[i] = !g
		}
		negative := mapped(score, func(x float64) float64 { return -x })
		s := must(t, score, genuine)
		if a := must(t, negative, genuine).AUC(); math.Abs(s.AUC()+a-1) > 1e-12 {
			t.Fatalf("AUC %v, of the negated scores %v", s.AUC(), a)
		}
		m := must(t, negative, swapped) // both at once turn errors of one kind into the other
		if s.AUC() != m.AUC() {
			t.Fatalf("AUC %v, mirrored %v", s.AUC(), m.AUC())
		}
		if a, b := first(s.EER()), first(m.EER()); math.Abs(a-b) > 1e-12 {
			t.Fatalf("EER %v, mirrored %v", a, b)
		}
	})
}

func TestEERBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := draw(t)
		s := must(t, score, genuine)
		rate, threshold := s.EER()
		low, high := 0.0, 1.0
		for _, p := range s.OperatingPoints() {
			low = max(low, min(p.FMR(), p.FNMR()))
			high = min(high, max(p.FMR(), p.FNMR()))
		}
		if rate < low-1e-12 || rate > high+1e-12 {
			t.Fatalf("EER %v is outside of %v..%v", rate, low, high)
		}
		c := s.At(threshold)
		if (c.FMR()-rate)*(c.FNMR()-rate) > 1e-12 {
			t.Fatalf("EER %v, but at its threshold FMR %v and FNMR %v", rate, c.FMR(), c.FNMR())
		}
	})
}

func TestROCAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := draw(t)
		roc := must(t, score, genuine).ROC()
		sorted, truth := slices.Clone(score), slices.Clone(genuine)
		stat.SortWeightedLabeled(sorted, truth, nil)
		tpr, fpr, threshold := stat.ROC(nil, sorted, truth, nil)
		for _, c := range [][2][]float64{{roc.TPR, tpr}, {roc.FPR, fpr}, {roc.Threshold, threshold}} {
			if len(c[0]) != len(c[1]) {
				t.Fatalf("%v, gonum %v", c[0], c[1])
			}
			for i := range c[0] {
				if c[0][i] != c[1][i] && math.Abs(c[0][i]-c[1][i]) > 1e-12 {
					t.Fatalf("%v, gonum %v", c[0], c[1])
				}
			}
		}
		if !slices.IsSorted(roc.FPR) || !slices.IsSorted(roc.TPR) {
			t.Fatalf("not monotone: %+v", roc)
		}
	})
}

func TestAtCountsPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := draw(t)
		s := must(t, score, genuine)
		threshold := rapid.SampledFrom([]float64{math.Inf(-1), 0, 0.3, 0.5, 1, 2, math.Inf(1)}).Draw(t, "threshold")
		var want Confusion
		for i, v := range score {
			switch match := v >= threshold; {
			case match && genuine[i]:
				want.TP++
			case match:
				want.FP++
			case genuine[i]:
				want.FN++
			default:
				want.TN++
			}
		}
		if got := s.At(threshold); got != want {
			t.Fatalf("at %v: %+v, want %+v", threshold, got, want)
		}
		for _, p := range s.OperatingPoints() {
			if got := s.At(p.Threshold); got != p.Confusion {
				t.Fatalf("at %v: %+v, operating point %+v", p.Threshold, got, p.Confusion)
			}
		}
	})
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := draw(t)
		a := must(t, score, genuine)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		rng.Shuffle(len(score), func(i, j int) {
			score[i], score[j] = score[j], score[i]
			genuine[i], genuine[j] = genuine[j], genuine[i]
		})
		if b := must(t, score, genuine); !reflect.DeepEqual(a, b) {
			t.Fatalf("%+v after shuffling %+v", a, b)
		}
	})
}

func TestWilsonHoldsTheProportion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "n")
		k := rapid.IntRange(0, n).Draw(t, "k")
		p := float64(k) / float64(n)
		interval := func(k int, confidence float64) Interval {
			ci, err := Wilson(k, n, confidence)
			if err != nil {
				t.Fatal(err)
			}
			return ci
		}
		narrow, wide, mirror := interval(k, .8), interval(k, .95), interval(n-k, .95)
		if !(0 <= wide.Low && wide.Low <= narrow.Low && narrow.Low <= p && p <= narrow.High && narrow.High <= wide.High && wide.High <= 1) {
			t.Fatalf("%d/%d: 80%% %v, 95%% %v", k, n, narrow, wide)
		}
		if math.Abs(wide.Low+mirror.High-1) > 1e-9 {
			t.Fatalf("%d/%d: %v, of %d/%d: %v", k, n, wide, n-k, n, mirror)
		}
	})
}

// drawClusters draws scores of several clusters with ties, each cluster with
// pairs of both classes.
func drawClusters(t *rapid.T) (score []float64, genuine []bool, cluster []int) {
	m := rapid.IntRange(2, 6).Draw(t, "clusters")
	for c := range m {
		for k := range rapid.IntRange(2, 8).Draw(t, "pairs") {
			score = append(score, float64(rapid.IntRange(0, 9).Draw(t, "score")))
			genuine = append(genuine, k%2 == 0)
			cluster = append(cluster, c)
		}
	}
	return score, genuine, cluster
}

// Leaving a cluster out is the same as never having had it.
func TestLeaveOneOut(t *testing.T) {
	figures := map[string]Figure{"AUC": (*Scores).AUC, "EER": EER}
	rapid.Check(t, func(t *rapid.T) {
		score, genuine, cluster := drawClusters(t)
		c, err := NewClusters(score, genuine, cluster)
		if err != nil {
			t.Fatal(err)
		}
		for name, figure := range figures {
			for left, got := range c.LeaveOneOut(figure) {
				var rest []float64
				var truth []bool
				for i := range score {
					if cluster[i] != left {
						rest, truth = append(rest, score[i]), append(truth, genuine[i])
					}
				}
				if want := figure(must(t, rest, truth)); got != want {
					t.Fatalf("%s without cluster %d: %v, want %v", name, left, got, want)
				}
			}
		}
	})
}

// Counted clusters are those that are listed.
func TestJoinClusters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine, cluster := drawClusters(t)
		c, err := NewClusters(score, genuine, cluster)
		if err != nil {
			t.Fatal(err)
		}
		parts := make([]*Scores, c.Len())
		for k := range parts {
			var own []float64
			var truth []bool
			for i := range score {
				if cluster[i] == k {
					own, truth = append(own, score[i]), append(truth, genuine[i])
				}
			}
			parts[k] = must(t, own, truth)
		}
		joined, err := JoinClusters(c.Scores(), parts)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range c.LeaveOneOut(EER) {
			if got := joined.LeaveOneOut(EER)[k]; got != v {
				t.Fatalf("without cluster %d: %v, want %v", k, got, v)
			}
		}
		a, err := c.AUC(.9)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := joined.AUC(.9); err != nil || a != b {
			t.Fatalf("AUC %v, joined %v, %v", a, b, err)
		}
	})
}

// The interval of the AUC holds it, lies in 0..1, has a width, and mirrors
// when the classes are exchanged.
func TestAUCInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine, cluster := drawClusters(t)
		c, err := NewClusters(score, genuine, cluster)
		if err != nil {
			t.Fatal(err)
		}
		ci, err := c.AUC(.95)
		if err != nil {
			t.Fatal(err)
		}
		auc := c.Scores().AUC()
		if !(0 <= ci.Low && ci.Low <= auc && auc <= ci.High && ci.High <= 1) {
			t.Fatalf("%v does not hold %v", ci, auc)
		}
		if (auc == 0 || auc == 1) && ci.Low == ci.High {
			t.Fatalf("%v has no width", ci)
		}
		if wide, _ := c.AUC(.99); wide.Low > ci.Low || wide.High < ci.High {
			t.Fatalf("at 99%% %v, at 95%% %v", wide, ci)
		}
		for i := range genuine {
			genuine[i] = !genuine[i]
		}
		other, err := NewClusters(score, genuine, cluster)
		if err != nil {
			t.Fatal(err)
		}
		if m, _ := other.AUC(.95); math.Abs(m.Low+ci.High-1) > 1e-9 || math.Abs(m.High+ci.Low-1) > 1e-9 {
			t.Fatalf("%v, classes exchanged %v", ci, m)
		}
	})
}

// No error in n never has a higher upper end than one.
func TestClusteredWilsonIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.IntRange(2, 30).Draw(t, "clusters")
		clusters := make([]Share, m)
		for i := range clusters {
			clusters[i].N = rapid.IntRange(1, 40).Draw(t, "n")
		}
		none, err := ClusteredWilson(clusters, .95)
		if err != nil {
			t.Fatal(err)
		}
		clusters[rapid.IntRange(0, m-1).Draw(t, "cluster")].K = 1
		one, err := ClusteredWilson(clusters, .95)
		if err != nil {
			t.Fatal(err)
		}
		if none.Low != 0 || none.High > one.High || none.High <= 0 {
			t.Fatalf("no error %v, one error %v", none, one)
		}
	})
}
