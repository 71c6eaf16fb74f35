package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"whorl/pipeline/stage"
)

// learningFigures draws every series over its steps: one figure for each
// measure, training and validation ("val_" before the name) over each other.
func learningFigures(trials []*trial, all []metric, crowded bool) []*figure {
	var figures []*figure
	for _, m := range all {
		if rest, ok := strings.CutPrefix(m.name(), "val_"); ok && slices.ContainsFunc(all, func(o metric) bool {
			return o.Key == m.Stage+"."+rest && o.isSeries(trials)
		}) {
			continue // it is drawn with the other
		}
		if m.isSeries(trials) {
			f := learningFigure(trials, m, crowded)
			f.ID = fmt.Sprintf("series-%d", len(figures)+1)
			figures = append(figures, f)
		}
	}
	return figures
}

func (m metric) isSeries(trials []*trial) bool {
	return slices.ContainsFunc(trials, func(t *trial) bool { return t.series[m.Key] != nil })
}

func learningFigure(trials []*trial, m metric, crowded bool) *figure {
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
	if crowded {
		f.Note = strings.TrimSpace(f.Note + " " + bandNote)
	}
	draw := func(log, crowded bool) variant {
		x, y := learningAxes(trials, m, log)
		p := newPlot(x, y)
		var curves []curve
		for _, t := range trials { // the more telling of the two comes first
			for _, of := range []struct{ key, role string }{{m.validation(), "validation"}, {m.Key, "training"}} {
				if !both {
					of.role = ""
				}
				if points := steps(t, of.key); len(points) > 0 {
					curves = append(curves, curve{t, of.role, points})
				}
			}
		}
		p.curves(curves, crowded)
		return p.variant(map[bool]string{true: "log", false: "linear"}[log])
	}
	f.Variants = []variant{draw(false, crowded)}
	if positive && m.Goal == stage.Minimize && !m.Timing {
		f.Variants = append(f.Variants, draw(true, crowded))
	}
	if len(groupsOf(trials)) < len(trials) && !m.Timing && !crowded {
		v := draw(false, true)
		v.Name = "medians"
		f.Variants = append(f.Variants, v)
	}
	return f
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
	x = axis{Name: "step", Integral: true, Scale: scale{Format: "number"}}
	if first < last {
		x.Min, x.Max = float64(first), float64(last)
	}
	y = axis{Name: m.Title, Log: log, Scale: scale{Format: "number"}}
	if m.Unit == "%" {
		y.Scale.Format = "percent"
	}
	return x, y
}

func (m metric) validation() string { return m.Stage + ".val_" + m.name() }

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
