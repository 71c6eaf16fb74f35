package synth

import (
	"encoding/binary"
	"image"
)

// Field values of a BITMAPFILEHEADER and of the BITMAPV5HEADER and
// BITMAPINFOHEADER that follow it (Microsoft, "Windows GDI: Bitmap storage"),
// as SOCOFing's files have them.
const (
	fileHeader = 14
	infoHeader = 40
	v5Header   = 124
	biRGB      = 0
	biFields   = 3
	sRGB       = 0x73524742 // 'sRGB', LCS_sRGB
	metre      = 3779       // pixels a metre: 96 dpi
	gm         = 4          // LCS_GM_IMAGES
)

// sRGBPrimaries are the CIE XYZ endpoints of sRGB's red, green and blue, each
// 2.30 fixed point.
var sRGBPrimaries = [9]uint32{
	0x28f5c280, 0x151eb860, 0x01eb8520,
	0x13333340, 0x26666680, 0x06666640,
	0x099999a0, 0x03d70a3c, 0x328f5c24,
}

// encodeReal returns a print as the files of SOCOFing's Real are: 32 bits a
// pixel in bit fields under a version 5 header, with an alpha channel that is
// opaque except for the black part of the frame.
func encodeReal(g *image.Gray) []byte {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	size := w * h * 4
	b := make([]byte, 0, fileHeader+v5Header+size)
	b = header(b, fileHeader+v5Header, size, v5Header, w, h, 32, biFields)
	b = words(b, metre, metre, 0, 0)
	b = words(b, 0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000, sRGB)
	b = words(b, sRGBPrimaries[:]...)
	b = words(b, 0, 0, 0, gm, 0, 0, 0)
	for y := h - 1; y >= 0; y-- { // the bottom row first
		for x, v := range g.Pix[y*g.Stride:][:w] {
			alpha := byte(0xff)
			if x >= right || y >= bottom {
				alpha = 0
			}
			b = append(b, v, v, v, alpha)
		}
	}
	return b
}

// encodeAltered returns a print as the files of SOCOFing's Altered are: 8 bits
// a pixel and a palette of the 256 greys.
func encodeAltered(g *image.Gray) []byte {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	row := (w + 3) &^ 3
	const pixels = fileHeader + infoHeader + 4*256
	b := make([]byte, 0, pixels+row*h)
	b = header(b, pixels, row*h, infoHeader, w, h, 8, biRGB)
	b = words(b, metre+1, metre+1, 256, 256)
	for v := range 256 {
		b = append(b, byte(v), byte(v), byte(v), 0xff)
	}
	for y := h - 1; y >= 0; y-- {
		b = append(b, g.Pix[y*g.Stride:][:w]...)
		b = append(b, make([]byte, row-w)...)
	}
	return b
}

// header appends the file header and the info header up to its sizes.
func header(b []byte, pixels, size, info, w, h, bits, compression int) []byte {
	le := binary.LittleEndian
	b = append(b, "BM"...)
	b = words(b, uint32(pixels+size), 0, uint32(pixels))
	b = words(b, uint32(info), uint32(w), uint32(h))
	b = le.AppendUint16(b, 1) // planes
	b = le.AppendUint16(b, uint16(bits))
	b = words(b, uint32(compression))
	if compression == biRGB {
		return words(b, 0) // the size may be left to the reader
	}
	return words(b, uint32(size))
}

func words(b []byte, vs ...uint32) []byte {
	for _, v := range vs {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}
