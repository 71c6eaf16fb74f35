package cli

import (
	"fmt"
	"io"
	"sync"
)

// An output is standard output. It remembers the first error, so that no verb
// ends well whose output was lost, for example on a full disk.
type output struct {
	w  io.Writer
	mu sync.Mutex

	failed error
}

// Write implements [io.Writer].
func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.failed == nil {
			o.failed = err
		}
	}
	return n, err
}

// err says what went wrong with what has been written.
func (o *output) err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed == nil {
		return nil
	}
	return fmt.Errorf("write the output: %w", o.failed)
}
