package evaluate

import (
	"fmt"
	"math"

	"whorl/biometrics"
	"whorl/pipeline/stage"
)

const (
	confidence = 0.95
	resamples  = 1000 // of a bootstrap
)

// intervals is the output of that name: what figures of all validation pairs
// may be in truth, as far as so many prints can tell. They say nothing of
// another split or another training, which only other seeds do.
type intervals struct {
	Confidence float64             `json:"confidence"`
	Subjects   int                 `json:"subjects"` // of the probes
	Figures    map[string]interval `json:"figures"`  // by the names of the metrics
}

// An interval is a figure with its confidence interval. The method is
// "bootstrap", with the subjects of the probes as clusters, or "wilson", for
// shares of events that are taken to be independent: unlike the bootstrap it
// has a width where nothing went wrong.
type interval struct {
	Value  number `json:"value"`
	Low    number `json:"low"`
	High   number `json:"high"`
	Method string `json:"method"`
}

func writeIntervals(t *stage.Task, m *measurement) error {
	subject := make([]int, len(m.comparisons))
	subjects := map[int]bool{}
	for i, c := range m.comparisons {
		subject[i] = int(c.presented.Subject)
		subjects[subject[i]] = true
	}
	out := intervals{confidence, len(subjects), map[string]interval{}}
	if err := out.bootstrap(t.Seed, m, subject); err != nil {
		return fmt.Errorf("write intervals: %w", err)
	}
	if err := out.shares(m); err != nil {
		return fmt.Errorf("write intervals: %w", err)
	}
	eer, auc := out.Figures["eer"], out.Figures["roc_auc"]
	t.Logf("%.0f%% intervals: ROC AUC %.4f to %.4f, EER %.4f to %.4f", 100*confidence, auc.Low, auc.High, eer.Low, eer.High)
	return writeJSON(t, "intervals", out)
}

// bootstrap adds the figures that are no shares of independent events.
func (out *intervals) bootstrap(seed uint64, m *measurement, subject []int) error {
	b := biometrics.Bootstrap{Seed: seed, Replicates: resamples, Confidence: confidence}
	score, genuine := scoresAndTruth(m.comparisons)
	for name, figure := range map[string]biometrics.Figure{
		"roc_auc":           (*biometrics.Scores).AUC,
		"average_precision": (*biometrics.Scores).AveragePrecision,
		"eer":               func(s *biometrics.Scores) float64 { rate, _ := s.EER(); return rate },
	} {
		ci, err := b.Interval(score, genuine, subject, figure)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		out.Figures[name] = interval{number(figure(m.scores)), number(ci.Low), number(ci.High), "bootstrap"}
	}
	return nil
}

// shares adds the error rates and rank-1.
func (out *intervals) shares(m *measurement) error {
	add := func(name string, k, n int) error {
		ci, err := biometrics.Wilson(k, n, confidence)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		out.Figures[name] = interval{number(float64(k) / float64(n)), number(ci.Low), number(ci.High), "wilson"}
		return nil
	}
	for _, th := range m.thresholds() {
		c := m.scores.At(th.value)
		if err := add(th.prefix()+"fmr", c.FP, c.FP+c.TN); err != nil {
			return err
		}
		if err := add(th.prefix()+"fnmr", c.FN, c.FN+c.TP); err != nil {
			return err
		}
	}
	found := int(math.Round(m.cmc[0] * float64(m.searches)))
	return add("rank1", found, m.searches)
}
