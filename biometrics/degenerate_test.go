package biometrics

import (
	"math"
	"strings"
	"testing"
)

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		score   []float64
		genuine []bool
		want    string
	}{
		{nil, nil, "no scores"},
		{[]float64{1}, []bool{true, false}, "1 scores but 2 labels"},
		{[]float64{0, math.NaN()}, []bool{true, false}, "score 1 is NaN"},
		{[]float64{math.Inf(-1)}, []bool{true}, "score 0 is -Inf"},
	} {
		if _, err := New(c.score, c.genuine); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("New(%v): error %v, want one with %q", c.score, err, c.want)
		}
	}
}

func TestOneClassOnly(t *testing.T) {
	for _, genuine := range []bool{true, false} {
		s, err := New([]float64{.2, .7, .7}, []bool{genuine, genuine, genuine})
		if err != nil {
			t.Fatal(err)
		}
		rate, threshold := s.EER()
		c := s.At(.5)
		undefined := map[string]float64{"AUC": s.AUC(), "EER": rate, "EER threshold": threshold}
		if genuine {
			undefined["FMR"] = c.FMR()
			near(t, "recall", c.Recall(), 2./3)
			near(t, "average precision", s.AveragePrecision(), 1)
		} else {
			undefined["FNMR"], undefined["recall"] = c.FNMR(), c.Recall()
			undefined["average precision"] = s.AveragePrecision()
			near(t, "FMR", c.FMR(), 2./3)
			near(t, "precision", c.Precision(), 0)
		}
		for name, v := range undefined {
			if !math.IsNaN(v) {
				t.Errorf("all genuine %v: %s is %v, want NaN", genuine, name, v)
			}
		}
		if got := len(s.ROC().Corners().FPR); got < 2 {
			t.Errorf("all genuine %v: corners leave %d points", genuine, got)
		}
	}
}

func TestNothingIsAMatch(t *testing.T) {
	c := paper(t).At(0.95)
	if !math.IsNaN(c.Precision()) || c.F1() != 0 || c.Recall() != 0 {
		t.Errorf("precision %v, F1 %v, recall %v", c.Precision(), c.F1(), c.Recall())
	}
	if r := c.Report(); r.Genuine.Precision != 0 {
		t.Errorf("precision in report: %v, want 0 as in scikit-learn", r.Genuine.Precision)
	}
	if r := (Confusion{}).Report(); r != (ClassReport{}) {
		t.Errorf("report of nothing: %+v", r)
	}
}

func TestCertainAndWrong(t *testing.T) {
	s, err := New([]float64{0, 1}, []bool{true, false})
	if err != nil {
		t.Fatal(err)
	}
	loss, err := s.LogLoss()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log loss", loss, 52*math.Ln2) // 2^-52, not infinite
	ece, err := s.ECE(10)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "ECE", ece, 1) // a score of 1 is in the last bin
}

// The last bin is as wide as the others.
func TestLastBin(t *testing.T) {
	s, err := New([]float64{.85, .95}, []bool{false, true})
	if err != nil {
		t.Fatal(err)
	}
	ece, err := s.ECE(10)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "ECE", ece, (.85+.05)/2)
}

func TestNegativeZero(t *testing.T) {
	s, err := New([]float64{math.Copysign(0, -1), 0}, []bool{true, false})
	if err != nil {
		t.Fatal(err)
	}
	points := s.OperatingPoints()
	if len(points) != 2 || math.Signbit(points[1].Threshold) {
		t.Errorf("operating points %v, want one at 0", points)
	}
}

func TestRefusals(t *testing.T) {
	wide, err := New([]float64{-1, 2}, []bool{true, false})
	if err != nil {
		t.Fatal(err)
	}
	fails := func(name, want string, err error) {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", name, err, want)
		}
	}
	_, err = wide.LogLoss()
	fails("log loss", "score -1 is not a probability", err)
	_, err = wide.Brier()
	fails("Brier", "score -1", err)
	_, err = wide.ECE(10)
	fails("ECE", "score -1", err)
	_, err = wide.ECE(0)
	fails("ECE", "0 bins", err)
	_, err = wide.Histogram(10, 0, 1)
	fails("histogram", "do not fit", err)
	_, err = wide.Histogram(10, 0, 2)
	fails("histogram that begins too late", "do not fit", err)
	_, err = wide.Histogram(10, -1, 1)
	fails("histogram that ends too soon", "do not fit", err)
	_, err = wide.Histogram(10, 1, 1)
	fails("histogram of no width", "from 1 to 1", err)
	_, err = wide.Histogram(0, -1, 2)
	fails("histogram", "0 bins", err)
	_, err = CMC(nil, 5)
	fails("CMC", "no ranks", err)
	_, err = CMC([]int{1, 6}, 5)
	fails("CMC", "rank 6 of search 1", err)
	_, err = CMC([]int{1}, 0)
	fails("CMC", "gallery of 0", err)
	_, err = Wilson(3, 2, .95)
	fails("Wilson", "3 of 2", err)
	_, err = Wilson(0, 0, .95)
	fails("Wilson", "0 of 0", err)
	_, err = Wilson(-1, 2, .95)
	fails("Wilson", "-1 of 2", err)
	_, err = Wilson(1, 2, 0)
	fails("Wilson", "confidence 0", err)
	_, err = Wilson(1, 2, 1)
	fails("Wilson", "confidence 1", err)
	_, err = ClusteredWilson([]Share{{1, 5}, {0, 0}}, .95)
	fails("Wilson of one cluster", "fewer than two clusters", err)
	_, err = ClusteredWilson([]Share{{1, 5}, {6, 5}}, .95)
	fails("Wilson", "cluster 2 is 6 of 5", err)
	_, err = NewClusters([]float64{1, 0}, []bool{true, false}, []int{1})
	fails("clusters", "1 clusters", err)
	_, err = NewClusters([]float64{1, 0}, []bool{true, false}, []int{1, 1})
	fails("clusters", "fewer than two clusters", err)
	_, err = JoinClusters(wide, []*Scores{wide, paper(t)})
	fails("clusters", "cluster 1 has pairs of score", err)
	boot := Bootstrap{Replicates: 10, Confidence: .95}
	c, err := NewClusters([]float64{1, 0}, []bool{true, true}, []int{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = boot.EER(c)
	fails("bootstrap of one class", "undefined", err)
	_, err = c.AUC(.95)
	fails("AUC of one class", "undefined", err)
	boot.Replicates = 0
	_, err = boot.Intervals(c)
	fails("bootstrap", "0 bootstrap replicates", err)
}

// The least that is enough.
func TestLeast(t *testing.T) {
	s, err := New([]float64{0, 1}, []bool{false, true})
	if err != nil {
		t.Fatal(err)
	}
	if h, err := s.Histogram(1, 0, 1); err != nil || h.Genuine[0] != 1 || h.Impostor[0] != 1 {
		t.Errorf("histogram of one bin: %+v, %v", h, err)
	}
	if ece, err := s.ECE(1); err != nil || ece != 0 {
		t.Errorf("ECE of one bin: %v, %v", ece, err)
	}
	if curve, err := CMC([]int{1}, 1); err != nil || curve[0] != 1 {
		t.Errorf("CMC in a gallery of one: %v, %v", curve, err)
	}
}
