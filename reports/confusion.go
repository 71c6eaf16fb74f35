package reports

import (
	"math"

	"whorl/biometrics"
)

// A confusion is the confusion matrices of a trial, one for each operating
// point.
type confusion struct {
	Trial  *trial
	Points []matrix
}

// A matrix is a confusion matrix with the figures of each class and of the
// whole.
type matrix struct {
	Name      string
	Threshold float64
	Classes   [2]class // genuine and impostor pairs
	Rates     []rate
}

// A class is what became of the pairs of one class, and how well it was told.
type class struct {
	Name  string
	Cells [2]share // matches and non-matches
	biometrics.ClassFigures
}

// A rate is a share of the pairs with its confidence interval.
type rate struct {
	Name     string
	Value    float64
	Interval biometrics.Interval
}

// A share is a count and what part of its row it is.
type share struct {
	N     int
	Part  float64 // NaN for an empty row
	Right bool    // the decision is right
	Title string
}

// Shade is the strength of the cell's colour in percent. A single wrong
// decision is seen, none at all has no colour.
func (s share) Shade() int {
	const seen, right, wrong = 12, 45, 80
	switch {
	case s.N == 0 || !finite(s.Part):
		return 0
	case s.Right:
		return int(math.Round(right * s.Part))
	}
	return int(math.Round(seen + (wrong-seen)*s.Part))
}

func confusions(trials []*trial) []confusion {
	var all []confusion
	for _, t := range trials {
		if t.curves == nil || len(t.curves.Operating) == 0 {
			continue
		}
		c := confusion{Trial: t}
		for _, o := range t.curves.Operating {
			c.Points = append(c.Points, newMatrix(o))
		}
		all = append(all, c)
	}
	return all
}

func newMatrix(o operating) matrix {
	report := biometrics.Confusion{TP: o.TP, FP: o.FP, TN: o.TN, FN: o.FN}.Report()
	cell := func(n, other int, right bool, title string) share {
		return share{N: n, Part: float64(n) / float64(n+other), Right: right, Title: title}
	}
	m := matrix{
		Name: o.Name, Threshold: float64(o.Threshold),
		Classes: [2]class{
			{"genuine", [2]share{
				cell(o.TP, o.FN, true, "genuine pairs accepted"),
				cell(o.FN, o.TP, false, "genuine pairs rejected"),
			}, report.Genuine},
			{"impostor", [2]share{
				cell(o.FP, o.TN, false, "impostor pairs accepted"),
				cell(o.TN, o.FP, true, "impostor pairs rejected"),
			}, report.Impostor},
		},
	}
	for _, r := range []struct {
		name string
		k, n int
	}{
		{"accuracy", o.TP + o.TN, o.TP + o.TN + o.FP + o.FN},
		{"FMR", o.FP, o.FP + o.TN},
		{"FNMR", o.FN, o.FN + o.TP},
	} {
		if interval, err := biometrics.Wilson(r.k, r.n, confidence); err == nil { // else there are no pairs
			m.Rates = append(m.Rates, rate{r.name, float64(r.k) / float64(r.n), interval})
		}
	}
	return m
}
