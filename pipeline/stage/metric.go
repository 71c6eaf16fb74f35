package stage

import "strings"

// A Goal says which values of a metric are better.
type Goal string

// The goals of a metric. Without one no value is better than another, and
// nothing ranks runs by it.
const (
	NoGoal   Goal = ""
	Minimize Goal = "minimize"
	Maximize Goal = "maximize"
)

// Better reports whether a is better than b.
func (g Goal) Better(a, b float64) bool {
	return g == Minimize && a < b || g == Maximize && a > b
}

// A MetricInfo describes a metric of a kind of stage. It does not count for
// the stage's key: it says how a metric is shown and ranked, not what it is.
type MetricInfo struct {
	Name    string `json:"name"`            // as the stage records it, e.g. "eer"
	Title   string `json:"title,omitempty"` // for people, e.g. "Equal error rate"
	Unit    string `json:"unit,omitempty"`  // e.g. "s", "%"; empty for a plain number
	Goal    Goal   `json:"goal,omitempty"`
	Primary bool   `json:"primary,omitempty"` // ranks runs where nothing else is asked for
	Doc     string `json:"doc,omitempty"`
}

// InfoOf returns the description of a metric. A description of "eer" also
// describes "hard.eer", unless that has one of its own: a part of the data has
// the metrics of the whole. Such a metric is never the primary one.
func InfoOf(infos []MetricInfo, name string) (MetricInfo, bool) {
	for rest, part := name, false; ; part = true {
		for _, info := range infos {
			if info.Name == rest {
				info.Name, info.Primary = name, info.Primary && !part
				return info, true
			}
		}
		_, after, ok := strings.Cut(rest, ".")
		if !ok {
			return MetricInfo{Name: name}, false
		}
		rest = after
	}
}
