package sheet

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"

	"golang.org/x/image/draw"

	"whorl/pipeline/stage"
)

// A Sheet is rows of cells below a title.
type Sheet struct {
	Title string
	Note  string // below the title; may be empty
	Rows  []Row
}

// A Row is cells beside a heading.
type Row struct {
	Title string   // to the left of the cells
	Notes []string // lines below the title
	Cells []Cell
}

// A Cell is an image with a caption.
type Cell struct {
	Pix     []uint8     // W*H grey pixels; nil draws an empty frame of that size
	W, H    int         // of the image; drawn at twice that, from maxSide shrunk
	Caption []string    // lines below the image, the first one darker
	Border  color.Color // nil for a thin grey one
	Apart   bool        // begins a group: set apart from the cell to its left
}

// Borders for pairs of prints.
var (
	Genuine  = color.RGBA{0x1a, 0x93, 0x6f, 0xff} // the same finger
	Impostor = color.RGBA{0xc8, 0x4b, 0x31, 0xff} // another finger
)

// Write draws the sheet and writes it as PNG. It is an error if an image does
// not have the pixels that its size asks for.
func (s Sheet) Write(w io.Writer) error {
	for _, r := range s.Rows {
		for i, c := range r.Cells {
			if c.W <= 0 || c.H <= 0 || (c.Pix != nil && len(c.Pix) != c.W*c.H) {
				return fmt.Errorf("draw sheet %q: row %q, cell %d: %d pixels are no image of %dx%d", s.Title, r.Title, i+1, len(c.Pix), c.W, c.H)
			}
		}
	}
	m, err := s.shrunk().draw()
	if err != nil {
		return fmt.Errorf("draw sheet %q: %w", s.Title, err)
	}
	if err := png.Encode(w, m); err != nil {
		return fmt.Errorf("encode sheet %q: %w", s.Title, err)
	}
	return nil
}

// Save draws the sheet as an output of a stage.
func (s Sheet) Save(t *stage.Task, output string) error {
	f, err := t.Create(output)
	if err == nil {
		err = errors.Join(s.Write(f), f.Close())
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", output, err)
	}
	return nil
}

// Sizes in pixels of the sheet.
const (
	zoom     = 2  // of an image
	margin   = 24 // around the sheet
	gap      = 14 // between cells and rows
	apart    = 22 // more, before a group
	line     = 17 // from one line of text to the next
	frame    = 3  // width of a coloured border
	aside    = 16 // between a row's heading and its cells
	maxAside = 260
	maxSide  = 256 // of an image, before zoom: sheets stay of a size to look at
)

// shrunk returns the sheet with images of more than maxSide pixels on a side
// made smaller.
func (s Sheet) shrunk() Sheet {
	rows := make([]Row, len(s.Rows))
	for i, r := range s.Rows {
		rows[i] = r
		rows[i].Cells = make([]Cell, len(r.Cells))
		for j, c := range r.Cells {
			rows[i].Cells[j] = c.shrunk()
		}
	}
	s.Rows = rows
	return s
}

func (c Cell) shrunk() Cell {
	side := max(c.W, c.H)
	if side <= maxSide {
		return c
	}
	small := image.NewGray(image.Rect(0, 0, max(1, c.W*maxSide/side), max(1, c.H*maxSide/side)))
	if c.Pix != nil {
		large := &image.Gray{Pix: c.Pix, Stride: c.W, Rect: image.Rect(0, 0, c.W, c.H)}
		draw.BiLinear.Scale(small, small.Rect, large, large.Rect, draw.Src, nil)
		c.Pix = small.Pix
	}
	c.W, c.H = small.Rect.Dx(), small.Rect.Dy()
	return c
}

// draw lays the sheet out from the top down and paints it.
func (s Sheet) draw() (*image.RGBA, error) {
	p, err := newPen()
	if err != nil {
		return nil, err
	}
	heading, width := s.columns(p)
	top := margin
	if s.Title != "" {
		top += 2 * line
		width = max(width, p.width(title, s.Title))
	}
	if s.Note != "" {
		top += line
		width = max(width, p.width(small, s.Note))
	}
	height := top
	for _, r := range s.Rows {
		height += r.height() + gap
	}
	p.canvas(width+2*margin, height+margin-gap)

	at := margin
	if s.Title != "" {
		p.text(margin, at, title, ink, s.Title)
		at += line + line/2
	}
	if s.Note != "" {
		p.text(margin, at, small, faint, s.Note)
	}
	at = top
	for _, r := range s.Rows {
		r.paint(p, margin, at, heading)
		at += r.height() + gap
	}
	return p.img, nil
}

// columns returns the width of the rows' headings, with what separates them
// from the cells, and that of the widest row.
func (s Sheet) columns(p *pen) (heading, width int) {
	for _, r := range s.Rows {
		heading = max(heading, p.width(bold, r.Title))
		for _, n := range r.Notes {
			heading = max(heading, p.width(small, n))
		}
	}
	if heading > 0 {
		heading = min(heading, maxAside) + aside
	}
	for _, r := range s.Rows {
		x := heading
		for i, c := range r.Cells {
			x += c.before(i) + c.W*zoom
		}
		width = max(width, x)
	}
	return heading, width
}
