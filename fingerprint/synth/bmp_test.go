package synth

import (
	"bytes"
	"os"
	"testing"

	"golang.org/x/image/bmp"

	"whorl/fingerprint"
)

func TestFilesDecode(t *testing.T) {
	print := Print(1, fingerprint.Identity{Subject: 1})
	for name, c := range map[string]struct {
		file []byte
		size int
	}{
		"real":    {encodeReal(print), 39_690},
		"altered": {encodeAltered(print), 10_966},
	} {
		if len(c.file) != c.size {
			t.Errorf("%s: %d bytes, want %d as in SOCOFing", name, len(c.file), c.size)
		}
		m, err := bmp.Decode(bytes.NewReader(c.file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(grey(t, m).Pix, print.Pix) {
			t.Errorf("%s: decoded to other pixels", name)
		}
	}
}

// Written again by us, the files of SOCOFing stay what they are, byte for byte.
func TestFilesAreSOCOFings(t *testing.T) {
	compare := func(path string, encode func(name string) []byte) {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) > 50_000 {
			return // one of the few of 241x298
		}
		if got := encode(path); !bytes.Equal(got, want) {
			at := 0
			for at < min(len(got), len(want)) && got[at] == want[at] {
				at++
			}
			t.Errorf("%s: %d bytes written, %d in the file, first difference at %d", path, len(got), len(want), at)
		}
	}
	for _, path := range socofing(t, "Real/*0__*.BMP")[:50] {
		compare(path, func(name string) []byte { return encodeReal(readBMP(t, name)) })
	}
	for _, path := range socofing(t, "Altered/Altered-Hard/*.BMP")[:50] {
		compare(path, func(name string) []byte { return encodeAltered(readBMP(t, name)) })
	}
}
