package imagefile

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	ours "whorl/fingerprint/bmp"
)

func encoded(t testing.TB, m image.Image, encode func(io.Writer, image.Image) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encodeTIFF(w io.Writer, m image.Image) error {
	return tiff.Encode(w, m, &tiff.Options{Compression: tiff.Deflate})
}

func encodeJPEG(w io.Writer, m image.Image) error {
	return jpeg.Encode(w, m, &jpeg.Options{Quality: 100})
}

// greys is an image whose bounds do not begin at 0.
func greys() *image.Gray {
	g := image.NewGray(image.Rect(5, 7, 5+40, 7+33))
	for i := range g.Pix {
		g.Pix[i] = uint8(i * 3 / 20)
	}
	return g
}

func TestGreyStays(t *testing.T) {
	m := greys()
	wide := image.NewGray16(m.Rect)
	palette := image.NewPaletted(m.Rect, nil)
	for i := range 256 {
		palette.Palette = append(palette.Palette, color.Gray{uint8(i)})
	}
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		for x := m.Rect.Min.X; x < m.Rect.Max.X; x++ {
			wide.Set(x, y, m.At(x, y))
			palette.Set(x, y, m.At(x, y))
		}
	}
	for name, b := range map[string][]byte{
		"BMP":            encoded(t, m, bmp.Encode),
		"PNG":            encoded(t, m, png.Encode),
		"PNG, 16 bits":   encoded(t, wide, png.Encode),
		"PNG, a palette": encoded(t, palette, png.Encode),
		"TIFF":           encoded(t, m, encodeTIFF),
		"TIFF, 16 bits":  encoded(t, wide, encodeTIFF),
	} {
		g, err := Decode(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if g.Rect != image.Rect(0, 0, 40, 33) || !bytes.Equal(g.Pix, m.Pix) {
			t.Errorf("%s: %v, or other pixels", name, g.Rect)
		}
	}
	g, err := Decode(encoded(t, m, encodeJPEG))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range g.Pix {
		if d := int(p) - int(m.Pix[i]); d < -3 || d > 3 {
			t.Fatalf("JPEG: pixel %d is %d, want nearly %d", i, p, m.Pix[i])
		}
	}
}

// TestColours: as package bmp, and whatever is transparent is drawn.
func TestColours(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	for i := range m.Pix {
		m.Pix[i] = uint8(i * 31)
	}
	for name, b := range map[string][]byte{"PNG": encoded(t, m, png.Encode), "TIFF": encoded(t, m, encodeTIFF)} {
		g, err := Decode(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, p := range g.Pix {
			if c := m.Pix[4*i:]; p != ours.Luma(c[0], c[1], c[2]) {
				t.Fatalf("%s: pixel %d of %v is %d", name, i, c[:4], p)
			}
		}
	}
	y := image.NewYCbCr(image.Rect(0, 0, 40, 40), image.YCbCrSubsampleRatio420)
	for i := range y.Y {
		y.Y[i] = uint8(i)
	}
	if g := grey(y.SubImage(image.Rect(3, 5, 38, 39))); g.GrayAt(2, 1).Y != y.YCbCrAt(5, 6).Y || g.Rect != image.Rect(0, 0, 35, 34) {
		t.Errorf("luma %d of %v", g.GrayAt(2, 1).Y, g.Rect)
	}
}

func TestErrors(t *testing.T) {
	good := encoded(t, greys(), png.Encode)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":     {nil, `begins with ""`},
		"GIF":       {[]byte("GIF89a and so on"), `begins with "GIF89a a", want BMP, PNG, JPEG or TIFF`},
		"WSQ":       {[]byte(wsq + "\xff\xa4"), "it is WSQ; convert it to PNG"},
		"cut PNG":   {good[:len(good)/2], "damaged PNG file"},
		"cut TIFF":  {[]byte("II*\x00"), "damaged TIFF file"},
		"cut JPEG":  {encoded(t, greys(), encodeJPEG)[:200], "damaged JPEG file"},
		"cut BMP":   {[]byte("BM"), "truncated BMP file"},
		"too small": {encoded(t, image.NewGray(image.Rect(0, 0, 8, 100)), png.Encode), "8x100 pixels; a print has 32 to 4096"},
		"too large": {encoded(t, image.NewGray(image.Rect(0, 0, 5000, 40)), png.Encode), "5000x40 pixels"},
		"small BMP": {encoded(t, image.NewGray(image.Rect(0, 0, 8, 8)), bmp.Encode), "8x8 pixels"},
	} {
		if _, err := Decode(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
	path := filepath.Join(t.TempDir(), "x.png")
	if _, err := Read(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(path, []byte("text"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(path, good, 0o666); err != nil {
		t.Fatal(err)
	}
	if g, err := Read(path); err != nil || g.Rect.Dx() != 40 {
		t.Errorf("%v", err)
	}
}

// FuzzDecode: whatever the bytes, an image of sane size or an error.
func FuzzDecode(f *testing.F) {
	for _, encode := range []func(io.Writer, image.Image) error{bmp.Encode, png.Encode, encodeTIFF, encodeJPEG} {
		f.Add(encoded(f, greys(), encode))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := Decode(b)
		if err == nil && (checkSize(g.Rect.Dx(), g.Rect.Dy()) != nil || len(g.Pix) != g.Rect.Dx()*g.Rect.Dy()) {
			t.Fatalf("decoded to %v with %d pixels", g.Rect, len(g.Pix))
		}
	})
}
