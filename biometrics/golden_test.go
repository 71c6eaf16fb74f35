package biometrics

import (
	"math"
	"testing"
)

// Nine pairs with ties between and within the classes, small enough to be
// worked out on paper; the comments of each test do so.
//
//	score     0.9  0.8  0.5  0.3  0.2  0.1
//	genuine    1    1    2    1    0    0
//	impostor   0    1    1    0    1    1
var (
	paperScores  = []float64{0.5, 0.9, 0.1, 0.8, 0.5, 0.8, 0.3, 0.2, 0.5}
	paperGenuine = []bool{true, true, false, false, true, true, true, false, false}
)

func paper(t *testing.T) *Scores {
	t.Helper()
	s, err := New(paperScores, paperGenuine)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-12) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func nearAll(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] && !(math.Abs(got[i]-want[i]) <= 1e-12) {
			t.Errorf("%s[%d]: got %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestPaperCurves(t *testing.T) {
	s, inf := paper(t), math.Inf(1)
	thresholds := []float64{inf, .9, .8, .5, .3, .2, .1}
	roc := s.ROC()
	nearAll(t, "ROC.FPR", roc.FPR, []float64{0, 0, .25, .5, .5, .75, 1})
	nearAll(t, "ROC.TPR", roc.TPR, []float64{0, .2, .4, .8, 1, 1, 1})
	nearAll(t, "ROC.Threshold", roc.Threshold, thresholds)
	corners := roc.Corners()
	nearAll(t, "corners of ROC.FPR", corners.FPR, []float64{0, 0, .25, .5, .5, 1})
	nearAll(t, "corners of ROC.TPR", corners.TPR, []float64{0, .2, .4, .8, 1, 1})
	nearAll(t, "corners of ROC.Threshold", corners.Threshold, []float64{inf, .9, .8, .5, .3, .1})
	det := s.DET()
	nearAll(t, "DET.FMR", det.FMR, roc.FPR)
	nearAll(t, "DET.FNMR", det.FNMR, []float64{1, .8, .6, .2, 0, 0, 0})
	nearAll(t, "corners of DET.FNMR", det.Corners().FNMR, []float64{1, .8, .6, .2, 0, 0})
	pr := s.PR()
	nearAll(t, "PR.Precision", pr.Precision, []float64{1, 1, 2. / 3, 4. / 6, 5. / 7, 5. / 8, 5. / 9})
	nearAll(t, "PR.Recall", pr.Recall, roc.TPR)
	nearAll(t, "corners of PR.Threshold", pr.Corners().Threshold, []float64{inf, .9, .8, .5, .3, .1})
}

func TestPaperAreas(t *testing.T) {
	s := paper(t)
	// Impostors beaten by each genuine score: 4, 3.5, 2.5, 2.5, 2 of 4.
	near(t, "AUC", s.AUC(), 14.5/20)
	// Precision at each genuine score: 1, 2/3, 4/6, 4/6, 5/7.
	near(t, "average precision", s.AveragePrecision(), 26./35)
}

func TestPaperEER(t *testing.T) {
	// From (FMR, FNMR) = (.25, .6) at .8 to (.5, .2) at .5: equal after 7/13.
	rate, threshold := paper(t).EER()
	near(t, "EER", rate, 5./13)
	near(t, "EER threshold", threshold, .8-.3*7/13)
}

func TestEERInTheMiddle(t *testing.T) {
	for _, c := range []struct {
		name            string
		genuine         []float64
		impostor        []float64
		rate, threshold float64
	}{
		{"separated", []float64{.9, .8}, []float64{.1, .2, .3}, 0, .55},
		{"one error of each kind", []float64{.9, .8, .2}, []float64{.1, .15, .5}, 1. / 3, .35},

		{"upside down", []float64{.1}, []float64{.9}, 1, .5},
		{"neighbouring floats", []float64{math.Nextafter(1, 2)}, []float64{1}, 0, 1},
	} {
		scores := append(append([]float64(nil), c.genuine...), c.impostor...)
		truth := make([]bool, len(scores))
		for i := range c.genuine {
			truth[i] = true
		}
		s, err := New(scores, truth)
		if err != nil {
			t.Fatal(err)
		}
		rate, threshold := s.EER()
		near(t, c.name+": EER", rate, c.rate)
		near(t, c.name+": threshold", threshold, c.threshold)
		if at := s.At(threshold); at.FMR() != c.rate || at.FNMR() != c.rate {
			t.Errorf("%s: FMR %v and FNMR %v at the threshold", c.name, at.FMR(), at.FNMR())
		}
	}
}

func TestEEROfEqualScores(t *testing.T) {
	s, err := New([]float64{.5, .5, .5}, []bool{true, false, true})
	if err != nil {
		t.Fatal(err)
	}
	// Half way from (FMR, FNMR) = (0, 1) at +Inf to (1, 0) at the only score.
	rate, threshold := s.EER()
	near(t, "EER", rate, .5)
	near(t, "EER threshold", threshold, .5)
}

func TestPaperConfusion(t *testing.T) {
	c := paper(t).At(0.5) // a score of 0.5 is a match
	if want := (Confusion{TP: 4, FP: 2, TN: 2, FN: 1}); c != want {
		t.Fatalf("got %+v, want %+v", c, want)
	}
	near(t, "accuracy", c.Accuracy(), 6./9)
	near(t, "precision", c.Precision(), 4./6)
	near(t, "recall", c.Recall(), 4./5)
	near(t, "F1", c.F1(), 8./11)
	near(t, "FMR", c.FMR(), 2./4)
	near(t, "FNMR", c.FNMR(), 1./5)

	r := c.Report()
	near(t, "impostor precision", r.Impostor.Precision, 2./3)
	near(t, "impostor recall", r.Impostor.Recall, 2./4)
	near(t, "impostor F1", r.Impostor.F1, 4./7)
	near(t, "genuine F1", r.Genuine.F1, 8./11)
	near(t, "accuracy in report", r.Accuracy, 6./9)
	near(t, "macro recall", r.MacroAvg.Recall, .65)
	near(t, "macro F1", r.MacroAvg.F1, 50./77)
	near(t, "weighted recall", r.WeightedAvg.Recall, (4*.5+5*.8)/9)
	if r.Impostor.Support != 4 || r.Genuine.Support != 5 || r.WeightedAvg.Support != 9 {
		t.Errorf("support: %+v", r)
	}
}

func TestPaperProbabilities(t *testing.T) {
	s := paper(t)
	loss, err := s.LogLoss()
	if err != nil {
		t.Fatal(err)
	}
	// Genuine .9 .8 .5 .5 .3; impostor 1-p of .8 .5 .2 .1.
	near(t, "log loss", loss, -math.Log(.9*.8*.5*.5*.3*.2*.5*.8*.9)/9)
	brier, err := s.Brier()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Brier", brier, (.01+.04+.25+.25+.49+.64+.25+.04+.01)/9)
	ece, err := s.ECE(2)
	if err != nil {
		t.Fatal(err)
	}
	// Below .5: scores sum to .6, one genuine. From .5: they sum to 4, four genuine.
	near(t, "ECE", ece, .4/9)
}

func TestPaperHistogram(t *testing.T) {
	h, err := paper(t).Histogram(2, .1, .9) // the upper edge belongs to the last bin
	if err != nil {
		t.Fatal(err)
	}
	nearAll(t, "edges", h.Edges, []float64{.1, .5, .9})
	if g, i := h.Genuine, h.Impostor; g[0] != 1 || g[1] != 4 || i[0] != 2 || i[1] != 2 {
		t.Errorf("got %+v", h)
	}
}

func TestCMC(t *testing.T) {
	curve, err := CMC([]int{1, 3, 1, 2, 5}, 5)
	if err != nil {
		t.Fatal(err)
	}
	nearAll(t, "CMC", curve, []float64{.4, .6, .8, .8, 1})
}
