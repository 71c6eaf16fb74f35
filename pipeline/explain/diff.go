package explain

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"whorl/pipeline"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
	"whorl/pipeline/value"
)

// A RunDiff is what two runs differ in.
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
	Old   *float64 `json:"old"` // null if there is none, or it is no finite number
	New   *float64 `json:"new"`
}

// Diff compares two runs: what their stages depended on, and what they
// measured. Timings are not compared.
func Diff(s *store.Store, old, now *pipeline.Result) *RunDiff {
	d := &RunDiff{Old: old.ID, New: now.ID, Reasons: []Reason{}, Metrics: []MetricDiff{}}
	for i := range now.Stages {
		is := &now.Stages[i]
		was := stageOf(old, is.Name)
		if was == nil {
			d.Reasons = append(d.Reasons, Reason{Stage: is.Name, What: "stage", New: is.Kind})
			was = new(pipeline.StageResult)
		} else if was.Key != is.Key {
			d.Reasons = append(d.Reasons, diffStages(s, old, now, was, is)...)
		}
		d.Metrics = append(d.Metrics, diffMetrics(is.Name, was.Metrics, is.Metrics)...)
	}
	for i := range old.Stages {
		if was := &old.Stages[i]; stageOf(now, was.Name) == nil {
			d.Reasons = append(d.Reasons, Reason{Stage: was.Name, What: "stage", Old: was.Kind})
			d.Metrics = append(d.Metrics, diffMetrics(was.Name, was.Metrics, nil)...)
		}
	}
	return d
}

// diffStages compares by the texts of the keys, which name everything; where
// one of them is no longer in the store, by what the runs recorded.
func diffStages(s *store.Store, old, new *pipeline.Result, was, is *pipeline.StageResult) []Reason {
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
	return d.texts(is.Name, recorded(old, was), recorded(new, is))
}

// recorded is what a run's record tells of the text of a stage's key.
func recorded(r *pipeline.Result, s *pipeline.StageResult) string {
	var b strings.Builder
	for _, p := range r.RunInfo.Stages {
		if p.Name != s.Name {
			continue
		}
		for _, v := range p.Params {
			fmt.Fprintf(&b, "param %s %s\n", v.Name, value.Text(v.Value))
		}
	}
	for _, in := range s.Inputs {
		fmt.Fprintf(&b, "input %s %s\n", in.Name, in.Digest)
	}
	return b.String()
}

func diffMetrics(stageName string, old, new []stage.Metric) []MetricDiff {
	was, names := lastValues(old, nil)
	is, names := lastValues(new, names)
	var diffs []MetricDiff
	for _, name := range names {
		a, hasA := was[name]
		b, hasB := is[name]
		if hasA == hasB && math.Float64bits(a) == math.Float64bits(b) {
			continue
		}
		diffs = append(diffs, MetricDiff{stageName, name, finite(a, hasA), finite(b, hasB)})
	}
	return diffs
}

func finite(x float64, ok bool) *float64 {
	if !ok || x-x != 0 {
		return nil
	}
	return &x
}

// lastValues returns the value of each metric at its last step, and adds to
// the names those that are new.
func lastValues(ms []stage.Metric, names []string) (map[string]float64, []string) {
	last, at := map[string]float64{}, map[string]int{}
	for _, m := range ms {
		if step, ok := at[m.Name]; m.Timing || ok && step > m.Step {
			continue
		}
		last[m.Name], at[m.Name] = m.Value, m.Step
		if !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return last, names
}

// String tells the differences, a line each.
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
