package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"whorl/pipeline/stage"
)

// Metrics are what a stage measured, in the order in which it did.
type Metrics []stage.Metric

// A Metric is a metric of a run, or one point of a series.
type Metric struct {
	Stage string
	stage.Metric
}

// Key is "stage.name", by which a metric is asked for.
func (m Metric) Key() string { return m.Stage + "." + m.Name }

// Last returns the last value of each metric, in the order of their first:
// that of the greatest step and, where a step was recorded more than once, the
// one recorded last.
func (ms Metrics) Last() Metrics {
	at := make(map[string]int, len(ms))
	last := make(Metrics, 0, len(ms))
	for _, m := range ms {
		i, ok := at[m.Name]
		switch {
		case !ok:
			at[m.Name] = len(last)
			last = append(last, m)
		case m.Step >= last[i].Step:
			last[i] = m
		}
	}
	return last
}

// Series returns the points of a metric, steps ascending; those of one step
// stay in the order in which they were recorded.
func (ms Metrics) Series(name string) Metrics {
	var points Metrics
	for _, m := range ms {
		if m.Name == name {
			points = append(points, m)
		}
	}
	slices.SortStableFunc(points, func(a, b stage.Metric) int { return a.Step - b.Step })
	return points
}

// Metrics returns the last value of each metric of the run, in the order of
// the stages.
func (r *Run) Metrics() []Metric {
	var all []Metric
	for i := range r.Stages {
		for _, m := range r.Stages[i].Metrics.Last() {
			all = append(all, Metric{r.Stages[i].Name, m})
		}
	}
	return all
}

// Metric returns the last value of "stage.name"; ok is false if the run did
// not measure it.
func (r *Run) Metric(key string) (m Metric, ok bool) {
	for i := range r.Stages {
		s := &r.Stages[i]
		name, found := strings.CutPrefix(key, s.Name+".")
		if !found {
			continue
		}
		if points := s.Metrics.Series(name); len(points) > 0 {
			return Metric{s.Name, points[len(points)-1]}, true
		}
	}
	return Metric{}, false
}

// MetricInfo describes "stage.name" as the stage's kind does; ok is false if
// it does not.
func (r *Run) MetricInfo(key string) (info stage.MetricInfo, ok bool) {
	for i := range r.Stages {
		s := &r.Stages[i]
		if name, found := strings.CutPrefix(key, s.Name+"."); found {
			if info, ok = s.MetricInfo(name); ok {
				return info, true
			}
		}
	}
	return stage.MetricInfo{Name: key}, false
}

// MarshalJSON writes values as text, since JSON has neither NaN nor infinity.
func (ms Metrics) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, m := range ms {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(m.Name)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `{"name":`...), name...)
		b = strconv.AppendInt(append(b, `,"step":`...), int64(m.Step), 10)
		b = strconv.AppendFloat(append(b, `,"value":"`...), m.Value, 'g', -1, 64)
		b = append(b, '"')
		if m.Timing {
			b = append(b, `,"timing":true`...)
		}
		b = append(b, '}')
	}
	return append(b, ']'), nil
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (ms *Metrics) UnmarshalJSON(b []byte) error {
	var js []struct {
		Name   string `json:"name"`
		Step   int    `json:"step"`
		Value  string `json:"value"`
		Timing bool   `json:"timing"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&js); err != nil {
		return err
	}
	*ms = make(Metrics, len(js))
	for i, j := range js {
		v, err := strconv.ParseFloat(j.Value, 64)
		if err != nil {
			return fmt.Errorf("metric %s: %w", j.Name, err)
		}
		(*ms)[i] = stage.Metric{Name: j.Name, Step: j.Step, Value: v, Timing: j.Timing}
	}
	return nil
}
