package bmp

import (
	"fmt"
	"image"
	"image/color"
)

// Weights of red, green and blue in 14-bit fixed point, as in OpenCV's BMP
// decoder (imgcodecs/src/utils.cpp): 0.299, 0.587 and 0.114 rounded so that
// their sum is 1, so a grey colour keeps its value.
const (
	weightR = 4899
	weightG = 9617
	weightB = 1868
	shift   = 14
)

// Luma returns the grey of a colour.
func Luma(r, g, b uint8) uint8 {
	return uint8((int(r)*weightR + int(g)*weightG + int(b)*weightB + 1<<(shift-1)) >> shift)
}

// grey converts what x/image/bmp decodes to. That the alpha of NRGBA is not
// multiplied in is what leaves the colours of transparent pixels as they are.
func grey(m image.Image) *image.Gray {
	g := image.NewGray(m.Bounds())
	switch m := m.(type) {
	case *image.Paletted:
		var table [256]uint8
		for i, c := range m.Palette {
			rgba := c.(color.RGBA)
			table[i] = Luma(rgba.R, rgba.G, rgba.B)
		}
		for i, p := range m.Pix {
			g.Pix[i] = table[p]
		}
	case *image.NRGBA:
		greyRGB(g.Pix, m.Pix)
	case *image.RGBA:
		greyRGB(g.Pix, m.Pix)
	default:
		panic(fmt.Sprintf("bmp: x/image/bmp decoded to %T", m))
	}
	return g
}

// greyRGB converts pixels of four bytes, red first.
func greyRGB(dst, src []uint8) {
	for i := range dst {
		p := src[4*i : 4*i+3 : 4*i+3]
		dst[i] = Luma(p[0], p[1], p[2])
	}
}
