package explain

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"whorl/pipeline/record"
	"whorl/pipeline/store"
)

// A RunDiff holds the differences between two runs.
type RunDiff struct {
	Old     string       `json:"old"`
	New     string       `json:"new"`
	Reasons []Reason     `json:"reasons"` // parameters, inputs, code, seed
	Metrics []MetricDiff `json:"metrics"`
}

// A MetricDiff is a metric whose value differs, or that one run lacks. Of a
// series only the last value is compared.
type MetricDiff struct {
	Stage string   `json:"stage"`
	Name  string   `json:"name"`
	Old   *float64 `json:"old"` // null if missing or not finite
	New   *float64 `json:"new"`
}

// Diff compares two runs: what their stages depended on, and what they
// measured. Timings are not compared.
func Diff(s *store.Store, old, now *record.Run) *RunDiff {
	d := &RunDiff{Old: old.ID, New: now.ID, Reasons: []Reason{}, Metrics: []MetricDiff{}}
	for i := range now.Stages {
		is := &now.Stages[i]
		was := old.Stage(is.Name)
		if was == nil {
			d.Reasons = append(d.Reasons, Reason{Stage: is.Name, What: "stage", New: is.Kind})
			was = new(record.Stage)
		} else if was.Key != is.Key {
			d.Reasons = append(d.Reasons, diffStages(s, was, is)...)
		}
		d.Metrics = append(d.Metrics, diffMetrics(is.Name, was.Metrics, is.Metrics)...)
	}
	for i := range old.Stages {
		if was := &old.Stages[i]; now.Stage(was.Name) == nil {
			d.Reasons = append(d.Reasons, Reason{Stage: was.Name, What: "stage", Old: was.Kind})
			d.Metrics = append(d.Metrics, diffMetrics(was.Name, was.Metrics, nil)...)
		}
	}
	return d
}

// diffStages compares by the texts of the keys, which name everything; where
// one of them is no longer in the store, by what the runs recorded.
func diffStages(s *store.Store, was, is *record.Stage) []Reason {
	refs := map[string]string{}
	for _, in := range is.Inputs {
		refs[in.Name] = in.Ref
	}
	d := differ{store: s, refs: refs}
	a, errA := s.Manifest(was.Key)
	b, errB := s.Manifest(is.Key)
	if errA == nil && errB == nil {
		return d.texts(is.Name, a.Text, b.Text)
	}
	return d.texts(is.Name, recorded(was), recorded(is))
}

// recorded returns the lines of a stage's key that the record of a run has.
func recorded(s *record.Stage) string {
	var b strings.Builder
	for _, p := range s.Params {
		fmt.Fprintf(&b, "param %s %s\n", p.Name, p.Text())
	}
	for _, in := range s.Inputs {
		fmt.Fprintf(&b, "input %s %s\n", in.Name, in.Digest)
	}
	return b.String()
}

func diffMetrics(stageName string, old, new record.Metrics) []MetricDiff {
	var diffs []MetricDiff
	was, is := values(old), values(new)
	names := slices.Concat(old.Last(), new.Last())
	seen := map[string]bool{}
	for _, m := range names {
		a, hasA := was[m.Name]
		b, hasB := is[m.Name]
		if m.Timing || seen[m.Name] || hasA == hasB && math.Float64bits(a) == math.Float64bits(b) {
			continue
		}
		seen[m.Name] = true
		diffs = append(diffs, MetricDiff{stageName, m.Name, finite(a, hasA), finite(b, hasB)})
	}
	return diffs
}

// values are the last values by name.
func values(ms record.Metrics) map[string]float64 {
	last := map[string]float64{}
	for _, m := range ms.Last() {
		last[m.Name] = m.Value
	}
	return last
}

func finite(x float64, ok bool) *float64 {
	if !ok || x-x != 0 {
		return nil
	}
	return &x
}

// String returns the differences, one a line.
func (d *RunDiff) String() string {
	var b strings.Builder
	for _, r := range d.Reasons {
		line := r.String()
		if r.What == "stage" {
			line = "stage " + r.Stage + ": " + arrow(r.Old, r.New)
		} else if r.What != "param" {
			line = r.Stage + ": " + line
		}
		b.WriteString(line + "\n")
	}
	value := func(x *float64) string {
		if x == nil {
			return "-"
		}
		return fmt.Sprintf("%.6g", *x)
	}
	for _, m := range d.Metrics {
		fmt.Fprintf(&b, "%s.%s: %s -> %s", m.Stage, m.Name, value(m.Old), value(m.New))
		if m.Old != nil && m.New != nil {
			fmt.Fprintf(&b, " (%+.6g)", *m.New-*m.Old)
		}
		b.WriteString("\n")
	}
	if b.Len() == 0 {
		return "no difference\n"
	}
	return b.String()
}
