package use

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

const (
	shown  = 320 // pixels of a print's longer side
	margin = 12
	frame  = 4
)

// savePair draws two prints side by side, framed in green if they match and in
// red if not, with the probability below.
func savePair(path string, prints [2]*image.Gray, probability float64, match bool) error {
	ink := color.RGBA{0x1b, 0x7f, 0x4b, 0xff}
	if !match {
		ink = color.RGBA{0xc8, 0x4b, 0x31, 0xff}
	}
	cell := shown + 2*frame
	m := image.NewRGBA(image.Rect(0, 0, 2*cell+3*margin, cell+3*margin+basicfont.Face7x13.Height))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	for i, p := range prints {
		w, h := p.Rect.Dx(), p.Rect.Dy()
		longer := max(w, h)
		size := image.Pt(max(1, w*shown/longer), max(1, h*shown/longer))
		at := image.Pt(margin+i*(cell+margin)+(cell-size.X)/2, margin+(cell-size.Y)/2)
		box := image.Rectangle{at, at.Add(size)}
		draw.Draw(m, box.Inset(-frame), image.NewUniform(ink), image.Point{}, draw.Src)
		draw.ApproxBiLinear.Scale(m, box, p, p.Rect, draw.Src, nil)
	}
	d := font.Drawer{Dst: m, Src: image.NewUniform(ink), Face: basicfont.Face7x13, Dot: fixed.P(margin, m.Rect.Max.Y-margin)}
	d.DrawString(fmt.Sprintf("%s, probability %.4f", outcome(match), probability))
	return replace(path, func(w io.Writer) error { return png.Encode(w, m) })
}
