package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// conditionOrder puts the conditions of fingerprints in the order of their
// difficulty; others follow in the order of first appearance.
var conditionOrder = []string{"", "easy", "medium", "hard", "cr", "obl", "zcut"}

// alterations is how SOCOFing spells what metrics have in lower case.
var alterations = map[string]string{"cr": "CR", "obl": "Obl", "zcut": "Zcut"}

// thresholds are prefixes of metrics that name a threshold, not a condition.
var thresholds = []string{"calibrated", "fixed"}

const maxConditionMetrics = 10 // to choose from in the figure

// conditionFigure compares metrics between the conditions that they were also
// measured under, "hard.eer" being "eer" under the condition "hard": a column
// of dots for each group of replicates, one dot a run.
func conditionFigure(trials []*trial, all []metric) *figure {
	byKey := map[string]bool{}
	for _, m := range all {
		byKey[m.Key] = true
	}
	conditions := map[string][]string{} // of each metric's key
	var order []metric
	for _, m := range all {
		condition, rest, found := strings.Cut(m.name(), ".")
		key := m.Stage + "." + rest
		if !found || slices.Contains(thresholds, condition) || !byKey[key] || m.Better == neither {
			continue
		}
		if conditions[key] == nil {
			conditions[key] = []string{""}
			order = append(order, newMetric(m.Stage, rest, m.Timing))
		}
		conditions[key] = append(conditions[key], condition)
	}
	if len(order) == 0 {
		return nil
	}
	slices.SortStableFunc(order, func(a, b metric) int {
		return cmp.Compare(rank(primary, a.name()), rank(primary, b.name()))
	})
	f := &figure{
		ID: "conditions", Title: "By difficulty and alteration", Wide: len(groupsOf(trials)) > 4,
		Label: fmt.Sprintf("Metrics of %s under each condition.", count(len(trials), "run")),
	}
	if len(groupsOf(trials)) < len(trials) {
		f.Note = "One dot a run, one column a group of replicates; the bar is the group's median."
	}
	for _, m := range order[:min(len(order), maxConditionMetrics)] {
		names := conditions[m.Key]
		slices.SortStableFunc(names, func(a, b string) int {
			return cmp.Compare(rank(conditionOrder, strings.ToLower(a)), rank(conditionOrder, strings.ToLower(b)))
		})
		f.Variants = append(f.Variants, conditionVariant(trials, m, names))
	}
	return f
}

func conditionVariant(trials []*trial, m metric, conditions []string) variant {
	labels := slices.Clone(conditions)
	labels[0] = "all"
	for i, c := range conditions {
		if name, ok := alterations[c]; ok {
			labels[i] = name
		}
	}
	marks := make([]float64, len(labels))
	for i := range marks {
		marks[i] = float64(i)
	}
	y := axis{Name: m.Title, Scale: scale{Format: "number"}}
	if m.Percent {
		y.Scale.Format = "percent"
	}
	x := axis{Min: -0.5, Max: float64(len(labels)) - 0.5, Ticks: marks, Scale: scale{Format: "label", Labels: labels}}
	p := newPlot(x, y)
	groups := groupsOf(trials)
	column := 0.7 / float64(len(groups))
	for g, group := range groups {
		shift := column * (float64(g) - float64(len(groups)-1)/2)
		values := make([][]float64, len(conditions))
		for _, t := range group.Trials {
			var points [][2]float64
			for i, c := range conditions {
				if v, ok := t.metrics[m.under(c)]; ok && finite(v) {
					values[i] = append(values[i], v)
					points = append(points, [2]float64{round(float64(i) + shift), round(v)})
				}
			}
			p.dots([]*trial{t}, "", "circle", 8, points)
		}
		if len(group.Trials) == 1 {
			continue
		}
		var medians [][2]float64
		for i := range conditions {
			if len(values[i]) > 1 {
				medians = append(medians, [2]float64{round(float64(i) + shift), round(median(values[i]))})
			}
		}
		p.dots(group.Trials, "median", "rect", []float64{max(6, 400*column/float64(len(conditions))), 2}, medians)
	}
	v := p.variant(m.Title)
	v.Item = true
	return v
}

// rank is the position of a name in a list, its length if it is not there.
func rank(list []string, name string) int {
	if i := slices.Index(list, name); i >= 0 {
		return i
	}
	return len(list)
}

// under is the key of the metric under a condition, "" being none.
func (m metric) under(condition string) string {
	if condition == "" {
		return m.Key
	}
	return m.Stage + "." + condition + "." + m.name()
}
