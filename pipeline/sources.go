package pipeline

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"whorl/pipeline/store/tree"
)

// sources are the files and directories outside of the store that a run reads.
// Each is scanned once, by whichever stage comes first.
type sources struct {
	memo    *tree.Memo
	mu      sync.Mutex
	scanned map[string]func() (*tree.Tree, error)
}

func newSources(memo *tree.Memo) *sources {
	return &sources{memo: memo, scanned: map[string]func() (*tree.Tree, error){}}
}

// scan returns the content of path as it is now or was when first asked for.
func (s *sources) scan(ctx context.Context, path string) (*tree.Tree, error) {
	s.mu.Lock()
	once := s.scanned[path]
	if once == nil {
		once = sync.OnceValues(func() (*tree.Tree, error) {
			return tree.Scan(ctx, path, s.memo, runtime.GOMAXPROCS(0))
		})
		s.scanned[path] = once
	}
	s.mu.Unlock()
	return once()
}

// forget makes the next scan look again.
func (s *sources) forget(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.scanned, path)
}

// An EditedError says that an input was edited while a stage read it.
type EditedError struct {
	Stage, Input string
	Path         string
	Files        []string // below Path, or none if it is a file itself
}

func (e *EditedError) Error() string {
	what := e.Path
	if len(e.Files) > 0 && e.Files[0] != "" {
		what = fmt.Sprintf("%s: %s", e.Path, some(e.Files))
	}
	return fmt.Sprintf("input %q was edited while the stage ran (%s), so its result was not kept: run it again when nothing writes there", e.Input, what)
}

// some lists the first few names, quoted where they would not be seen as they are.
func some(names []string) string {
	const few = 3
	s := ""
	for i, n := range names {
		if !utf8.ValidString(n) || strings.ContainsFunc(n, func(r rune) bool { return !unicode.IsPrint(r) }) {
			n = strconv.Quote(n)
		}
		if i == few {
			return fmt.Sprintf("%s and %d more", s, len(names)-few)
		}
		if i > 0 {
			s += ", "
		}
		s += n
	}
	return s
}
