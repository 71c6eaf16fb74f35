package tree

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FirstFew lists the first three names for a message and counts the others. A
// name with characters that do not print is quoted.
func FirstFew(names []string) string {
	const few = 3
	var b strings.Builder
	for i, n := range names {
		if i == few {
			fmt.Fprintf(&b, " and %d more", len(names)-few)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		if !utf8.ValidString(n) || strings.ContainsFunc(n, func(r rune) bool { return !unicode.IsPrint(r) }) {
			n = strconv.Quote(n)
		}
		b.WriteString(n)
	}
	return b.String()
}
