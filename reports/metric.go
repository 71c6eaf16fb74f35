package reports

import (
	"slices"
	"strings"

	"whorl/pipeline/stage"
)

// A metric is a figure that runs are compared by, as the kinds of the stages
// describe it.
type metric struct {
	Key    string // "score.night.error"
	Stage  string // "score"
	Title  string // "Error rate, night"
	Under  string // the part of the data: "night"
	Short  string // the title without it
	Unit   string
	Doc    string
	Timing bool
	Goal   stage.Goal

	described bool // by a kind of stage, and not for a part of the data
	primary   bool
}

const maxShown = 12 // metrics in the table of runs before any are chosen

// allMetrics returns what any of the trials measured: primary ones first, then
// in the order of first appearance, timings last. A description of any run
// holds for all.
func allMetrics(trials []*trial) []metric {
	var all []metric
	at := map[string]int{}
	for _, t := range trials {
		for _, m := range t.Metrics() {
			key := m.Key()
			i, seen := at[key]
			if !seen {
				i = len(all)
				at[key] = i
				all = append(all, metric{Key: key, Stage: m.Stage, Title: m.Name, Short: m.Name, Timing: m.Timing})
			}
			if all[i].described || all[i].Under != "" {
				continue
			}
			if info, ok := t.MetricInfo(key); ok {
				all[i].describe(t.described(m.Stage, m.Name), info)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b metric) int { return a.order() - b.order() })
	return all
}

func (m metric) order() int {
	switch {
	case m.primary:
		return 0
	case m.Timing:
		return 2
	}
	return 1
}

// described reports whether the kind names the metric itself rather than that of
// which it is a part.
func (t *trial) described(in, name string) bool {
	return slices.ContainsFunc(t.Stage(in).About, func(i stage.MetricInfo) bool { return i.Name == name })
}

func (m *metric) describe(itself bool, info stage.MetricInfo) {
	m.Goal, m.Unit, m.Doc, m.primary, m.described = info.Goal, info.Unit, info.Doc, info.Primary, itself
	if info.Title != "" {
		m.Title, m.Short = info.Title, info.Title
	}
	if !itself {
		m.Under, _, _ = strings.Cut(m.name(), ".")
		if i := strings.LastIndexByte(m.name(), '.'); i >= 0 {
			m.Under = strings.ReplaceAll(m.name()[:i], ".", " ")
		}
		m.Title = m.Short + ", " + m.Under
	}
}

func (m metric) name() string { return strings.TrimPrefix(m.Key, m.Stage+".") }

// Format writes a value of the metric.
func (m metric) Format(v float64) string {
	switch m.Unit {
	case "%":
		return percent(v)
	case "s":
		return seconds(v)
	case "":
		return number(v)
	}
	return number(v) + " " + m.Unit
}

// Hint says what the metric is and which way is better, for a heading.
func (m metric) Hint() string {
	parts := []string{m.Key}
	if m.Doc != "" {
		parts = append(parts, m.Doc)
	}
	if b := m.Better(); b != "" {
		parts = append(parts, b)
	}
	return strings.Join(parts, "; ")
}

// Better says which way is better, nothing of a metric without a goal.
func (m metric) Better() string {
	switch m.Goal {
	case stage.Maximize:
		return "higher is better"
	case stage.Minimize:
		return "lower is better"
	}
	return ""
}

// shownMetrics chooses those for the table of runs: the primary ones and those
// that a kind describes by their own name; without any, the first.
func shownMetrics(all []metric) []metric {
	var chosen []metric
	for _, m := range all {
		if m.described && !m.Timing && len(chosen) < maxShown {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		chosen = slices.Clone(all[:min(len(all), maxShown)])
	}
	return chosen
}

// ranking returns the metric that runs are ranked by: the one asked for, else
// the primary one that most trials have, else the first with a goal that the
// last stage measured. ok is false if there is none. A metric without a goal
// ranks nothing.
func ranking(trials []*trial, all []metric, asked string) (m metric, ok bool) {
	most := 0
	for _, candidate := range all {
		if candidate.Key == asked {
			return candidate, true
		}
		if n := len(valuesOf(trials, candidate)); candidate.primary && candidate.Goal != stage.NoGoal && n > 0 && n >= most { // the last stage of several
			m, ok, most = candidate, true, n
		}
	}
	if ok {
		return m, true
	}
	for _, candidate := range slices.Backward(all) {
		if candidate.Goal != stage.NoGoal && !candidate.Timing && (!ok || candidate.Stage == m.Stage) {
			m, ok = candidate, true
		}
	}
	return m, ok
}
