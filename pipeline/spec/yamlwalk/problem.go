package yamlwalk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Position is a place in a file, or a setting that came from elsewhere.
type Position struct {
	File         string // or the setting, such as "--set train.epochs=x"
	Line, Column int    // counted from 1; 0 if there are none
}

func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// A Problem is one thing that is wrong.
type Problem struct {
	File         string // or the setting, as in Position
	Line, Column int    // counted from 1; 0 if there are none
	Message      string
}

func (p Problem) String() string {
	return Position{p.File, p.Line, p.Column}.String() + ": " + p.Message
}

// An Error lists everything that is wrong with a file and the settings that
// apply to it.
type Error struct {
	Problems []Problem // in the order of their positions
}

// Error returns a line for each problem.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Problems collects what is wrong. The zero value is ready to use.
type Problems []Problem

// Add adds a problem, unless it is known already.
func (ps *Problems) Add(at Position, format string, args ...any) {
	p := Problem{at.File, at.Line, at.Column, fmt.Sprintf(format, args...)}
	if !slices.Contains(*ps, p) {
		*ps = append(*ps, p)
	}
}

// Err returns an [*Error] with all problems, or nil if there are none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	sorted := slices.Clone(ps)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column)
	})
	return &Error{sorted}
}
