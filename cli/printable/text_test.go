package printable

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ttext\n":        "plain\ttext\n",
		"Größe ≤ 3 ━╌":         "Größe ≤ 3 ━╌",
		"\x1b[2Jgone":          `\u001b[2Jgone`,
		"\x1b]0;title\a":       `\u001b]0;title\u0007`,
		"over\rwritten":        `over\u000dwritten`,
		"\u009b31m":            `\u009b31m`,
		"\x9b31m":              `\x9b31m`,
		"\x7f\x00":             `\u007f\u0000`,
		"cut off \xe2\x94":     `cut off \xe2\x94`,
		"a replacement \ufffd": "a replacement \ufffd",
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

// No control character passes, nothing is done twice, and JSON keeps its
// meaning.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringN(0, 40, -1).Draw(t, "s")
		text := Text(s)
		if !safe(text) || Text(text) != text {
			t.Fatalf("Text(%q) = %q", s, text)
		}
		encoded, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var want, got string
		if json.Unmarshal(encoded, &want) != nil || json.Unmarshal([]byte(Text(string(encoded))), &got) != nil || got != want {
			t.Fatalf("JSON of %q became %q", s, got)
		}
	})
}

func TestWriter(t *testing.T) {
	var b bytes.Buffer
	n, err := io.WriteString(Writer{&b}, "a\x1bb")
	if n != 3 || err != nil || b.String() != `a\u001bb` {
		t.Errorf("wrote %d, %v: %q", n, err, b.String())
	}
}
