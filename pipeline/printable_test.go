package pipeline

import "testing"

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ttext, é": "plain\ttext, é", "\x1b[31mred\x1b[0m": `\x1b[31mred\x1b[0m`, "50%\r100%\r": `50%\x0d100%`,
		"\u009b2J": `\x9b2J`, "latin \xe9": `latin \xe9`, "a\x00b": `a\x00b`, "": "",
	} {
		if got := printable(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
