package biometrics

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// TestScikitLearn compares with what scikit-learn makes of 400 scores with
// ties.
func TestScikitLearn(t *testing.T) {
	data, err := os.ReadFile("testdata/reference/scores.json") // see make.py beside it
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Labels           []int     `json:"labels"`
		Scores           []float64 `json:"scores"`
		AUC              float64   `json:"roc_auc"`
		AveragePrecision float64   `json:"average_precision"`
		Confusion        [2][2]int `json:"confusion_matrix_at_0_5"`
		Accuracy         float64   `json:"accuracy"`
		Precision        float64   `json:"precision"`
		Recall           float64   `json:"recall"`
		F1               float64   `json:"f1"`
		FPR              []float64 `json:"roc_fpr"`
		TPR              []float64 `json:"roc_tpr"`
		PRPrecision      []float64 `json:"pr_precision"`
		PRRecall         []float64 `json:"pr_recall"`
		LogLoss          float64   `json:"log_loss"`

		Odds               []float64  `json:"odds"`
		Brier              float64    `json:"brier"`
		Platt              [2]float64 `json:"platt"`
		IsotonicAt         []float64  `json:"isotonic_at"`
		Isotonic           []float64  `json:"isotonic"`
		ReliabilityMean    []float64  `json:"reliability_mean"`
		ReliabilityGenuine []float64  `json:"reliability_genuine"`
	}
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	genuine := make([]bool, len(ref.Labels))
	for i, l := range ref.Labels {
		genuine[i] = l == 1
	}
	s, err := New(ref.Scores, genuine)
	if err != nil {
		t.Fatal(err)
	}

	near(t, "AUC", s.AUC(), ref.AUC)
	near(t, "average precision", s.AveragePrecision(), ref.AveragePrecision)
	loss, err := s.LogLoss()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log loss", loss, ref.LogLoss)

	c := s.At(0.5)
	if got := [2][2]int{{c.TN, c.FP}, {c.FN, c.TP}}; got != ref.Confusion {
		t.Errorf("confusion: got %v, want %v", got, ref.Confusion)
	}
	near(t, "accuracy", c.Accuracy(), ref.Accuracy)
	near(t, "precision", c.Precision(), ref.Precision)
	near(t, "recall", c.Recall(), ref.Recall)
	near(t, "F1", c.F1(), ref.F1)

	roc := s.ROC()
	nearAll(t, "ROC FPR", roc.FPR, ref.FPR)
	nearAll(t, "ROC TPR", roc.TPR, ref.TPR)
	pr := s.PR() // scikit-learn goes by rising threshold
	slices.Reverse(pr.Precision)
	slices.Reverse(pr.Recall)
	nearAll(t, "PR precision", pr.Precision, ref.PRPrecision)
	nearAll(t, "PR recall", pr.Recall, ref.PRRecall)

	brier, err := s.Brier()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Brier score", brier, ref.Brier)
	curve, err := s.Reliability(15)
	if err != nil {
		t.Fatal(err)
	}
	var mean, share []float64
	for _, b := range curve {
		mean, share = append(mean, b.Mean), append(share, b.Genuine)
	}
	nearAll(t, "reliability: mean score", mean, ref.ReliabilityMean)
	nearAll(t, "reliability: genuine share", share, ref.ReliabilityGenuine)

	isotonic := FitIsotonic(s)
	var p []float64
	for _, at := range ref.IsotonicAt {
		p = append(p, isotonic.Probability(at))
	}
	nearAll(t, "isotonic calibration", p, ref.Isotonic)

	odds, err := New(ref.Odds, genuine)
	if err != nil {
		t.Fatal(err)
	}
	platt, err := FitPlatt(odds)
	if err != nil {
		t.Fatal(err)
	}
	// scikit-learn stops at a gradient of 1e-5 or so, by another method.
	if math.Abs(platt.Slope-ref.Platt[0]) > 1e-4 || math.Abs(platt.Intercept-ref.Platt[1]) > 1e-4 {
		t.Errorf("Platt's calibration: got %+v, want %v", platt, ref.Platt)
	}
}
