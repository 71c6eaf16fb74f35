package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// An observer keeps what a stage reports, and passes it on.
type observer struct {
	run   *run
	stage string
	log   string // path of the log while the stage runs

	mu      sync.Mutex
	metrics record.Metrics
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

func (o *observer) all() record.Metrics {
	metrics, timings := o.split()
	return append(metrics, timings...)
}

// split returns the metrics that are an output, and those that are not.
func (o *observer) split() (metrics, timings record.Metrics) {
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

func encodeMetrics(ms record.Metrics) []byte {
	b, err := ms.MarshalJSON()
	if err != nil {
		panic(err) // names and numbers can be encoded
	}
	return b
}

// readMetrics replays the metrics of an execution.
func readMetrics(s *store.Store, m *store.Manifest) (record.Metrics, error) {
	var ms record.Metrics
	if m.Metrics != "" {
		b, err := s.ReadAll(m.Metrics)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(b, &ms); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	if len(m.Timings) > 0 {
		var timings record.Metrics
		if err := json.Unmarshal(m.Timings, &timings); err != nil {
			return nil, fmt.Errorf("timings: %w", err)
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
	var sides [2]record.Metrics
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
