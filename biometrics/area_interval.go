package biometrics

import (
	"errors"
	"fmt"
	"math"
)

// AUC returns the confidence interval of the area under the ROC curve: a
// jackknife by cluster of its logit, with Student's t of m-1 degrees of freedom
// for m clusters. Half a pair is added to those in wrong order and to those in
// right order, so that the logit is finite.
//
// Where all pairs are in right order, the jackknife variance is 0; the lower end
// is then that of one pair in wrong order, whose two prints are of
// different clusters, and the upper end 1. The same holds the other way round.
// It fails if the area is undefined without one of the clusters.
func (c *Clusters) AUC(confidence float64) (Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return Interval{}, err
	}
	whole := orderOf(c.all)
	if whole.pairs == 0 {
		return Interval{}, errors.New("the area is undefined: a class has no pairs")
	}
	mirrored := whole.wrong > whole.pairs/2
	parts := make([]order, len(c.of))
	weights := make([]int, len(c.of))
	for i := range weights {
		weights[i] = 1
	}
	for i := range c.of {
		weights[i] = 0
		parts[i] = orderOf(c.weighted(weights))
		weights[i] = 1
		if parts[i].pairs == 0 {
			return Interval{}, fmt.Errorf("the area is undefined without cluster %d of %d", i+1, len(c.of))
		}
		if mirrored {
			parts[i].wrong = parts[i].pairs - parts[i].wrong
		}
	}
	if mirrored {
		whole.wrong = whole.pairs - whole.wrong
	}
	if whole.wrong == 0 {
		whole.wrong = 1
		for i := range parts {
			if i >= 2 {
				parts[i].wrong = 1
			}
		}
	}
	logits := make([]float64, len(parts))
	for i, p := range parts {
		logits[i] = p.logit()
	}
	half := studentQuantile(confidence, len(parts)-1) * math.Sqrt(jackknifeVariance(logits))
	ci := Interval{expit(whole.logit() - half), expit(whole.logit() + half)}
	if mirrored {
		ci = Interval{1 - ci.High, 1 - ci.Low}
	}
	auc := c.all.AUC()
	return Interval{min(auc, ci.Low), max(auc, ci.High)}, nil
}

// An order counts pairs of a genuine and an impostor score.
type order struct {
	wrong, pairs float64 // a tie is half in wrong order
}

func orderOf(s *Scores) order {
	pairs := float64(s.genuines) * float64(s.impostors)
	if pairs == 0 {
		return order{}
	}
	var below, twice int // genuine pairs below the score; twice the pairs in wrong order
	for i := range s.value {
		twice += s.impostor[i] * (2*below + s.genuine[i])
		below += s.genuine[i]
	}
	return order{float64(twice) / 2, pairs}
}

// logit is that of the share in right order.
func (o order) logit() float64 {
	return math.Log(o.pairs-o.wrong+.5) - math.Log(o.wrong+.5)
}

func expit(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
