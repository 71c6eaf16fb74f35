package stagetest

import (
	"os"
	"path/filepath"
	"sync"

	"whorl/pipeline/stage"
)

// Path returns the path of an output.
func (r *Result) Path(output string) string { return filepath.Join(r.Dir, output) }

// Bytes returns the content of an output that is a file.
func (r *Result) Bytes(output string) []byte {
	r.t.Helper()
	b, err := os.ReadFile(r.Path(output))
	if err != nil {
		r.t.Fatal(err)
	}
	return b
}

// Metric returns the last value of the named metric that is no timing; the
// test fails if there is none.
func (r *Result) Metric(name string) float64 {
	r.t.Helper()
	for i := len(r.Metrics) - 1; i >= 0; i-- {
		if m := r.Metrics[i]; m.Name == name && !m.Timing {
			return m.Value
		}
	}
	r.t.Fatalf("no metric %q was recorded", name)
	return 0
}

// recorder keeps what a stage reports.
type recorder struct {
	mu      sync.Mutex
	metrics []stage.Metric
	log     []string
	last    stage.Progress
}

func (r *recorder) Metric(m stage.Metric) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.metrics = append(r.metrics, m)
}

func (r *recorder) Progress(p stage.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = p
}

func (r *recorder) Log(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log = append(r.log, line)
}
