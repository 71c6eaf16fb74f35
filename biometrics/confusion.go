package biometrics

import "sort"

// A Confusion counts the decisions made at one threshold. Genuine is the
// positive class, as a match is the positive decision.
type Confusion struct {
	TP int // genuine pairs called a match
	FP int // impostor pairs called a match
	TN int // impostor pairs called a non-match
	FN int // genuine pairs called a non-match
}

// At returns the decisions at a threshold: a pair is a match when its score
// is at least the threshold. At +Inf nothing is, at -Inf everything.
func (s *Scores) At(threshold float64) Confusion {
	first := sort.SearchFloat64s(s.value, threshold)
	var c Confusion
	for i := first; i < len(s.value); i++ {
		c.TP += s.genuine[i]
		c.FP += s.impostor[i]
	}
	c.FN = s.genuines - c.TP
	c.TN = s.impostors - c.FP
	return c
}

// Total returns the number of pairs.
func (c Confusion) Total() int { return c.TP + c.FP + c.TN + c.FN }

// Accuracy is the share of right decisions.
func (c Confusion) Accuracy() float64 { return ratio(c.TP+c.TN, c.Total()) }

// Precision is the share of genuine pairs among the matches. It is NaN when
// nothing is called a match.
func (c Confusion) Precision() float64 { return ratio(c.TP, c.TP+c.FP) }

// Recall is the share of matches among the genuine pairs: the true match
// rate, 1 - FNMR. It is NaN without genuine pairs.
func (c Confusion) Recall() float64 { return ratio(c.TP, c.TP+c.FN) }

// F1 is the harmonic mean of precision and recall, 2TP / (2TP + FP + FN). It
// is NaN when no pair is genuine or called a match.
func (c Confusion) F1() float64 { return ratio(2*c.TP, 2*c.TP+c.FP+c.FN) }

// FMR is the false match rate, the share of matches among the impostor pairs.
// It is NaN without impostor pairs.
func (c Confusion) FMR() float64 { return ratio(c.FP, c.FP+c.TN) }

// FNMR is the false non-match rate, the share of non-matches among the
// genuine pairs. It is NaN without genuine pairs.
func (c Confusion) FNMR() float64 { return ratio(c.FN, c.TP+c.FN) }
