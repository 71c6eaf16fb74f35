package reports

import (
	"slices"
	"strings"
)

// A direction says which way a metric gets better.
type direction int

const (
	neither direction = iota
	higher
	lower
)

// kinds is what is known of a metric by its name, the last part of what a
// stage calls it, without "val_". What is not known is shown as a plain number
// and no value of it is called best.
var kinds = map[string]struct {
	better  direction
	percent bool
	title   string
}{
	"accuracy":          {higher, true, "accuracy"},
	"average_precision": {higher, false, "avg. precision"},
	"eer":               {lower, true, "EER"},
	"f1":                {higher, false, "F1"},
	"fmr":               {lower, true, "FMR"},
	"fnmr":              {lower, true, "FNMR"},
	"log_loss":          {lower, false, "log loss"},
	"loss":              {lower, false, "loss"},
	"pairs_per_s":       {higher, false, "pairs/s"},
	"precision":         {higher, true, "precision"},
	"rank1":             {higher, true, "rank-1"},
	"recall":            {higher, true, "recall"},
	"roc_auc":           {higher, false, "ROC AUC"},
	"seconds":           {lower, false, "seconds"},
	"threshold":         {neither, false, "threshold"},
}

// primary lists, by name within the stage and in order, the metrics that the
// table of runs shows without being asked.
var primary = []string{
	"eer", "roc_auc", "average_precision", "accuracy",
	"calibrated.accuracy", "calibrated.precision", "calibrated.recall", "calibrated.f1",
	"calibrated.fmr", "calibrated.fnmr",
	"rank1", "val_loss", "val_accuracy", "pairs_per_s",
}

// rankers lists, by name within the stage and in order, what runs are ranked
// by unless Options say.
var rankers = []string{"eer", "roc_auc", "val_loss", "val_accuracy", "accuracy", "loss"}

const maxUnknown = 8 // metrics shown of a pipeline that measures none of primary

// A metric is a figure that runs are compared by.
type metric struct {
	Key     string // "evaluate.hard.eer"
	Stage   string // "evaluate"
	Title   string // "hard EER"
	Under   string // what Title begins with: "hard", "calibrated", "validation"
	Short   string // the rest of Title: "EER"
	Timing  bool
	Percent bool
	Better  direction
}

func newMetric(stage, name string, timing bool) metric {
	m := metric{Key: stage + "." + name, Stage: stage, Timing: timing}
	prefix, last := "", name
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		prefix, last = strings.ReplaceAll(name[:i], ".", " ")+" ", name[i+1:]
	}
	base, validation := strings.CutPrefix(last, "val_")
	if validation {
		prefix += "validation "
	}
	k, known := kinds[base]
	if !known {
		k.title = base
	}
	m.Title, m.Under, m.Short = prefix+k.title, strings.TrimSpace(prefix), k.title
	m.Percent, m.Better = k.percent, k.better
	return m
}

func (m metric) name() string { return strings.TrimPrefix(m.Key, m.Stage+".") }

// Format writes a value of the metric.
func (m metric) Format(v float64) string {
	if m.Percent {
		return percent(v)
	}
	return number(v)
}

// Hint says which way is better, for a heading.
func (m metric) Hint() string {
	switch m.Better {
	case higher:
		return "higher is better"
	case lower:
		return "lower is better"
	}
	return ""
}

// beats reports whether a is better than b.
func (m metric) beats(a, b float64) bool {
	return m.Better == higher && a > b || m.Better == lower && a < b
}

// allMetrics returns what any of the trials measured, in the order of first
// appearance, results before timings.
func allMetrics(trials []*trial) []metric {
	var all []metric
	seen := map[string]bool{}
	for _, t := range trials {
		for _, m := range t.Metrics() {
			if key := m.Key(); !seen[key] {
				seen[key] = true
				all = append(all, newMetric(m.Stage, m.Name, m.Timing))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b metric) int {
		switch {
		case a.Timing == b.Timing:
			return 0
		case b.Timing:
			return -1
		}
		return 1
	})
	return all
}

// primaryMetrics chooses those for the table of runs. What was measured on the
// training set stays out where the same was measured on the validation set.
func primaryMetrics(all []metric) []metric {
	var chosen []metric
	for _, name := range primary {
		for _, m := range all {
			watched := slices.ContainsFunc(all, func(o metric) bool { return o.Key == m.validation() })
			if m.name() == name && !watched {
				chosen = append(chosen, m)
			}
		}
	}
	if len(chosen) == 0 {
		chosen = slices.Clone(all[:min(len(all), maxUnknown)])
	}
	return chosen
}

// ranking returns the metric that runs are ranked by; ok is false if there is
// none that has a better direction.
func ranking(all []metric, asked string) (m metric, ok bool) {
	for _, m := range all {
		if m.Key == asked {
			if m.Better == neither {
				m.Better = higher
			}
			return m, true
		}
	}
	for _, name := range rankers {
		for _, m := range all {
			if m.name() == name {
				return m, true
			}
		}
	}
	return metric{}, false
}
