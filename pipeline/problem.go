package pipeline

import (
	"fmt"
	"slices"
	"strings"
)

// A SpecError lists all that is wrong with a pipeline.yaml, or with settings.
type SpecError struct {
	Problems []Problem // in the order of their positions
}

// A Problem is one thing that is wrong.
type Problem struct {
	File         string // or the setting, such as "--set train.epochs=x"
	Line, Column int    // counted from 1; 0 if there are none
	Message      string
}

func (p Problem) String() string {
	return position{p.File, p.Line, p.Column}.String() + ": " + p.Message
}

// Error returns a line for each problem.
func (e *SpecError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

type position struct {
	file      string
	line, col int
}

func (p position) String() string {
	if p.line == 0 {
		return p.file
	}
	return fmt.Sprintf("%s:%d:%d", p.file, p.line, p.col)
}

// problems collects what is wrong.
type problems []Problem

func (ps *problems) add(at position, format string, args ...any) {
	*ps = append(*ps, Problem{at.file, at.line, at.col, fmt.Sprintf(format, args...)})
}

func (ps problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return &SpecError{ps}
}

// Suggest returns ` (did you mean "x"?)` for the nearest of names, or the
// names themselves if none is near and they are few.
func Suggest(name string, names []string) string {
	best, at := len(name)/3+2, ""
	for _, n := range names {
		if d := distance(name, n); d < best && d < max(len(name), len(n)) {
			best, at = d, n
		}
	}
	switch {
	case at != "":
		return fmt.Sprintf(" (did you mean %q?)", at)
	case len(names) == 0:
		return ""
	case len(names) <= 12:
		return fmt.Sprintf(" (there is %s)", strings.Join(names, ", "))
	}
	return ""
}

// distance is how many letters must be inserted, deleted, changed or swapped
// with their neighbour to make b of a (restricted Damerau-Levenshtein).
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
