package yamlwalk

import (
	"fmt"
	"strings"
)

// Suggest returns ` (did you mean "x"?)` for the nearest of names, or the
// names themselves if none is near and they are few.
func Suggest(name string, names []string) string {
	if s := Nearest(name, names); s != "" {
		return s
	}
	if len(names) > 0 && len(names) <= 12 {
		return fmt.Sprintf(" (available: %s)", strings.Join(names, ", "))
	}
	return ""
}

// Nearest returns ` (did you mean "x"?)` for the nearest of names, or nothing
// if none is near.
func Nearest(name string, names []string) string {
	best, at := len(name)/3+2, ""
	for _, n := range names {
		if d := distance(name, n); d < best && d < max(len(name), len(n)) {
			best, at = d, n
		}
	}
	if at == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", at)
}

// distance counts the letters that must be inserted, deleted, changed or swapped
// with their neighbour to turn a into b (restricted Damerau-Levenshtein).
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
