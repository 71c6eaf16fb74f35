package evaluate

import (
	"maps"
	"slices"
	"strings"

	"whorl/biometrics"
	"whorl/pipeline/stage"
	"whorl/stages/internal/dataset"
)

// recordMetrics records the figures of all comparisons, and under a prefix
// those of each difficulty and each alteration: "hard.eer". A difficulty
// without pairs is left out, and logged.
//
// Where nothing is called a match precision is recorded as 0, as scikit-learn
// has it, and logged: it is 0/0, but a network that finds nothing should not
// drop out of a comparison, nor of the mean over seeds, for that.
func recordMetrics(t *stage.Task, m *measurement) error {
	r := &recorder{task: t, thresholds: m.thresholds()}
	if err := r.group("", m.comparisons); err != nil {
		return err
	}
	t.Metric("rank1", m.cmc[0])
	t.Logf("rank 1 in a gallery of %d: %.4f of the searches", len(m.cmc), m.cmc[0])
	for _, difficulty := range dataset.ProbeSubsets {
		of := func(c comparison) bool { return c.presented.Difficulty == difficulty }
		if err := r.group(difficulty.String()+".", choose(m.comparisons, of)); err != nil {
			return err
		}
	}
	for _, alteration := range alterations(m.comparisons) {
		of := func(c comparison) bool { return alterationGroup(c) == alteration }
		if err := r.group(alteration+".", choose(m.comparisons, of)); err != nil {
			return err
		}
	}
	if len(r.empty) > 0 {
		t.Logf("no pairs, and so no figures, of: %s", strings.Join(r.empty, ", "))
	}
	if len(r.matchless) > 0 {
		t.Logf("0, since nothing is called a match: %s", strings.Join(r.matchless, ", "))
	}
	return nil
}

// alterations returns the groups that occur, sorted.
func alterations(comparisons []comparison) []string {
	seen := map[string]bool{}
	for _, c := range comparisons {
		if group := alterationGroup(c); group != "" {
			seen[group] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// alterationGroup is the group of pairs that one belongs to by its probe's
// alteration: the tag in lower case, made different from names that metrics
// have already. A probe without a tag belongs to none.
func alterationGroup(c comparison) string {
	switch tag := strings.ToLower(c.presented.Alteration); tag {
	case "easy", "medium", "hard", "calibrated":
		return "alteration-" + tag
	default:
		return tag
	}
}

func choose(comparisons []comparison, want func(comparison) bool) []comparison {
	var out []comparison
	for _, c := range comparisons {
		if want(c) {
			out = append(out, c)
		}
	}
	return out
}

// A recorder records metrics and keeps the names of what was not as usual.
type recorder struct {
	task       *stage.Task
	thresholds []threshold
	empty      []string // groups without pairs
	matchless  []string // precisions where nothing is called a match
}

// group records the figures of some comparisons under a prefix: at the fixed
// threshold without a further one, at others under the threshold's name.
func (r *recorder) group(prefix string, comparisons []comparison) error {
	if len(comparisons) == 0 {
		r.empty = append(r.empty, strings.TrimSuffix(prefix, "."))
		return nil
	}
	s, err := count(comparisons)
	if err != nil {
		return err
	}
	loss, err := s.LogLoss()
	if err != nil {
		return err
	}
	eer, _ := s.EER()
	r.task.Metric(prefix+"roc_auc", s.AUC())
	r.task.Metric(prefix+"eer", eer)
	r.task.Metric(prefix+"average_precision", s.AveragePrecision())
	if prefix == "" {
		r.task.Logf("%d genuine and %d impostor pairs: ROC AUC %.4f, EER %.4f", s.Genuines(), s.Impostors(), s.AUC(), eer)
	}
	for _, th := range r.thresholds {
		c := s.At(th.value)
		r.confusion(prefix+th.prefix(), c)
		if prefix == "" { // the thresholds are the same for all groups
			r.task.Metric(th.prefix()+"threshold", th.value)
			r.task.Logf("%s threshold %.4g: accuracy %.4f, precision %.4f, recall %.4f", th.name, th.value, c.Accuracy(), precision(c), c.Recall())
		}
	}
	r.task.Metric(prefix+"log_loss", loss)
	return nil
}

func (r *recorder) confusion(prefix string, c biometrics.Confusion) {
	r.task.Metric(prefix+"accuracy", c.Accuracy())
	if c.TP+c.FP == 0 {
		r.matchless = append(r.matchless, prefix+"precision")
	}
	r.task.Metric(prefix+"precision", precision(c))
	r.task.Metric(prefix+"recall", c.Recall())
	r.task.Metric(prefix+"f1", c.F1())
	r.task.Metric(prefix+"fmr", c.FMR())
	r.task.Metric(prefix+"fnmr", c.FNMR())
	r.task.Metric(prefix+"tp", float64(c.TP))
	r.task.Metric(prefix+"fp", float64(c.FP))
	r.task.Metric(prefix+"tn", float64(c.TN))
	r.task.Metric(prefix+"fn", float64(c.FN))
}

// precision is the share of genuine pairs among the matches, and 0 if there
// are none.
func precision(c biometrics.Confusion) float64 {
	if c.TP+c.FP == 0 {
		return 0
	}
	return c.Precision()
}
