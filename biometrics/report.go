package biometrics

// A ClassReport says how well each of the two classes was told, in the form
// of scikit-learn's classification_report. As there, a precision, recall or
// F1 that is undefined counts as 0.
type ClassReport struct {
	Impostor    ClassFigures `json:"impostor"`
	Genuine     ClassFigures `json:"genuine"`
	Accuracy    float64      `json:"accuracy"`
	MacroAvg    ClassFigures `json:"macro avg"`    // each class counts the same
	WeightedAvg ClassFigures `json:"weighted avg"` // each pair counts the same
}

// ClassFigures are the figures of one class, or an average over classes.
type ClassFigures struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1-score"`
	Support   int     `json:"support"` // pairs that are of the class
}

// Report returns the per-class report of the decisions.
func (c Confusion) Report() ClassReport {
	genuine := classFigures(c)
	impostor := classFigures(Confusion{TP: c.TN, FP: c.FN, TN: c.TP, FN: c.FP})
	return ClassReport{
		Impostor:    impostor,
		Genuine:     genuine,
		Accuracy:    orZero(c.Accuracy()),
		MacroAvg:    average(impostor, genuine, 1, 1),
		WeightedAvg: average(impostor, genuine, impostor.Support, genuine.Support),
	}
}

func classFigures(c Confusion) ClassFigures {
	return ClassFigures{
		Precision: orZero(c.Precision()),
		Recall:    orZero(c.Recall()),
		F1:        orZero(c.F1()),
		Support:   c.TP + c.FN,
	}
}

func average(a, b ClassFigures, weightA, weightB int) ClassFigures {
	mean := func(x, y float64) float64 {
		return orZero((x*float64(weightA) + y*float64(weightB)) / float64(weightA+weightB))
	}
	return ClassFigures{
		Precision: mean(a.Precision, b.Precision),
		Recall:    mean(a.Recall, b.Recall),
		F1:        mean(a.F1, b.F1),
		Support:   a.Support + b.Support,
	}
}

// orZero is x, or 0 if x is NaN.
func orZero(x float64) float64 {
	if x != x {
		return 0
	}
	return x
}
