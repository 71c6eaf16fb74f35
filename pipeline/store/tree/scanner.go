package tree

import (
	"context"
	"runtime"
	"sync"
)

// A Scanner scans each path once, for whichever caller asks first.
type Scanner struct {
	memo    *Memo
	mu      sync.Mutex
	scanned map[string]func() (*Tree, error)
}

// NewScanner returns a scanner that reads no file whose digest the memo holds.
func NewScanner(memo *Memo) *Scanner {
	return &Scanner{memo: memo, scanned: map[string]func() (*Tree, error){}}
}

// Scan returns the content of path at the time of the first call, or of the
// first after [Scanner.Forget].
func (s *Scanner) Scan(ctx context.Context, path string) (*Tree, error) {
	s.mu.Lock()
	once := s.scanned[path]
	if once == nil {
		once = sync.OnceValues(func() (*Tree, error) {
			return Scan(ctx, path, s.memo, runtime.GOMAXPROCS(0))
		})
		s.scanned[path] = once
	}
	s.mu.Unlock()
	return once()
}

// Forget makes the next Scan of path read it again.
func (s *Scanner) Forget(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.scanned, path)
}
