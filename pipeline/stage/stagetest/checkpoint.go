package stagetest

import (
	"bytes"
	"io"
	"sync"
)

// Memory keeps checkpoints in memory. Its zero value is empty and ready; a
// test that resumes a stage hands the same one to two tasks.
type Memory struct {
	mu    sync.Mutex
	steps map[int][]byte
}

// Latest opens the newest checkpoint at a step not beyond max.
func (m *Memory) Latest(max int) (int, io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	best := 0
	for step := range m.steps {
		if step > best && step <= max {
			best = step
		}
	}
	if best == 0 {
		return 0, nil, nil
	}
	return best, io.NopCloser(bytes.NewReader(m.steps[best])), nil
}

// Save keeps what write writes, or nothing if it fails.
func (m *Memory) Save(step int, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.steps == nil {
		m.steps = make(map[int][]byte)
	}
	m.steps[step] = b.Bytes()
	return nil
}
