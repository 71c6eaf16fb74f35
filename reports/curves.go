package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// curves are what a stage made of media type stage.TypeCurves.
type curves struct {
	ROC struct {
		FPR, TPR []number64
	}
	PR struct {
		Precision, Recall []number64
	}
	DET struct {
		FMR, FNMR []number64
	}
	CMC       []number64 // share of searches with the mate at rank 1, 2, ... or better
	Histogram histogram  // of the scores
	LogOdds   histogram  `json:"log_odds"` // of their log odds; may be empty
	Operating []operating
}

// A histogram has one edge more than it has counts, or is empty.
type histogram struct {
	Edges, Genuine, Impostor []float64
}

// An operating point is what a threshold makes of the scores. Rates without a
// denominator are NaN.
type operating struct {
	Name           string
	Threshold      number64
	TP, FP, TN, FN int
	Accuracy       number64
	Precision      number64
	Recall         number64
	F1             number64
	FMR            number64
	FNMR           number64
}

// A number64 is a float64 for which JSON has null if it is no number.
type number64 float64

// UnmarshalJSON reads null as NaN.
func (n *number64) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*n = number64(math.NaN())
		return nil
	}
	return json.Unmarshal(data, (*float64)(n))
}

// parseCurves reads and checks curves.
func parseCurves(data []byte) (*curves, error) {
	var c curves
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("no curves: %w", err)
	}
	for _, pair := range []struct {
		name string
		x, y []number64
	}{
		{"roc", c.ROC.FPR, c.ROC.TPR},
		{"pr", c.PR.Recall, c.PR.Precision},
		{"det", c.DET.FMR, c.DET.FNMR},
		{"cmc", c.CMC, c.CMC},
	} {
		if len(pair.x) != len(pair.y) {
			return nil, fmt.Errorf("%s: %d values of one rate and %d of the other", pair.name, len(pair.x), len(pair.y))
		}
		for i := range pair.x {
			if !pair.x[i].isRate() || !pair.y[i].isRate() {
				return nil, fmt.Errorf("%s: point %d (%g, %g) is not within 0 and 1", pair.name, i, pair.x[i], pair.y[i])
			}
		}
	}
	for _, o := range c.Operating {
		if min(o.TP, o.FP, o.TN, o.FN) < 0 {
			return nil, fmt.Errorf("operating point %q: a count is negative", o.Name)
		}
		for _, rate := range []number64{o.Accuracy, o.Precision, o.Recall, o.F1, o.FMR, o.FNMR} {
			if !rate.isRate() {
				return nil, fmt.Errorf("operating point %q: rate %g is not within 0 and 1", o.Name, rate)
			}
		}
	}
	return &c, errors.Join(c.Histogram.check(), c.LogOdds.check())
}

func (h histogram) check() error {
	if len(h.Edges) == 0 {
		return nil
	}
	if n := len(h.Edges) - 1; len(h.Genuine) != n || len(h.Impostor) != n {
		return errors.New("histogram: one count is needed between each two edges")
	}
	for i := range h.Genuine {
		if !(h.Edges[i] < h.Edges[i+1]) || h.Genuine[i] < 0 || h.Impostor[i] < 0 {
			return fmt.Errorf("histogram: bin %d is empty or its count is negative", i)
		}
	}
	return nil
}

// isRate reports whether n is within 0 and 1, or undefined.
func (n number64) isRate() bool { return !(n < 0 || n > 1) }

// defined reports whether a rate has a value.
func (n number64) defined() bool { return !math.IsNaN(float64(n)) }
