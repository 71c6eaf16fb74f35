package sweep

import (
	"fmt"
	"strings"
)

// suggest returns ` (did you mean "x"?)` for the nearest of names, or lists
// them if none is near.
func suggest(name string, names []string) string {
	best, nearest := len(name)/3+2, ""
	for _, n := range names {
		if d := distance(name, n); d < best {
			best, nearest = d, n
		}
	}
	if nearest == "" {
		return fmt.Sprintf(" (there is %s)", strings.Join(names, ", "))
	}
	return fmt.Sprintf(" (did you mean %q?)", nearest)
}

// distance is Levenshtein's: the bytes to insert, delete or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
