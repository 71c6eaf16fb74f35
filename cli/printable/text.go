package printable

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Text returns s with every control character but newline and tab written as
// \u001b, in the form that JSON reads, and every byte that is not UTF-8 as \x9b.
func Text(s string) string {
	if safe(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case control(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

func safe(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, control) < 0
}

// control reports whether r is of the sets C0 or C1, or DEL.
func control(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0
}

// A Writer writes text through [Text]. Each call of Write must hold whole
// characters.
type Writer struct{ W io.Writer }

// Write implements [io.Writer].
func (w Writer) Write(p []byte) (int, error) {
	text := string(p)
	if safe(text) {
		return w.W.Write(p)
	}
	if _, err := io.WriteString(w.W, Text(text)); err != nil {
		return 0, err
	}
	return len(p), nil
}
