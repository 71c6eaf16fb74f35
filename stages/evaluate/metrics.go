package evaluate

import (
	"math"
	"slices"
	"strings"

	"whorl/biometrics"
	"whorl/pipeline/stage"
)

// recordMetrics records the figures of all comparisons, and under a prefix
// those of each difficulty and each alteration: "hard.eer". What is undefined
// for the data at hand is left out, and logged.
func recordMetrics(t *stage.Task, m *measurement) error {
	r := &recorder{task: t, thresholds: m.thresholds()}
	t.Metric("rank1", m.cmc[0])
	t.Logf("rank 1 in a gallery of %d: %.4f of the searches", len(m.cmc), m.cmc[0])
	if err := r.group("", m.comparisons); err != nil {
		return err
	}
	for _, difficulty := range difficulties {
		of := func(c comparison) bool { return c.presented.difficulty == difficulty }
		if err := r.group(difficulty.String()+".", choose(m.comparisons, of)); err != nil {
			return err
		}
	}
	for _, alteration := range alterations(m.comparisons) {
		of := func(c comparison) bool { return c.presented.alteration == alteration }
		if err := r.group(strings.ToLower(alteration)+".", choose(m.comparisons, of)); err != nil {
			return err
		}
	}
	if len(r.undefined) > 0 {
		t.Logf("undefined, and so left out: %s", strings.Join(r.undefined, ", "))
	}
	return nil
}

// alterations returns the tags that occur, sorted; prints without one belong
// to no group.
func alterations(comparisons []comparison) []string {
	seen := map[string]bool{}
	var tags []string
	for _, c := range comparisons {
		if tag := c.presented.alteration; tag != "" && !seen[tag] {
			seen[tag] = true
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return tags
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

// A recorder records metrics and keeps the names of those undefined.
type recorder struct {
	task       *stage.Task
	thresholds []threshold
	undefined  []string
}

func (r *recorder) metric(name string, value float64) {
	if math.IsNaN(value) {
		r.undefined = append(r.undefined, name)
		return
	}
	r.task.Metric(name, value)
}

// group records the figures of some comparisons under a prefix: at the fixed
// threshold without a further one, at others under the threshold's name.
func (r *recorder) group(prefix string, comparisons []comparison) error {
	if len(comparisons) == 0 {
		r.undefined = append(r.undefined, prefix+"*")
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
	r.metric(prefix+"roc_auc", s.AUC())
	r.metric(prefix+"average_precision", s.AveragePrecision())
	r.metric(prefix+"eer", eer)
	r.metric(prefix+"log_loss", loss)
	if prefix == "" {
		r.task.Logf("%d genuine and %d impostor pairs: ROC AUC %.4f, EER %.4f", s.Genuines(), s.Impostors(), s.AUC(), eer)
	}
	for _, th := range r.thresholds {
		at := prefix
		if th.name != "fixed" {
			at += th.name + "."
		}
		r.metric(at+"threshold", th.value)
		c := s.At(th.value)
		r.confusion(at, c)
		if prefix == "" {
			r.task.Logf("%s threshold %.4f: accuracy %.4f, precision %.4f, recall %.4f", th.name, th.value, c.Accuracy(), c.Precision(), c.Recall())
		}
	}
	return nil
}

func (r *recorder) confusion(prefix string, c biometrics.Confusion) {
	r.metric(prefix+"accuracy", c.Accuracy())
	r.metric(prefix+"precision", c.Precision())
	r.metric(prefix+"recall", c.Recall())
	r.metric(prefix+"f1", c.F1())
	r.metric(prefix+"fmr", c.FMR())
	r.metric(prefix+"fnmr", c.FNMR())
	r.metric(prefix+"tp", float64(c.TP))
	r.metric(prefix+"fp", float64(c.FP))
	r.metric(prefix+"tn", float64(c.TN))
	r.metric(prefix+"fn", float64(c.FN))
}
