package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// An observer keeps what a stage reports, and passes it on.
type observer struct {
	run   *run
	stage string
	log   string // path of the log while the stage runs

	mu      sync.Mutex
	metrics []stage.Metric
	file    *os.File // nil until there is a line
	err     error    // of writing the log
}

func (o *observer) Metric(m stage.Metric) {
	o.mu.Lock()
	o.metrics = append(o.metrics, m)
	o.mu.Unlock()
	o.run.tell(Event{Stage: o.stage, Metric: &m})
}

func (o *observer) Progress(p stage.Progress) {
	o.run.tell(Event{Stage: o.stage, Progress: &p})
}

func (o *observer) Log(line string) {
	line = printable(line)
	o.mu.Lock()
	if o.file == nil && o.err == nil {
		o.file, o.err = os.OpenFile(o.log, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) // which follows no link
	}
	if o.err == nil {
		_, o.err = o.file.WriteString(line + "\n")
	}
	o.mu.Unlock()
	o.run.tell(Event{Stage: o.stage, Log: line})
}

// path is where the log will be kept, relative to the store; empty if there is
// none.
func (o *observer) path() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file == nil {
		return ""
	}
	return strings.TrimPrefix(o.run.store.LogPath(o.run.o.RunID, o.stage), o.run.store.Dir()+"/")
}

// keep moves the log to its place when the stage has ended with err.
func (o *observer) keep(err error) (path string, _ error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file == nil {
		if err != nil {
			return "", nil // explain has said it
		}
		return "", o.err
	}
	failed := errors.Join(o.err, o.file.Close())
	if failed == nil {
		path, failed = o.run.store.KeepLog(o.log, o.run.o.RunID, o.stage)
	}
	if failed != nil && err == nil {
		return "", fmt.Errorf("log: %w", failed)
	}
	return path, nil
}

// explain adds to why a stage failed that its log could not be written, of
// which it may be the cause.
func (o *observer) explain(failure error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil && !errors.Is(failure, o.err) {
		return errors.Join(failure, fmt.Errorf("write its log: %w", o.err))
	}
	return failure
}

func (o *observer) all() []stage.Metric {
	metrics, timings := o.split()
	return append(metrics, timings...)
}

// split returns the metrics that are an output, and those that are not.
func (o *observer) split() (metrics, timings []stage.Metric) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.metrics {
		if m.Timing {
			timings = append(timings, m)
		} else {
			metrics = append(metrics, m)
		}
	}
	return metrics, timings
}

// metricJSON is a metric as it is kept: the value as text, since JSON has
// neither NaN nor infinity.
type metricJSON struct {
	Name   string `json:"name"`
	Step   int    `json:"step"`
	Value  string `json:"value"`
	Timing bool   `json:"timing,omitempty"`
}

func toMetricJSON(ms []stage.Metric) []metricJSON {
	js := make([]metricJSON, len(ms))
	for i, m := range ms {
		js[i] = metricJSON{m.Name, m.Step, strconv.FormatFloat(m.Value, 'g', -1, 64), m.Timing}
	}
	return js
}

func fromMetricJSON(js []metricJSON) ([]stage.Metric, error) {
	ms := make([]stage.Metric, len(js))
	for i, j := range js {
		v, err := strconv.ParseFloat(j.Value, 64)
		if err != nil {
			return nil, fmt.Errorf("metric %s: %w", j.Name, err)
		}
		ms[i] = stage.Metric{Name: j.Name, Step: j.Step, Value: v, Timing: j.Timing}
	}
	return ms, nil
}

func encodeMetrics(ms []stage.Metric) []byte {
	b, err := json.Marshal(toMetricJSON(ms))
	if err != nil {
		panic(err) // strings and integers only
	}
	return b
}

func decodeMetrics(b []byte) ([]stage.Metric, error) {
	var js []metricJSON
	if err := json.Unmarshal(b, &js); err != nil {
		return nil, err
	}
	return fromMetricJSON(js)
}

// readMetrics replays the metrics of an execution.
func readMetrics(s *store.Store, m *store.Manifest) ([]stage.Metric, error) {
	var ms []stage.Metric
	if m.Metrics != "" {
		b, err := s.ReadAll(m.Metrics)
		if err != nil {
			return nil, err
		}
		if ms, err = decodeMetrics(b); err != nil {
			return nil, err
		}
	}
	if len(m.Timings) > 0 {
		timings, err := decodeMetrics(m.Timings)
		if err != nil {
			return nil, err
		}
		ms = append(ms, timings...)
	}
	return ms, nil
}

// sameMetrics compares values, whatever the order in which goroutines reported
// them.
func sameMetrics(s *store.Store, a, b *store.Manifest) bool {
	if a.Metrics == b.Metrics {
		return true
	}
	var sides [2][]stage.Metric
	for i, m := range []*store.Manifest{a, b} {
		ms, err := readMetrics(s, m)
		if err != nil {
			return false
		}
		ms = slices.DeleteFunc(ms, func(m stage.Metric) bool { return m.Timing })
		slices.SortFunc(ms, func(a, b stage.Metric) int {
			if c := strings.Compare(a.Name, b.Name); c != 0 {
				return c
			}
			return a.Step - b.Step
		})
		sides[i] = ms
	}
	return slices.EqualFunc(sides[0], sides[1], func(a, b stage.Metric) bool {
		return a.Name == b.Name && a.Step == b.Step && math.Float64bits(a.Value) == math.Float64bits(b.Value)
	})
}
