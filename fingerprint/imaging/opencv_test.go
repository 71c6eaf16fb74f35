package imaging_test

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"testing"

	"whorl/fingerprint/bmp"
	"whorl/fingerprint/imaging"
	"whorl/fingerprint/synth"
)

// TestResizeAsOpenCVOfSynthetic compares with what OpenCV 4.6 makes of
// synthetic prints: testdata/reference has them, with the script.
func TestResizeAsOpenCVOfSynthetic(t *testing.T) {
	raw, err := os.ReadFile("testdata/reference/resize90.npy")
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.Open("testdata/reference/prints.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	tree := filepath.Join(t.TempDir(), "prints")
	if err := synth.WriteTree(context.Background(), tree, synth.Options{Subjects: 2, Seed: 1}, nil); err != nil {
		t.Fatal(err)
	}
	const (
		size   = 90 * 90
		images = 10
	)
	want := raw[len(raw)-images*size:]
	r := imaging.NewResizer(90, 90)
	got := make([]uint8, size)
	compare := func(name string, pix []uint8, w, h int) {
		r.Resize(got, pix, w, h)
		different := 0
		for i, g := range got {
			if g != want[i] {
				different++
			}
		}
		if different > 0 {
			t.Errorf("%s at %dx%d: %d pixels differ from OpenCV's", name, w, h, different)
		}
		want = want[size:]
	}
	for lines := bufio.NewScanner(list); lines.Scan(); {
		f, err := os.Open(filepath.Join(tree, lines.Text()))
		if err != nil {
			t.Fatal(err)
		}
		m, err := bmp.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		w, h := m.Rect.Dx(), m.Rect.Dy()
		compare(lines.Text(), m.Pix, w, h)
		// The sizes of SOCOFing's larger images: the print repeated and cut.
		large := make([]uint8, 241*298)
		for i := range large {
			large[i] = m.Pix[i/241%h*w+i%241%w]
		}
		compare(lines.Text(), large, 241, 298)
	}
	if len(want) != 0 {
		t.Errorf("%d images of the reference were not compared", len(want)/size)
	}
}
