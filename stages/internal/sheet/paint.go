package sheet

import (
	"image"
	"image/color"
	"image/draw"
)

// Colours of the sheet.
var (
	paper = color.RGBA{0xff, 0xff, 0xff, 0xff}
	ink   = color.RGBA{0x22, 0x26, 0x2b, 0xff}
	faint = color.RGBA{0x6b, 0x72, 0x7b, 0xff}
	hair  = color.RGBA{0xd5, 0xd9, 0xde, 0xff}
	blank = color.RGBA{0xf4, 0xf5, 0xf7, 0xff}
)

// height is what the row takes, without the gap below it.
func (r Row) height() int {
	h := line * (1 + len(r.Notes))
	for _, c := range r.Cells {
		h = max(h, c.H*zoom+frame+line*len(c.Caption))
	}
	return h
}

// before is the space to the left of the cell at index i of its row.
func (c Cell) before(i int) int {
	switch {
	case i == 0:
		return 0
	case c.Apart:
		return gap + apart
	}
	return gap
}

// paint paints the row with its upper left corner at (x, y).
func (r Row) paint(p *pen, x, y, heading int) {
	if r.Title != "" {
		p.text(x, y, bold, ink, p.fit(bold, r.Title, maxAside))
	}
	for i, n := range r.Notes {
		p.text(x, y+line*(1+i), small, faint, p.fit(small, n, maxAside))
	}
	x += heading
	for i, c := range r.Cells {
		x += c.before(i)
		c.paint(p, x, y)
		x += c.W * zoom
	}
}

func (c Cell) paint(p *pen, x, y int) {
	box := image.Rect(x, y, x+c.W*zoom, y+c.H*zoom)
	border, width := color.Color(hair), 1
	if c.Border != nil {
		border, width = c.Border, frame
	}
	// The border lies around the image, so that none of it is hidden.
	draw.Draw(p.img, box.Inset(-width), image.NewUniform(border), image.Point{}, draw.Src)
	if c.Pix == nil {
		draw.Draw(p.img, box, image.NewUniform(blank), image.Point{}, draw.Src)
	} else {
		p.image(box.Min, c)
	}
	for i, s := range c.Caption {
		colour := ink
		if i > 0 {
			colour = faint
		}
		p.text(x, box.Max.Y+frame+line*i, small, colour, p.fit(small, s, c.W*zoom+gap/2))
	}
}

// image copies the cell's image, each pixel as a square.
func (p *pen) image(at image.Point, c Cell) {
	for y := range c.H * zoom {
		row := p.img.Pix[p.img.PixOffset(at.X, at.Y+y):]
		for x := range c.W * zoom {
			v := c.Pix[y/zoom*c.W+x/zoom]
			row[4*x], row[4*x+1], row[4*x+2] = v, v, v // alpha is 255 already
		}
	}
}
