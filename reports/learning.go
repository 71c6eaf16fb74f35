package reports

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// learningFigures draws every series over its steps: one figure for each
// measure, training and validation over each other, results before timings.
func learningFigures(trials []*trial) []*figure {
	var bases []metric // without "val_"
	seen := map[string]bool{}
	for _, t := range trials {
		for _, m := range t.Metrics() {
			base := m.Stage + "." + strings.TrimPrefix(m.Name, "val_")
			if t.series[m.Key()] != nil && !seen[base] {
				seen[base] = true
				bases = append(bases, newMetric(m.Stage, strings.TrimPrefix(m.Name, "val_"), m.Timing))
			}
		}
	}
	slices.SortStableFunc(bases, func(a, b metric) int {
		return learningOrder(a) - learningOrder(b)
	})
	var figures []*figure
	for i, m := range bases {
		f := learningFigure(trials, m)
		f.ID = fmt.Sprintf("series-%d", i+1)
		figures = append(figures, f)
	}
	return figures
}

func learningOrder(m metric) int {
	switch {
	case m.name() == "loss":
		return 0
	case m.name() == "accuracy":
		return 1
	case !m.Timing:
		return 2
	}
	return 3
}

func learningFigure(trials []*trial, m metric) *figure {
	f := &figure{
		timing: m.Timing,
		Title:  capital(m.Title),
		Label:  fmt.Sprintf("%s of %s over the steps of stage %s.", m.Title, count(len(trials), "run"), m.Stage),
	}
	both, positive := false, true
	for _, t := range trials {
		both = both || t.series[m.validation()] != nil
		for _, key := range []string{m.Key, m.validation()} {
			for _, p := range t.series[key] {
				positive = positive && (math.IsNaN(p.Value) || p.Value > 0)
			}
		}
	}
	if both {
		f.Note = "Thick lines: validation. Thin lines: training."
	}
	draw := func(log bool) variant {
		x, y := learningAxes(trials, m, log)
		p := newPlot(x, y)
		for _, t := range trials {
			if points := steps(t, m.Key); points != nil {
				s := stroke{Width: 2, Opacity: 1}
				role := ""
				if both {
					s, role = stroke{Width: 1, Opacity: 0.75}, "training"
				}
				p.line([]*trial{t}, role, points, s)
			}
			if points := steps(t, m.validation()); points != nil {
				p.line([]*trial{t}, "validation", points, stroke{Width: 2.25, Opacity: 1})
			}
		}
		if log {
			return p.variant("log")
		}
		return p.variant("linear")
	}
	f.Variants = []variant{draw(false)}
	if positive && m.name() == "loss" {
		f.Variants = append(f.Variants, draw(true))
	}
	if groups := groupsOf(trials); len(groups) < len(trials) && !m.Timing {
		f.Variants = append(f.Variants, medianVariant(trials, groups, m))
	}
	return f
}

// medianVariant draws, of each group of replicates, the median at each step
// over the faint lines of its trials: validation if there is one.
func medianVariant(trials []*trial, groups []*replicates, m metric) variant {
	x, y := learningAxes(trials, m, false)
	p := newPlot(x, y)
	for _, g := range groups {
		at := map[float64][]float64{}
		for _, t := range g.Trials {
			points := steps(t, m.validation())
			if points == nil {
				points = steps(t, m.Key)
			}
			for _, point := range points {
				at[point[0]] = append(at[point[0]], point[1])
			}
			if len(points) > 0 {
				p.line([]*trial{t}, "", points, stroke{Width: 1, Opacity: 0.4})
			}
		}
		var medians [][2]float64
		for _, step := range slices.Sorted(maps.Keys(at)) {
			medians = append(medians, [2]float64{step, median(at[step])})
		}
		if len(medians) > 0 {
			p.line(g.Trials, "median", medians, stroke{Width: 2.5, Opacity: 1})
		}
	}
	return p.variant("medians")
}

// learningAxes are those of a metric's figure; the steps fill theirs.
func learningAxes(trials []*trial, m metric, log bool) (x, y axis) {
	first, last := math.MaxInt, math.MinInt
	for _, t := range trials {
		for _, key := range []string{m.Key, m.validation()} {
			for _, p := range t.series[key] {
				first, last = min(first, p.Step), max(last, p.Step)
			}
		}
	}
	x = axis{Name: stepName(m), Integral: true, Scale: scale{Format: "number"}}
	if first < last {
		x.Min, x.Max = float64(first), float64(last)
	}
	y = axis{Name: m.Title, Log: log, Scale: scale{Format: "number"}}
	if m.Percent {
		y.Scale.Format = "percent"
	}
	return x, y
}

func (m metric) validation() string { return m.Stage + ".val_" + m.name() }

// stepName is what the steps of a series are: a training stage's are epochs.
func stepName(m metric) string {
	switch m.name() {
	case "loss", "accuracy", "seconds", "pairs_per_s":
		return "epoch"
	}
	return "step"
}

// steps are the points of a series, without those that cannot be drawn.
func steps(t *trial, key string) [][2]float64 {
	var points [][2]float64
	for _, p := range t.series[key] {
		if finite(p.Value) {
			points = append(points, [2]float64{float64(p.Step), p.Value})
		}
	}
	return points
}

// capital is the text with its first letter in upper case.
func capital(text string) string {
	_, n := utf8.DecodeRuneInString(text)
	return strings.ToUpper(text[:n]) + text[n:]
}
