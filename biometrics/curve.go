package biometrics

import "math"

// An OperatingPoint is a threshold with the decisions made at it.
type OperatingPoint struct {
	Threshold float64
	Confusion
}

// OperatingPoints returns every set of decisions that some threshold makes,
// from +Inf, where nothing is a match, down through the distinct scores to
// the lowest, where everything is: one point more than distinct scores.
func (s *Scores) OperatingPoints() []OperatingPoint {
	n := len(s.value)
	points := make([]OperatingPoint, n+1)
	c := Confusion{TN: s.impostors, FN: s.genuines}
	points[0] = OperatingPoint{math.Inf(1), c}
	for i := range n {
		j := n - 1 - i
		c.TP += s.genuine[j]
		c.FN -= s.genuine[j]
		c.FP += s.impostor[j]
		c.TN -= s.impostor[j]
		points[i+1] = OperatingPoint{s.value[j], c}
	}
	return points
}

// A ROC is a receiver operating characteristic: the true match rate against
// the false match rate, one element of each slice an operating point, from
// (0, 0) at the threshold +Inf to (1, 1) at the lowest score.
type ROC struct {
	FPR, TPR, Threshold []float64
}

// ROC returns the characteristic with every operating point. Rates of a class
// that is absent are NaN.
func (s *Scores) ROC() ROC {
	var c ROC
	for _, p := range s.OperatingPoints() {
		c.FPR = append(c.FPR, p.FMR())
		c.TPR = append(c.TPR, p.Recall())
		c.Threshold = append(c.Threshold, p.Threshold)
	}
	return c
}

// Corners returns the curve without the points inside of its horizontal and
// vertical runs: it draws the same line with far fewer points.
func (c ROC) Corners() ROC {
	keep := corners(c.FPR, c.TPR)
	return ROC{pick(c.FPR, keep), pick(c.TPR, keep), pick(c.Threshold, keep)}
}

// A PR is a precision-recall curve, one element of each slice an operating
// point, from recall 0 at the threshold +Inf, where the precision is taken
// to be 1, to recall 1 at the lowest score.
type PR struct {
	Precision, Recall, Threshold []float64
}

// PR returns the precision-recall curve with every operating point. The
// recall is NaN if no pair is genuine.
func (s *Scores) PR() PR {
	var c PR
	for i, p := range s.OperatingPoints() {
		precision := p.Precision()
		if i == 0 {
			precision = 1
		}
		c.Precision = append(c.Precision, precision)
		c.Recall = append(c.Recall, p.Recall())
		c.Threshold = append(c.Threshold, p.Threshold)
	}
	return c
}

// Corners returns the curve without the points inside of its horizontal and
// vertical runs.
func (c PR) Corners() PR {
	keep := corners(c.Recall, c.Precision)
	return PR{pick(c.Precision, keep), pick(c.Recall, keep), pick(c.Threshold, keep)}
}

// A DET is a detection error trade-off: the false non-match rate against the
// false match rate (ISO/IEC 19795-1), one element of each slice an operating
// point, from (0, 1) at the threshold +Inf to (1, 0) at the lowest score. It
// is drawn on logarithmic or normal-deviate axes.
type DET struct {
	FMR, FNMR, Threshold []float64
}

// DET returns the trade-off with every operating point. Rates of a class that
// is absent are NaN.
func (s *Scores) DET() DET {
	var c DET
	for _, p := range s.OperatingPoints() {
		c.FMR = append(c.FMR, p.FMR())
		c.FNMR = append(c.FNMR, p.FNMR())
		c.Threshold = append(c.Threshold, p.Threshold)
	}
	return c
}

// Corners returns the curve without the points inside of its horizontal and
// vertical runs.
func (c DET) Corners() DET {
	keep := corners(c.FMR, c.FNMR)
	return DET{pick(c.FMR, keep), pick(c.FNMR, keep), pick(c.Threshold, keep)}
}

// corners returns the indices of the points that are an end of the line or
// differ from one of their two neighbours in x and from one of them in y.
func corners(x, y []float64) []int {
	inside := func(v []float64, i int) bool { return v[i-1] == v[i] && v[i] == v[i+1] }
	var keep []int
	for i := range x {
		if i == 0 || i == len(x)-1 || !inside(x, i) && !inside(y, i) {
			keep = append(keep, i)
		}
	}
	return keep
}

func pick(v []float64, at []int) []float64 {
	out := make([]float64, len(at))
	for i, j := range at {
		out[i] = v[j]
	}
	return out
}
