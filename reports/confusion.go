package reports

import "math"

// A confusion is the confusion matrices of a trial, one for each operating
// point.
type confusion struct {
	Trial  *trial
	Points []matrix
}

// A matrix is a confusion matrix and the rates that follow from it.
type matrix struct {
	Name           string
	Threshold      float64
	Cells          [4]share // genuine accepted and rejected, impostors accepted and rejected
	Recall, FMR    float64
	Precision, F1  float64
	Accuracy, FNMR float64
}

// A share is a count and what part of its row it is.
type share struct {
	N     float64
	Part  float64 // NaN for an empty row
	Right bool    // the decision is right
	Title string
}

// Shade is the strength of the cell's colour in percent.
func (s share) Shade() int {
	if !finite(s.Part) {
		return 0
	}
	return int(math.Round(s.Part * 100))
}

func confusions(trials []*trial) []confusion {
	var all []confusion
	for _, t := range trials {
		if t.curves == nil || len(t.curves.Operating) == 0 {
			continue
		}
		c := confusion{Trial: t}
		for _, o := range t.curves.Operating {
			genuine, impostor := o.TP+o.FN, o.FP+o.TN
			c.Points = append(c.Points, matrix{
				Name: o.Name, Threshold: float64(o.Threshold),
				Recall: float64(o.Recall), Precision: float64(o.Precision), F1: float64(o.F1),
				FMR: float64(o.FMR), FNMR: float64(o.FNMR), Accuracy: float64(o.Accuracy),
				Cells: [4]share{
					{o.TP, o.TP / genuine, true, "genuine pairs accepted"},
					{o.FN, o.FN / genuine, false, "genuine pairs rejected"},
					{o.FP, o.FP / impostor, false, "impostor pairs accepted"},
					{o.TN, o.TN / impostor, true, "impostor pairs rejected"},
				},
			})
		}
		all = append(all, c)
	}
	return all
}
