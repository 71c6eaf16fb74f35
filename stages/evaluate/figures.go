package evaluate

import (
	"fmt"
	"math"

	"whorl/biometrics"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/figure"
	"whorl/stages/internal/dataset"
)

// writeFigures writes the charts of the test side. Points inside of a straight
// run are left out of the lines.
func (m *measurement) writeFigures(t *stage.Task, bins int) error {
	set := figure.Set{Figures: []figure.Figure{m.det(), m.roc(), m.precisionRecall(), m.cmcFigure()}}
	for _, draw := range []func() (figure.Figure, error){
		func() (figure.Figure, error) { return m.scoreHistogram(bins) },
		m.logOddsHistogram, m.reliabilityFigure,
		func() (figure.Figure, error) { return m.parts("by_difficulty", "EER by difficulty", m.byDifficulty()) },
		func() (figure.Figure, error) { return m.parts("by_alteration", "EER by alteration", m.byAlteration()) },
	} {
		f, err := draw()
		if err != nil {
			return fmt.Errorf("write figures: %w", err)
		}
		if f.Name != "" {
			set.Figures = append(set.Figures, f)
		}
	}
	for _, th := range m.thresholds {
		if !th.brief {
			set.Figures = append(set.Figures, m.confusionMatrix(th))
		}
	}
	text, err := figure.Encode(set)
	if err == nil {
		err = t.WriteFile("figures", text)
	}
	if err != nil {
		return fmt.Errorf("write figures: %w", err)
	}
	return nil
}

// floor is the lowest error rate that a DET plot has.
const floor = 1e-4

// rates is an axis of rates; a Normal one ends at rates that have a deviate.
func rates(label string, scale figure.Scale) figure.Axis {
	low, high := 0.0, 1.0
	switch scale {
	case figure.Log:
		low = floor
	case figure.Normal:
		low, high = floor, 0.95
	}
	return figure.Axis{Label: label, Unit: "%", Scale: scale, Min: &low, Max: &high}
}

const (
	fmrLabel  = "false match rate (FMR)"
	fnmrLabel = "false non-match rate (FNMR)"
)

// marks are the thresholds at their false match rates.
func (m *measurement) marks(y func(biometrics.Confusion) float64) []figure.Mark {
	var marks []figure.Mark
	for _, th := range m.thresholds {
		at := m.scores.At(th.value)
		marks = append(marks, figure.Mark{Name: th.name + " threshold", X: at.FMR(), Y: y(at)})
	}
	return marks
}

// det is the DET plot of Martin et al., "The DET curve in assessment of
// detection task performance", Eurospeech 1997.
func (m *measurement) det() figure.Figure {
	det := m.scores.DET().Corners()
	return figure.Figure{
		Name: "det", Title: "DET curve",
		Doc: "Errors at every threshold, on normal deviates: nearer to the lower left is better. The dashed line crosses each curve at its equal error rate.",
		Curve: &figure.Curve{
			X: rates(fmrLabel, figure.Normal), Y: rates(fnmrLabel, figure.Normal),
			Lines: []figure.Line{lineOf("", det.FMR, det.FNMR)}, Marks: m.marks(biometrics.Confusion.FNMR), Diagonal: true,
		},
	}
}

func (m *measurement) roc() figure.Figure {
	roc := m.scores.ROC().Corners()
	return figure.Figure{
		Name: "roc", Title: "ROC curve", Doc: "Receiver operating characteristic: nearer to the upper left is better.",
		Curve: &figure.Curve{
			X: rates(fmrLabel, figure.Log), Y: rates("true match rate (1 - FNMR)", figure.Linear),
			Lines: []figure.Line{lineOf("", roc.FPR, roc.TPR)}, Marks: m.marks(biometrics.Confusion.Recall),
		},
	}
}

func (m *measurement) precisionRecall() figure.Figure {
	pr := m.scores.PR().Corners()
	return figure.Figure{
		Name: "precision_recall", Title: "Precision and recall", Doc: "Precision depends on the share of genuine pairs among those compared.",
		Curve: &figure.Curve{
			X: rates("recall", figure.Linear), Y: rates("precision", figure.Linear),
			Lines: []figure.Line{lineOf("", pr.Recall, pr.Precision)},
		},
	}
}

// cmcRanks is how many ranks of the CMC are written.
const cmcRanks = 50

func (m *measurement) cmcFigure() figure.Figure {
	n := min(len(m.cmc), cmcRanks)
	rank := make([]float64, n)
	for i := range rank {
		rank[i] = float64(i + 1)
	}
	return figure.Figure{
		Name: "cmc", Title: "CMC curve", Doc: "Cumulative match characteristic: the share of searches that find the mate at this rank or better.",
		Curve: &figure.Curve{
			X: figure.Axis{Label: "rank", Scale: figure.Log}, Y: figure.Axis{Label: "mate found", Unit: "%"},
			Lines: []figure.Line{lineOf("", rank, m.cmc[:n])},
		},
	}
}

// lineOf is a line without the points that have no value.
func lineOf(name string, x, y []float64) figure.Line {
	l := figure.Line{Name: name, X: []float64{}, Y: []float64{}}
	for i := range x {
		if s := x[i] + y[i]; !math.IsNaN(s) && !math.IsInf(s, 0) {
			l.X, l.Y = append(l.X, x[i]), append(l.Y, y[i])
		}
	}
	return l
}

func (m *measurement) scoreHistogram(bins int) (figure.Figure, error) {
	h, err := m.scores.Histogram(bins, 0, 1)
	if err != nil {
		return figure.Figure{}, err
	}
	return m.histogram("scores", "Scores", "score", h, func(x float64) float64 { return x }), nil
}

// logOddsHistogram tells scores near 0 and 1 apart, in bins of width 1.
func (m *measurement) logOddsHistogram() (figure.Figure, error) {
	odds, err := m.scores.Map(clampedLogOdds)
	if err != nil {
		return figure.Figure{}, err
	}
	h, err := odds.Histogram(2*maxLogOdds, -maxLogOdds, maxLogOdds)
	if err != nil {
		return figure.Figure{}, err
	}
	return m.histogram("log_odds", "Log odds of the scores", "log odds of the score, ln s/(1 - s)", h, clampedLogOdds), nil
}

func (m *measurement) histogram(name, title, label string, h biometrics.Histogram, at func(score float64) float64) figure.Figure {
	out := &figure.Histogram{
		X: figure.Axis{Label: label}, Edges: h.Edges,
		Groups: []figure.Group{{Name: "genuine pairs", Counts: floats(h.Genuine)}, {Name: "impostor pairs", Counts: floats(h.Impostor)}},
	}
	for _, th := range m.thresholds {
		if x := at(th.value); x >= h.Edges[0] && x <= h.Edges[len(h.Edges)-1] {
			out.Marks = append(out.Marks, figure.Mark{Name: th.name + " threshold", X: x})
		}
	}
	return figure.Figure{Name: name, Title: title, Doc: "Shares of the genuine and of the impostor pairs. Errors lie where they overlap.", Histogram: out}
}

func floats(n []int) []float64 {
	out := make([]float64, len(n))
	for i, x := range n {
		out[i] = float64(x)
	}
	return out
}

// reliabilityFigure draws the share of genuine pairs among those of a score.
func (m *measurement) reliabilityFigure() (figure.Figure, error) {
	bins, err := m.scores.Reliability(reliabilityBins)
	if err != nil {
		return figure.Figure{}, err
	}
	var x, y []float64
	for _, b := range bins {
		x, y = append(x, b.Mean), append(y, b.Genuine)
	}
	return figure.Figure{
		Name: "reliability", Title: "Reliability curve", Doc: "Scores taken for probabilities: a calibrated score lies on the diagonal.",
		Curve: &figure.Curve{
			X: rates("mean score", figure.Linear), Y: rates("share of genuine pairs", figure.Linear),
			Lines: []figure.Line{lineOf("", x, y)}, Diagonal: true,
		},
	}, nil
}

func (m *measurement) confusionMatrix(th threshold) figure.Figure {
	at := m.scores.At(th.value)
	return figure.Figure{
		Name: "decisions_" + th.name, Title: fmt.Sprintf("Decisions at the %s threshold", th.name),
		Doc: fmt.Sprintf("A match is a score of at least %.4g.", th.value),
		Matrix: &figure.Matrix{
			RowLabel: "truth", ColumnLabel: "decision",
			Rows: []string{"genuine", "impostor"}, Columns: []string{"match", "no match"},
			Counts: [][]int{{at.TP, at.FN}, {at.FP, at.TN}},
		},
	}
}

// A part is some groups of pairs under a name.
type part struct {
	name string
	of   func(group) bool
}

// parts draws the EER of parts of the pairs; no figure if there are fewer than
// two parts. Sampled pairs give intervals by the bootstrap over subjects. Of all
// pairs only counts are kept, which give none for a part.
func (m *measurement) parts(name, title string, parts []part) (figure.Figure, error) {
	e := &figure.Estimates{Quantity: "EER", Unit: "%", Level: confidence}
	for _, p := range parts {
		row, ok, err := m.estimate(p)
		if err != nil {
			return figure.Figure{}, fmt.Errorf("%s: %w", p.name, err)
		}
		if ok {
			e.Rows = append(e.Rows, row)
		}
	}
	if len(e.Rows) < 2 {
		return figure.Figure{}, nil
	}
	return figure.Figure{Name: name, Title: title, Estimates: e}, nil
}

// estimate is the EER of a part; ok is false if it has none. Without pairs of two
// subjects it has no interval.
func (m *measurement) estimate(p part) (e figure.Estimate, ok bool, err error) {
	s, err := m.test.tally.scores(p.of)
	if err != nil || s.Genuines() == 0 || s.Impostors() == 0 {
		return e, false, nil // the part has none
	}
	eer, _ := s.EER()
	e = figure.Estimate{Name: p.name, Value: eer, N: s.Genuines() + s.Impostors()}
	clusters, ok, err := m.test.tally.bySubject(s, p.of)
	if err != nil || !ok {
		return e, err == nil, err
	}
	b := biometrics.Bootstrap{Seed: m.data.seed, Replicates: partResamples, Confidence: confidence}
	ci, err := b.EER(clusters)
	if err == nil && !math.IsNaN(ci.Low+ci.High) && ci.Low <= ci.High {
		e.Low, e.High = &ci.Low, &ci.High
	}
	return e, true, nil
}

// partResamples are fewer than those of the whole, since there are many parts.
const partResamples = 400

func (m *measurement) byDifficulty() []part {
	var parts []part
	for _, d := range dataset.ProbeSubsets {
		parts = append(parts, part{d.String(), func(g group) bool { return g.difficulty == d }})
	}
	return parts
}

func (m *measurement) byAlteration() []part {
	var parts []part
	for _, a := range m.test.tally.alterations() {
		parts = append(parts, part{a, func(g group) bool { return g.alteration == a }})
	}
	return parts
}
