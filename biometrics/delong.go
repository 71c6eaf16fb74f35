package biometrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// DeLong returns a confidence interval of the AUC after DeLong, DeLong and
// Clarke-Pearson (1988): normal, cut off at 0 and 1, for pairs that are
// independent of each other. If classes are separated fully the estimate of
// the variance is 0 and so is the width. It fails unless there are at least
// two pairs of each class and 0 < confidence < 1.
func DeLong(score []float64, genuine []bool, confidence float64) (Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return Interval{}, err
	}
	s, p, err := place(score, genuine)
	if err != nil {
		return Interval{}, err
	}
	auc := s.AUC()
	half := distuv.UnitNormal.Quantile((1+confidence)/2) * math.Sqrt(covariance(p, p))
	return Interval{max(0, auc-half), min(1, auc+half)}, nil
}

// A PairedTest is what a test of two systems on the same pairs came to.
type PairedTest struct {
	Difference float64 // of the first system's figure less the second's
	Z          float64 // the difference in standard errors
	P          float64 // two-sided: how likely as large a difference is if there is none
}

// DeLongTest tests whether two systems that scored the same pairs have the
// same AUC (DeLong, DeLong and Clarke-Pearson, 1988). If the standard error
// is 0, P is 1 for equal AUCs and 0 for others. It fails as [DeLong] does.
func DeLongTest(a, b []float64, genuine []bool) (PairedTest, error) {
	sa, pa, err := place(a, genuine)
	if err != nil {
		return PairedTest{}, fmt.Errorf("first system: %w", err)
	}
	sb, pb, err := place(b, genuine)
	if err != nil {
		return PairedTest{}, fmt.Errorf("second system: %w", err)
	}
	d := sa.AUC() - sb.AUC()
	if d == 0 {
		return PairedTest{0, 0, 1}, nil
	}
	variance := covariance(pa, pa) + covariance(pb, pb) - 2*covariance(pa, pb)
	z := d / math.Sqrt(max(0, variance))
	return PairedTest{d, z, 2 * distuv.UnitNormal.Survival(math.Abs(z))}, nil
}

// placements hold, for each pair in the order given, the share of the other
// class that lies on the right side of it: below a genuine score, above an
// impostor's, equal scores counting one half. The mean of either is the AUC.
type placements struct {
	genuine, impostor []float64
}

func place(score []float64, genuine []bool) (*Scores, placements, error) {
	s, err := New(score, genuine)
	if err != nil {
		return nil, placements{}, err
	}
	if s.genuines < 2 || s.impostors < 2 {
		return nil, placements{}, fmt.Errorf("%d genuine and %d impostor pairs, two of each are needed", s.genuines, s.impostors)
	}
	ofGenuine := make(map[float64]float64, len(s.value))
	ofImpostor := make(map[float64]float64, len(s.value))
	var g, i int // below the score
	for k, v := range s.value {
		ofGenuine[v] = ratio(2*i+s.impostor[k], 2*s.impostors)
		ofImpostor[v] = ratio(2*(s.genuines-g)-s.genuine[k], 2*s.genuines)
		g += s.genuine[k]
		i += s.impostor[k]
	}
	var p placements
	for k, v := range score {
		if genuine[k] {
			p.genuine = append(p.genuine, ofGenuine[v])
		} else {
			p.impostor = append(p.impostor, ofImpostor[v])
		}
	}
	return s, p, nil
}

// covariance estimates the covariance of two AUCs from their placements.
func covariance(a, b placements) float64 {
	return stat.Covariance(a.genuine, b.genuine, nil)/float64(len(a.genuine)) +
		stat.Covariance(a.impostor, b.impostor, nil)/float64(len(a.impostor))
}
