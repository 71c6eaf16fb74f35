package evaluate

import (
	"fmt"
	"math"
	"strconv"

	"whorl/biometrics"
	"whorl/pipeline/stage"
)

// curves is the output of media type [stage.TypeCurves]. Points inside of a
// straight run are left out of the lines.
type curves struct {
	ROC struct {
		FPR       []number `json:"fpr"`
		TPR       []number `json:"tpr"`
		Threshold []number `json:"threshold"`
	} `json:"roc"`
	PR struct {
		Precision []number `json:"precision"`
		Recall    []number `json:"recall"`
		Threshold []number `json:"threshold"`
	} `json:"pr"`
	DET struct {
		FMR       []number `json:"fmr"`
		FNMR      []number `json:"fnmr"`
		Threshold []number `json:"threshold"`
	} `json:"det"`
	CMC       []number    `json:"cmc"`       // share found at rank 1, 2, ...
	Histogram histogram   `json:"histogram"` // of the scores
	LogOdds   histogram   `json:"log_odds"`  // of their log odds in bins of width 1, where scores near 0 and 1 are told apart
	Operating []operating `json:"operating"`
}

// histogram has one edge more than it has counts.
type histogram struct {
	Edges    []number `json:"edges"`
	Genuine  []int    `json:"genuine"`
	Impostor []int    `json:"impostor"`
}

// operating is the confusion at a threshold with its rates.
type operating struct {
	Name      string `json:"name"`
	Threshold number `json:"threshold"`
	TP        int    `json:"tp"`
	FP        int    `json:"fp"`
	TN        int    `json:"tn"`
	FN        int    `json:"fn"`
	Accuracy  number `json:"accuracy"`
	Precision number `json:"precision"`
	Recall    number `json:"recall"`
	F1        number `json:"f1"`
	FMR       number `json:"fmr"`
	FNMR      number `json:"fnmr"`
}

// A number is null in JSON where it is NaN or infinite, and otherwise the
// shortest decimal that is read back as the same number.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if x := float64(n); math.IsNaN(x) || math.IsInf(x, 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

func numbers(v []float64) []number {
	out := make([]number, len(v))
	for i, x := range v {
		out[i] = number(x)
	}
	return out
}

// cmcRanks is how many ranks of the CMC are written.
const cmcRanks = 50

func (m *measurement) writeCurves(t *stage.Task, bins int) error {
	s := m.scores
	var c curves
	roc := s.ROC().Corners()
	c.ROC.FPR, c.ROC.TPR, c.ROC.Threshold = numbers(roc.FPR), numbers(roc.TPR), numbers(roc.Threshold)
	pr := s.PR().Corners()
	c.PR.Precision, c.PR.Recall, c.PR.Threshold = numbers(pr.Precision), numbers(pr.Recall), numbers(pr.Threshold)
	det := s.DET().Corners()
	c.DET.FMR, c.DET.FNMR, c.DET.Threshold = numbers(det.FMR), numbers(det.FNMR), numbers(det.Threshold)
	c.CMC = numbers(m.cmc[:min(len(m.cmc), cmcRanks)])
	h, err := s.Histogram(bins, 0, 1)
	if err != nil {
		return fmt.Errorf("write curves: %w", err)
	}
	c.Histogram = histogram{numbers(h.Edges), h.Genuine, h.Impostor}
	odds, err := s.Map(clampedLogOdds)
	if err == nil {
		h, err = odds.Histogram(2*maxLogOdds, -maxLogOdds, maxLogOdds)
	}
	if err != nil {
		return fmt.Errorf("write curves: %w", err)
	}
	c.LogOdds = histogram{numbers(h.Edges), h.Genuine, h.Impostor}
	for _, th := range m.thresholds {
		at := s.At(th.value)
		c.Operating = append(c.Operating, operating{
			Name: th.name, Threshold: number(th.value),
			TP: at.TP, FP: at.FP, TN: at.TN, FN: at.FN,
			Accuracy: number(at.Accuracy()), Precision: number(precision(at)), Recall: number(at.Recall()),
			F1: number(at.F1()), FMR: number(at.FMR()), FNMR: number(at.FNMR()),
		})
	}
	return writeJSON(t, "curves", c)
}

// writeClasses writes the per-class report at the fixed and at the calibrated
// threshold.
func (m *measurement) writeClasses(t *stage.Task) error {
	type classes struct {
		Threshold number `json:"threshold"`
		biometrics.ClassReport
	}
	reports := map[string]classes{} // written in the order of their names
	for _, th := range m.thresholds {
		if th.brief {
			continue
		}
		reports[th.name] = classes{number(th.value), m.scores.At(th.value).Report()}
	}
	return writeJSON(t, "classes", reports)
}
