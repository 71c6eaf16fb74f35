package pipeline

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// printable writes control characters, all but the tab, as escapes: a command's
// output may do what it likes, and must not move a reader's cursor.
func printable(line string) string {
	line = strings.TrimSuffix(line, "\r")
	if utf8.ValidString(line) && !strings.ContainsFunc(line, control) {
		return line
	}
	var b strings.Builder
	for i, r := range line {
		_, size := utf8.DecodeRuneInString(line[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "\\x%02x", line[i])
		case control(r):
			fmt.Fprintf(&b, "\\x%02x", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func control(r rune) bool { return r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 }
