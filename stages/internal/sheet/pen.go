package sheet

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// A style is a face of text.
type style int

const (
	small style = iota
	bold
	title
	styles
)

// A pen paints a sheet. Font faces keep a cache and so belong to one pen.
type pen struct {
	img   *image.RGBA
	faces [styles]font.Face
}

func newPen() (*pen, error) {
	p := &pen{}
	for i, f := range [styles]struct {
		ttf  []byte
		size float64 // pixels
	}{small: {goregular.TTF, 13}, bold: {gobold.TTF, 14}, title: {gobold.TTF, 19}} {
		parsed, err := opentype.Parse(f.ttf)
		if err != nil {
			return nil, fmt.Errorf("parse font: %w", err)
		}
		// At 72 dots an inch a point is a pixel.
		p.faces[i], err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: f.size, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return nil, fmt.Errorf("make font face: %w", err)
		}
	}
	return p, nil
}

// canvas gives the pen a blank sheet.
func (p *pen) canvas(w, h int) {
	p.img = image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(p.img, p.img.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
}

// width is how many pixels the text takes.
func (p *pen) width(s style, text string) int {
	return font.MeasureString(p.faces[s], text).Ceil()
}

// fit cuts text, with an ellipsis, to at most width pixels.
func (p *pen) fit(s style, text string, width int) string {
	if p.width(s, text) <= width {
		return text
	}
	for text != "" {
		_, n := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-n]
		if p.width(s, text+"…") <= width {
			return text + "…"
		}
	}
	return ""
}

// text paints a line of text with the top of its line at (x, y).
func (p *pen) text(x, y int, s style, c color.Color, text string) {
	ascent := p.faces[s].Metrics().Ascent.Ceil()
	d := font.Drawer{Dst: p.img, Src: image.NewUniform(c), Face: p.faces[s], Dot: fixed.P(x, y+ascent)}
	d.DrawString(text)
}
