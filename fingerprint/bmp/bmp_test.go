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

// packed makes a bitmap of at most 8 bits a pixel whose colours are the greys
// 0, 9, 18 and so on, stored from the top down.
func packed(bits, colours, w, h int, pixels ...byte) []byte {
	le := binary.LittleEndian
	b := make([]byte, 54)
	copy(b, "BM")
	le.PutUint32(b[2:], 1) // a size that is not the file's, which does not count
	le.PutUint32(b[10:], uint32(54+4*colours))
	le.PutUint32(b[14:], 40)
	le.PutUint32(b[18:], uint32(w))
	le.PutUint32(b[22:], uint32(-h))
	le.PutUint16(b[26:], 1)
	le.PutUint16(b[28:], uint16(bits))
	le.PutUint32(b[46:], uint32(colours))
	for i := range colours {
		b = append(b, uint8(9*i), uint8(9*i), uint8(9*i), 0)
	}
	return append(b, pixels...)
}

// Of 1 and 4 bits a pixel several share a byte, the first in its high bits, and
// rows end at a multiple of 4 bytes.
func TestDecodePacked(t *testing.T) {
	for _, c := range []struct {
		file []byte
		want []uint8
	}{
		{packed(1, 2, 3, 2, 0b101_00000, 0, 0, 0, 0b010_00000, 0, 0, 0), []uint8{9, 0, 9, 0, 9, 0}},
		{packed(4, 16, 3, 2, 0x12, 0x30, 0, 0, 0x45, 0x60, 0, 0), []uint8{9, 18, 27, 36, 45, 54}},
		{packed(8, 5, 3, 2, 4, 3, 2, 0, 1, 0, 4, 0, 'm', 'o', 'r', 'e'), []uint8{36, 27, 18, 9, 0, 36}},
	} {
		check(t, c.file, 3, 2, func(x, y int) uint8 { return c.want[3*y+x] })
	}
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
		{"signature alone", good[:2], "truncated"},
		{"header cut", good[:30], "truncated"},
		{"last byte missing", good[:len(good)-1], "truncated"},
		{"no row", good[:138], "truncated"},
		{"palette cut", file(t, image.NewGray(image.Rect(0, 0, 4, 4)))[:500], "truncated"},
		{"more than the file holds", patched(18, MaxSide), "truncated"},
		{"absurd width", patched(18, 4097), "absurd size: 4097x4 pixels"},
		{"absurd height", patched(22, 1<<30), "absurd size: 9x1073741824"},
		{"absurd both", append(patched(18, 1<<31-1)[:22], append([]byte{255, 255, 255, 127}, good[26:]...)...), "absurd size: 2147483647x2147483647"},
		{"negative width", patched(18, 1<<31), "absurd size: -2147483648x4"},
		{"lowest height", patched(22, 1<<31), "absurd size: 9x2147483648"},
		{"no pixels", patched(18, 0), "no pixels: its size is 0x4"},
		{"run lengths", patched(30, 1), "unsupported BMP of 32 bits a pixel, compression 1 (RLE8), information header of 124 bytes, pixels at byte 138; want 8, 24 or 32"},
		{"unknown compression", patched(30, 99), "compression 99, information"},
		{"16 bits", patched(28, 16), "unsupported BMP of 16 bits a pixel, information"},
		{"a gap before the pixels", patched(10, 200), "pixels at byte 200; want"},
		{"other channels", patched(54, 0xff), "32 bits a pixel, compression 3 (bit fields)"},
		{"OS/2 header", patched(14, 12), "its information header takes 12 bytes, want 40 or more"},
		{"colour beyond the palette", packed(8, 5, 3, 1, 4, 5, 0, 0), "damaged BMP: bmp: invalid palette index"},
		{"two planes", patched(26, 2|32<<16), "unsupported BMP of 32 bits a pixel in 2 planes, "},
		{"unknown header", patched(14, 56), "information header of 56 bytes"},
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
