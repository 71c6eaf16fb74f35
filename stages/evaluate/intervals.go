package evaluate

import (
	"fmt"

	"whorl/biometrics"
	"whorl/pipeline/stage"
)

const (
	confidence = 0.95
	resamples  = 1000 // of a bootstrap
)

// intervals is the output of that name: what figures of all test pairs
// may be in truth, as far as so many prints of so many people can tell. They
// say nothing of another split or another training, which only other seeds do.
type intervals struct {
	Confidence float64             `json:"confidence"`
	Subjects   int                 `json:"subjects"` // of the probes
	Drawn      string              `json:"drawn"`    // by a bootstrap: "subject" or "probe"
	Figures    map[string]interval `json:"figures"`  // by the names of the metrics
}

// An interval is a figure with its confidence interval.
type interval struct {
	Value  number `json:"value"`
	Low    number `json:"low"`
	High   number `json:"high"`
	Method string `json:"method"` // "jackknife", "bootstrap" or "wilson"
}

// writeIntervals writes the intervals, one method for a figure: ROC AUC by a
// jackknife, FMR, FNMR and rank-1 by Wilson with an effective number of trials,
// EER and average precision by a bootstrap. The subjects of the probes are the
// independent draws, since pairs of one person are not independent; or the
// probes, if all are of one person.
func (m *measurement) writeIntervals(t *stage.Task) error {
	subjects := m.subjects()
	out := intervals{confidence, len(subjects), "subject", map[string]interval{}}
	if out.Subjects < biometrics.FewSubjects {
		t.Logf("the test pairs are of %d subjects only: intervals of the EER are too narrow below %d", out.Subjects, biometrics.FewSubjects)
	}
	if out.Subjects == 1 {
		out.Drawn = "probe"
	}
	c, err := m.clusters()
	if err != nil {
		return fmt.Errorf("write intervals: %w", err)
	}
	for _, k := range ranks {
		if out.Figures[rankName(k)], err = m.rankInterval(k); err != nil {
			return fmt.Errorf("write intervals: %s: %w", rankName(k), err)
		}
	}
	for _, f := range m.quantities() {
		ci, err := f.interval(c)
		if err != nil {
			return fmt.Errorf("write intervals: %s: %w", f.name, err)
		}
		out.Figures[f.name] = newInterval(f.value(m.scores), ci, f.method)
	}
	auc, eer := out.Figures["roc_auc"], out.Figures["eer"]
	t.Logf("%.0f%% intervals, over %d subjects: ROC AUC %.4f to %.4f, EER %.4f to %.4f",
		100*confidence, out.Subjects, auc.Low, auc.High, eer.Low, eer.High)
	return writeJSON(t, "intervals", out)
}

func newInterval(value float64, ci biometrics.Interval, method string) interval {
	return interval{number(value), number(ci.Low), number(ci.High), method}
}

// A quantity is a metric of the scores with its interval.
type quantity struct {
	name, method string
	value        biometrics.Figure
	interval     func(*biometrics.Clusters) (biometrics.Interval, error)
}

// quantities are those of all test pairs.
func (m *measurement) quantities() []quantity {
	b := biometrics.Bootstrap{Seed: m.data.seed, Replicates: resamples, Confidence: confidence}
	all := []quantity{
		{"roc_auc", "jackknife", (*biometrics.Scores).AUC, func(c *biometrics.Clusters) (biometrics.Interval, error) {
			return c.AUC(confidence)
		}},
		{"average_precision", "bootstrap", (*biometrics.Scores).AveragePrecision, func(c *biometrics.Clusters) (biometrics.Interval, error) {
			ci, err := b.Intervals(c, (*biometrics.Scores).AveragePrecision)
			if err != nil {
				return biometrics.Interval{}, err
			}
			return ci[0], nil
		}},
		{"eer", "bootstrap", biometrics.EER, b.EER},
	}
	for _, th := range m.thresholds {
		all = append(all, quantity{
			th.prefix() + "fmr", "wilson",
			func(s *biometrics.Scores) float64 { return s.At(th.value).FMR() },
			func(c *biometrics.Clusters) (biometrics.Interval, error) { return c.FMR(th.value, confidence) },
		}, quantity{
			th.prefix() + "fnmr", "wilson",
			func(s *biometrics.Scores) float64 { return s.At(th.value).FNMR() },
			func(c *biometrics.Clusters) (biometrics.Interval, error) { return c.FNMR(th.value, confidence) },
		})
	}
	return all
}

// rankInterval is that of rank-k. The searches are taken for independent.
func (m *measurement) rankInterval(k int) (interval, error) {
	found := m.test.search.within(k)
	ci, err := biometrics.Wilson(found.k, found.n, confidence)
	return newInterval(found.value(), ci, "wilson"), err
}

// clusters are the pairs of each subject, those of the subject's probes and with
// pairs all those with the subject's gallery images too; or of each probe, if
// all are of one subject.
func (m *measurement) clusters() (*biometrics.Clusters, error) {
	return m.test.tally.joined(m.scores)
}
