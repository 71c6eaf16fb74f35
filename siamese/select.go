package siamese

import (
	"cmp"
	"fmt"
	"slices"
)

// Select says by which figure of the validation pairs epochs are compared, for
// [Best] and for early stopping. Both depend on the order of the scores alone:
// the log loss also depends on their scale, which thresholds correct.
type Select string

// The choices: the area under the ROC curve, higher being better, or the equal
// error rate, lower being better. The AUC sees every change of the order, the
// EER of n pairs moves in steps of 1/n.
const (
	ByAUC Select = "auc"
	ByEER Select = "eer"
)

func (s Select) check() error {
	if s != ByAUC && s != ByEER {
		return fmt.Errorf("select %q (available: %q, %q)", s, ByAUC, ByEER)
	}
	return nil
}

// better reports whether epoch a is better than b.
func (s Select) better(a, b Epoch) bool {
	if s == ByEER {
		return a.ValEER < b.ValEER
	}
	return a.ValAUC > b.ValAUC
}

// A scored pair is a logit with the truth.
type scored struct {
	logit   float32
	genuine bool
}

// separation returns how well the logits tell genuine pairs from impostors:
// the area under the ROC curve, ties counting half, and the equal error rate,
// interpolated linearly between operating points. Package biometrics measures
// the same; it is not imported, because every change of it would make trained
// networks stale. There must be pairs of both classes. The pairs are sorted.
func separation(pairs []scored) (auc, eer float64) {
	slices.SortFunc(pairs, func(a, b scored) int { return cmp.Compare(b.logit, a.logit) })
	genuines := 0
	for _, p := range pairs {
		if p.genuine {
			genuines++
		}
	}
	impostors := len(pairs) - genuines
	wins := 0      // of genuine pairs against impostors, twice
	tp, fp := 0, 0 // pairs above the threshold
	crossed := false
	for i := 0; i < len(pairs); {
		g, m := 0, 0 // pairs with this logit
		for j := i; i < len(pairs) && pairs[i].logit == pairs[j].logit; i++ {
			if pairs[i].genuine {
				g++
			} else {
				m++
			}
		}
		wins += m * (2*tp + g)
		if !crossed && (fp+m)*genuines >= (genuines-tp-g)*impostors {
			crossed = true
			eer = crossing(tp, fp, g, m, genuines, impostors)
		}
		tp, fp = tp+g, fp+m
	}
	return float64(wins) / 2 / (float64(genuines) * float64(impostors)), eer
}

// crossing is where FMR and FNMR are equal on the way from the point (tp, fp)
// to the next, which has g genuine and m impostor pairs more.
func crossing(tp, fp, g, m, genuines, impostors int) float64 {
	fmr, fnmr := float64(fp)/float64(impostors), float64(genuines-tp)/float64(genuines)
	dm, dn := float64(m)/float64(impostors), float64(g)/float64(genuines)
	return fmr + float64((fnmr-fmr)/(dm+dn)*dm) // not fused into one operation
}
