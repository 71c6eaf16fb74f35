package imaging

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whorl/fingerprint/bmp"
)

// TestResizeAsOpenCV compares with what OpenCV 4.6 made of real prints. Those
// may not be redistributed, so they lie beside the repository.
func TestResizeAsOpenCV(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "shared")
	raw, err := os.ReadFile(filepath.Join(shared, "reference", "resize90.npy"))
	if err != nil {
		t.Skip("needs ../shared/reference beside the repository")
	}
	const size = 90 * 90
	want := raw[len(raw)-64*size:]
	list, err := os.Open(filepath.Join(shared, "reference", "resize90.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()

	r := NewResizer(90, 90)
	got := make([]uint8, size)
	different, n := 0, 0
	for lines := bufio.NewScanner(list); lines.Scan(); n++ {
		f, err := os.Open(filepath.Join(shared, "socofing", strings.TrimPrefix(lines.Text(), "socofing/")))
		if err != nil {
			t.Fatal(err)
		}
		m, err := bmp.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		r.Resize(got, m.Pix, m.Rect.Dx(), m.Rect.Dy())
		for i, g := range got {
			if g != want[n*size+i] {
				different++
			}
		}
	}
	if n != 64 || different > 0 {
		t.Errorf("of %d images %d pixels differ from OpenCV's", n, different)
	}
}

// The bits as they were when every pixel of the reference, of 96x103 and
// 241x298, agreed with OpenCV's: they hold where the real prints are not at
// hand. The other sizes are here so as not to change unnoticed.
func TestResizeBits(t *testing.T) {
	for _, c := range []struct {
		w, h int
		want string
	}{
		{96, 103, "914ea067aa692f8e"},
		{241, 298, "ca7e29a35d06c2a0"},
		{180, 180, "3d95026127f19877"},
		{45, 50, "03c9cfe1ecc27e3f"},
		{90, 90, "a5f999b11cb524f0"},
	} {
		dst := make([]uint8, 90*90)
		NewResizer(90, 90).Resize(dst, pattern(c.w, c.h), c.w, c.h)
		sum := sha256.Sum256(dst)
		if got := hex.EncodeToString(sum[:8]); got != c.want {
			t.Errorf("%dx%d: digest %s, want %s", c.w, c.h, got, c.want)
		}
	}
}

// Values that OpenCV's formula gives by hand: 4 pixels to 3, 2 rows to 3.
func TestResizeByHand(t *testing.T) {
	got := make([]uint8, 9)
	NewResizer(3, 3).Resize(got, []uint8{
		0, 30, 60, 90,
		100, 130, 160, 190,
	}, 4, 2)
	// Columns at 1/6, 1.5 and 2 5/6: 5, 45, 85; rows at -1/6 (the first),
	// 0.5 and 1 1/6 (the last).
	for i, want := range []uint8{5, 45, 85, 55, 95, 135, 105, 145, 185} {
		if d := int(got[i]) - int(want); d < -1 || d > 1 {
			t.Errorf("pixel %d is %d, want %d within rounding", i, got[i], want)
		}
	}
}

func TestResizeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(1, 40)
		w, h := side.Draw(t, "w"), side.Draw(t, "h")
		srcW, srcH := side.Draw(t, "source w"), side.Draw(t, "source h")
		src := rapid.SliceOfN(rapid.Uint8(), srcW*srcH, srcW*srcH).Draw(t, "pixels")
		lo, hi := src[0], src[0]
		for _, p := range src {
			lo, hi = min(lo, p), max(hi, p)
		}
		r := NewResizer(w, h)
		dst := make([]uint8, w*h)
		r.Resize(dst, src, srcW, srcH)
		for i, p := range dst {
			// Truncating shifts may lose one step below, never gain above.
			if int(p) < int(lo)-1 || p > hi {
				t.Fatalf("pixel %d is %d, outside %d to %d", i, p, lo, hi)
			}
		}
		// The tables of one size do not linger into the next.
		again := make([]uint8, w*h)
		r.Resize(again, make([]uint8, 6), 2, 3)
		r.Resize(again, src, srcW, srcH)
		if string(again) != string(dst) {
			t.Fatal("the same image is resized in two ways")
		}
	})
}

func BenchmarkResize(b *testing.B) {
	r := NewResizer(90, 90)
	src, dst := make([]uint8, 96*103), make([]uint8, 90*90)
	b.ReportAllocs()
	for b.Loop() {
		r.Resize(dst, src, 96, 103)
	}
}
