package compare

import (
	"fmt"
	"slices"
	"strings"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

// A Side is one of two sets of runs that are compared: a run, a configuration
// with all its seeds, or several configurations.
type Side struct {
	Name string
	Runs []*record.Run
}

// confidence is that of the intervals of [Sides].
const confidence = 0.95

// Sides compares two sets of runs by a metric ("stage.name"). Where the sides
// have several configurations each, those are paired that are equal in all
// parameters which vary within a side, and the difference is averaged over the
// pairs. The runs of other, such as the rest of their sweep, take part in the
// estimate of the noise and in the family of tests. tables may be nil.
//
// The error says that a side has no finished run with the metric, or that no
// two configurations can be paired.
func Sides(a, b Side, other []*record.Run, metric string, goal stage.Goal, tables LeaveOneOut) (Comparison, error) {
	groupsA, groupsB := measured(Replicates(a.Runs), metric), measured(Replicates(b.Runs), metric)
	for _, side := range []struct {
		name   string
		groups []Group
	}{{a.Name, groupsA}, {b.Name, groupsB}} {
		if len(side.groups) == 0 {
			return Comparison{}, fmt.Errorf("compare: %s has no finished run with the metric %s", side.name, metric)
		}
	}
	pairs := paired(groupsA, groupsB)
	if len(pairs) == 0 {
		return Comparison{}, fmt.Errorf("compare: no configuration of %s equals one of %s in what else varies (%s)",
			a.Name, b.Name, strings.Join(keysOf(groupsA, groupsB), ", "))
	}
	taken := map[*record.Run]bool{}
	for _, r := range slices.Concat(a.Runs, b.Runs) {
		taken[r] = true
	}
	other = slices.DeleteFunc(slices.Clone(other), func(r *record.Run) bool { return taken[r] })
	groups := slices.Concat(groupsA, groupsB, measured(Replicates(other), metric))
	d, err := DesignOf(groups, metric, tables)
	if err != nil {
		return Comparison{}, err
	}
	analysis, err := Analyze(d, confidence)
	if err != nil {
		return Comparison{}, err
	}
	for i := range pairs {
		pairs[i][1] += len(groupsA)
	}
	return analysis.compare(metric, [2]string{a.Name, b.Name}, pairs, goal), nil
}

// measured returns the groups that have a finished run with the metric.
func measured(groups []Group, metric string) []Group {
	return slices.DeleteFunc(groups, func(g Group) bool { return len(g.observations(metric)) == 0 })
}

// keysOf returns the parameters that vary within one of two sides.
func keysOf(a, b []Group) []string {
	var keys []string
	for _, side := range [][]Group{a, b} {
		for _, s := range side[0].Settings {
			if !slices.Contains(keys, s.Key) {
				keys = append(keys, s.Key)
			}
		}
	}
	return keys
}

// paired returns the positions of groups that agree in what varies within a
// side.
func paired(a, b []Group) (pairs [][2]int) {
	keys := keysOf(a, b)
	id := func(g Group) string {
		given := map[string]any{}
		for _, s := range Settings(g.Runs[0]) {
			given[s.Key] = s.Value
		}
		settings := make([]Setting, len(keys))
		for i, key := range keys {
			settings[i] = Setting{key, given[key]}
		}
		return identity(settings)
	}
	byID := map[string]int{}
	for j, g := range b {
		byID[id(g)] = j
	}
	for i, g := range a {
		if j, ok := byID[id(g)]; ok {
			pairs = append(pairs, [2]int{i, j})
		}
	}
	return pairs
}
