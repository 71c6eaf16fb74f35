package evaluate

import (
	"fmt"

	"whorl/biometrics"
	"whorl/pipeline/stage"
)

const confidence = 0.95

// Resamples of a bootstrap: fewer where there are very many pairs.
const (
	mostResamples   = 1000
	fewestResamples = 200
	resampledPairs  = 50_000_000 // in all of them
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
	Method string `json:"method"` // "bootstrap" or "wilson"
}

// writeIntervals writes the intervals. They come of a bootstrap that draws the
// subjects of the probes, since pairs of one person are not independent, or the
// probes if all are of one person; but where nothing or everything goes wrong,
// of which a bootstrap would be sure, and for rank-1, which no scores give,
// they are Wilson's, as if pairs were independent.
func (m *measurement) writeIntervals(t *stage.Task) error {
	cluster := make([]int, len(m.test.pairs))
	for i, c := range m.test.pairs {
		cluster[i] = int(m.data.Presented[c.probe].Subject)
	}
	out := intervals{confidence, len(m.subjects()), "subject", map[string]interval{}}
	if out.Subjects == 1 {
		out.Drawn = "probe"
		for i, c := range m.test.pairs {
			cluster[i] = int(c.probe)
		}
	}
	resamples := min(mostResamples, max(fewestResamples, resampledPairs/len(cluster)))
	b := biometrics.Bootstrap{Seed: m.data.seed, Replicates: resamples, Confidence: confidence}
	score, genuine := scoresAndTruth(m.test.pairs)
	names, figures := m.figures()
	ci, err := b.Intervals(score, genuine, cluster, figures...)
	if err != nil {
		return fmt.Errorf("write intervals: %w", err)
	}
	for i, name := range names {
		out.Figures[name] = newInterval(figures[i](m.scores), ci[i], "bootstrap")
	}
	for name, p := range m.proportions() {
		if _, ok := out.Figures[name]; ok && 0 < p.k && p.k < p.n {
			continue
		}
		ci, err := biometrics.Wilson(p.k, p.n, confidence)
		if err != nil {
			return fmt.Errorf("write intervals: %s: %w", name, err)
		}
		out.Figures[name] = newInterval(p.value(), ci, "wilson")
	}
	auc, eer := out.Figures["roc_auc"], out.Figures["eer"]
	t.Logf("%.0f%% intervals, over %d subjects: ROC AUC %.4f to %.4f, EER %.4f to %.4f",
		100*confidence, out.Subjects, auc.Low, auc.High, eer.Low, eer.High)
	return writeJSON(t, "intervals", out)
}

func newInterval(value float64, ci biometrics.Interval, method string) interval {
	return interval{number(value), number(ci.Low), number(ci.High), method}
}

// figures are those that the scores give, with the names of the metrics.
func (m *measurement) figures() (names []string, figures []biometrics.Figure) {
	add := func(name string, f biometrics.Figure) {
		names, figures = append(names, name), append(figures, f)
	}
	add("roc_auc", (*biometrics.Scores).AUC)
	add("average_precision", (*biometrics.Scores).AveragePrecision)
	add("eer", func(s *biometrics.Scores) float64 { rate, _ := s.EER(); return rate })
	for _, th := range m.thresholds {
		add(th.prefix()+"fmr", func(s *biometrics.Scores) float64 { return s.At(th.value).FMR() })
		add(th.prefix()+"fnmr", func(s *biometrics.Scores) float64 { return s.At(th.value).FNMR() })
	}
	return names, figures
}

// A proportion is k of n.
type proportion struct{ k, n int }

func (p proportion) value() float64 { return float64(p.k) / float64(p.n) }

// proportions are the figures that are one, by the names of the metrics.
func (m *measurement) proportions() map[string]proportion {
	p := map[string]proportion{
		"rank1": m.test.search.within(1),
		"rank5": m.test.search.within(5),
	}
	for _, th := range m.thresholds {
		c := m.scores.At(th.value)
		p[th.prefix()+"fmr"] = proportion{c.FP, c.FP + c.TN}
		p[th.prefix()+"fnmr"] = proportion{c.FN, c.FN + c.TP}
	}
	if eer, _ := m.scores.EER(); eer == 0 {
		p["eer"] = proportion{0, min(m.scores.Genuines(), m.scores.Impostors())}
	}
	return p
}
