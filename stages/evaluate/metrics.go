package evaluate

import (
	"fmt"
	"slices"
	"strings"

	"whorl/biometrics"
	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/dataset"
)

// ranks are those whose identification rate is recorded.
var ranks = []int{1, 5}

func rankName(k int) string { return fmt.Sprintf("rank%d", k) }

// recordMetrics records the figures of all comparisons, and under a prefix
// those of each difficulty and each alteration: "hard.eer". A difficulty
// without pairs is left out, and logged.
//
// Where nothing is called a match precision is recorded as 0, as scikit-learn
// has it, and logged: it is 0/0, but a network that finds nothing should not
// be left out of a comparison, nor of the mean over seeds, for that.
func (m *measurement) recordMetrics(t *stage.Task) error {
	r := &recorder{task: t, thresholds: m.thresholds}
	if err := r.group("", m.scores); err != nil {
		return err
	}
	m.recordSearches(t)
	for _, difficulty := range dataset.ProbeSubsets {
		s, err := m.test.tally.scores(func(g group) bool { return g.difficulty == difficulty })
		if err != nil {
			r.empty = append(r.empty, difficulty.String())
			continue
		}
		if err := r.group(difficulty.String()+".", s); err != nil {
			return err
		}
	}
	for _, alteration := range m.test.tally.alterations() {
		s, err := m.test.tally.scores(func(g group) bool { return g.alteration == alteration })
		if err != nil {
			return err
		}
		if err := r.group(alteration+".", s); err != nil {
			return err
		}
	}
	if err := m.recordRelated(t); err != nil {
		return err
	}
	if len(r.empty) > 0 {
		t.Logf("no pairs, and so no figures, of: %s", strings.Join(r.empty, ", "))
	}
	if len(r.matchless) > 0 {
		t.Logf("0, since nothing is called a match: %s", strings.Join(r.matchless, ", "))
	}
	return m.data.recordFailures(t)
}

// recordSearches records how often searches find the mate.
func (m *measurement) recordSearches(t *stage.Task) {
	s := m.test.search
	for _, k := range ranks {
		t.Metric(rankName(k), s.within(k).value())
	}
	t.Logf("rank 1 in a gallery of %d: %.4f of the searches", s.size, s.within(1).value())
	for _, th := range m.identification {
		t.Metric(th.prefix()+"threshold", th.value)
		t.Metric(th.prefix()+"fpir", s.falsePositives(th.value).value())
		t.Metric(th.prefix()+"dir", s.detected(th.value).value())
	}
}

// recordRelated records the pairs of one person's different fingers, which are
// more alike than those of strangers. With pairs all they are in no other
// figure; sampled pairs have them among the impostors, as the tutorial does.
func (m *measurement) recordRelated(t *stage.Task) error {
	related := m.test.tally.related
	if len(related) == 0 {
		t.Metric("same_subject.pairs", 0)
		return nil
	}
	s, err := biometrics.Counted(related)
	if err != nil {
		return fmt.Errorf("count scores of one person's fingers: %w", err)
	}
	t.Metric("same_subject.pairs", float64(s.Impostors()))
	for _, th := range m.thresholds {
		t.Metric("same_subject."+th.prefix()+"fmr", s.At(th.value).FMR())
	}
	return nil
}

// recordFailures records which share of the files in the data set gave no
// print, since they were refused: of the gallery, failure to enrol, and of the
// probes, failure to acquire (ISO/IEC 19795-1).
func (d *data) recordFailures(t *stage.Task) error {
	var rejects []struct {
		File    string
		Follows bool
	}
	if err := dataset.ReadJSON(t, "prints", dataset.RejectsFile, &rejects); err != nil {
		return err
	}
	enrol, acquire := 0, 0
	for _, r := range rejects {
		switch {
		case r.Follows: // the file itself is a print
		case strings.HasPrefix(r.File, fingerprint.Real.Dir()+"/"):
			enrol++
		default:
			acquire++
		}
	}
	t.Metric("fte", proportion{enrol, enrol + len(d.Enrolled)}.value())
	t.Metric("fta", proportion{acquire, acquire + len(d.Presented)}.value())
	return nil
}

// reserved are names before a dot that metrics have already.
var reserved = []string{"easy", "medium", "hard", "calibrated", "platt", "isotonic", "same_subject"}

// alterationGroup is the group of pairs that a probe's belong to by its
// alteration: the tag in lower case, made different from names that metrics
// have already. A probe without a tag belongs to none.
func alterationGroup(tag string) string {
	switch tag = strings.ToLower(tag); {
	case slices.Contains(reserved, tag) || strings.HasPrefix(tag, "fmr") || strings.HasPrefix(tag, "fpir"):
		return "alteration-" + tag
	default:
		return tag
	}
}

// A recorder records metrics and keeps the names of what was not as usual.
type recorder struct {
	task       *stage.Task
	thresholds []threshold
	empty      []string // groups without pairs
	matchless  []string // precisions where nothing is called a match
}

// group records the figures of some pairs under a prefix: at the fixed
// threshold without a further one, at others under the threshold's name.
func (r *recorder) group(prefix string, s *biometrics.Scores) error {
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
		if th.brief {
			r.task.Metric(prefix+th.prefix()+"fmr", c.FMR())
			r.task.Metric(prefix+th.prefix()+"fnmr", c.FNMR())
		} else {
			r.confusion(prefix+th.prefix(), c)
		}
		if prefix == "" { // the thresholds are the same for all groups
			r.task.Metric(th.prefix()+"threshold", th.value)
			r.task.Logf("%s threshold %.4g: accuracy %.4f, FMR %.4f, FNMR %.4f", th.name, th.value, c.Accuracy(), c.FMR(), c.FNMR())
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
