package bmp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/image/bmp"
)

// coloured is an image in which no two pixels and no two channels are alike.
func coloured(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(i*37 + i/251)
	}
	return m
}

// file32 makes a bitmap in the form of SOCOFing's real prints: BITMAPV5HEADER,
// BI_BITFIELDS, 32 bits, bottom-up.
func file32(m *image.NRGBA) []byte {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	b := make([]byte, 138, 138+4*w*h)
	le := binary.LittleEndian
	copy(b, "BM")
	le.PutUint32(b[2:], uint32(cap(b)))
	le.PutUint32(b[10:], 138)
	le.PutUint32(b[14:], 124)
	le.PutUint32(b[18:], uint32(w))
	le.PutUint32(b[22:], uint32(h))
	le.PutUint16(b[26:], 1)
	le.PutUint16(b[28:], 32)
	le.PutUint32(b[30:], 3)
	le.PutUint32(b[54:], 0xff0000)
	le.PutUint32(b[58:], 0xff00)
	le.PutUint32(b[62:], 0xff)
	le.PutUint32(b[66:], 0xff000000)
	for y := h - 1; y >= 0; y-- {
		for x := range w {
			p := m.NRGBAAt(x, y)
			b = append(b, p.B, p.G, p.R, p.A)
		}
	}
	return b
}

// file encodes m by x/image/bmp: Gray and Paletted to 8 bits with a palette,
// opaque RGBA to 24 bits.
func file(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := bmp.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wantGrey is OpenCV's formula, written down apart from the code under test.
func wantGrey(c color.NRGBA) uint8 {
	return uint8((uint32(c.R)*4899 + uint32(c.G)*9617 + uint32(c.B)*1868 + 8192) / 16384)
}

func check(t *testing.T, file []byte, w, h int, want func(x, y int) uint8) {
	t.Helper()
	// One byte at a time, a reader that counts on full reads goes wrong.
	g, err := Decode(iotest.OneByteReader(bytes.NewReader(file)))
	if err != nil {
		t.Fatal(err)
	}
	if g.Rect != image.Rect(0, 0, w, h) || g.Stride != w {
		t.Fatalf("decoded to %v with stride %d, want %dx%d", g.Rect, g.Stride, w, h)
	}
	for y := range h {
		for x := range w {
			if got := g.GrayAt(x, y).Y; got != want(x, y) {
				t.Fatalf("pixel (%d, %d) is %d, want %d", x, y, got, want(x, y))
			}
		}
	}
}

func TestDecode(t *testing.T) {
	const w, h = 7, 5
	m := coloured(w, h)
	want := func(x, y int) uint8 { return wantGrey(m.NRGBAAt(x, y)) }
	t.Run("32 bits, alpha ignored", func(t *testing.T) {
		check(t, file32(m), w, h, want)
	})
	t.Run("24 bits", func(t *testing.T) {
		opaque := image.NewRGBA(m.Rect)
		for i := 0; i < len(m.Pix); i += 4 {
			copy(opaque.Pix[i:], []byte{m.Pix[i], m.Pix[i+1], m.Pix[i+2], 255})
		}
		check(t, file(t, opaque), w, h, want)
	})
	t.Run("palette", func(t *testing.T) {
		var p color.Palette
		for i := range 256 {
			p = append(p, color.RGBA{uint8(i * 3), uint8(255 - i), uint8(i * 7), 255})
		}
		pm := image.NewPaletted(m.Rect, p)
		for i := range pm.Pix {
			pm.Pix[i] = uint8(i * 11)
		}
		check(t, file(t, pm), w, h, func(x, y int) uint8 {
			c := p[pm.ColorIndexAt(x, y)].(color.RGBA)
			return wantGrey(color.NRGBA(c))
		})
	})
	t.Run("grey stays", func(t *testing.T) {
		g := image.NewGray(image.Rect(0, 0, 256, 1))
		for i := range g.Pix {
			g.Pix[i] = uint8(i)
		}
		check(t, file(t, g), 256, 1, func(x, _ int) uint8 { return uint8(x) })
	})
}

func TestDecodeErrors(t *testing.T) {
	good := file32(coloured(9, 4))
	patched := func(at int, v uint32) []byte {
		b := bytes.Clone(good)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, `not a BMP file: it begins with ""`},
		{"PNG", []byte("\x89PNG\r\n\x1a\n and so on"), `not a BMP file: it begins with "\x89PNG`},
		{"header cut", good[:30], "truncated"},
		{"last byte missing", good[:len(good)-1], "truncated"},
		{"no row", good[:138], "truncated"},
		{"absurd width", patched(18, 4097), "absurd size: 4097x4 pixels"},
		{"absurd height", patched(22, 1<<30), "absurd size"},
		{"no pixels", append(patched(18, 0)[:22], append(make([]byte, 4), good[26:]...)...), "no pixels"},
		{"compressed", patched(30, 1), "unsupported BMP"},
		{"negative width", patched(18, 1<<31), "unsupported BMP"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode(bytes.NewReader(c.file))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	broken := errors.New("disk on fire")
	if _, err := Decode(io.MultiReader(bytes.NewReader(good[:50]), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

// Whatever the bytes, Decode returns an image of sane size or an error.
func FuzzDecode(f *testing.F) {
	m := coloured(3, 2)
	f.Add(file32(m))
	f.Add(file32(m)[:140])
	f.Add(file(f, image.NewGray(image.Rect(0, 0, 5, 1))))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := Decode(bytes.NewReader(b))
		if err != nil {
			return
		}
		if w, h := g.Rect.Dx(), g.Rect.Dy(); w < 1 || h < 1 || w > MaxSide || h > MaxSide || len(g.Pix) != w*h {
			t.Fatalf("decoded to %v with %d pixels", g.Rect, len(g.Pix))
		}
	})
}
