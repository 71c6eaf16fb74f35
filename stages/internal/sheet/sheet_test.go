package sheet

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
)

func ramp(w, h int) []uint8 {
	p := make([]uint8, w*h)
	for i := range p {
		p[i] = uint8(i % w * 255 / w)
	}
	return p
}

func example() Sheet {
	cell := func(caption ...string) Cell { return Cell{Pix: ramp(40, 30), W: 40, H: 30, Caption: caption} }
	named := cell("a caption that is much too long for its cell", "2")
	named.Pix, named.Border = nil, Impostor
	genuine := cell("genuine", "0.98")
	genuine.Border, genuine.Apart = Genuine, true
	return Sheet{
		Title: "Prints",
		Note:  "what they are",
		Rows: []Row{
			{Title: "real", Notes: []string{"600 prints"}, Cells: []Cell{cell("1 F", "left index"), genuine}},
			{Title: "easy", Cells: []Cell{named}},
		},
	}
}

func TestWrite(t *testing.T) {
	var a, b bytes.Buffer
	if err := example().Write(&a); err != nil {
		t.Fatal(err)
	}
	if err := example().Write(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same sheet is drawn in two ways")
	}
	m, err := png.Decode(&a)
	if err != nil {
		t.Fatal(err)
	}
	// The genuine cell's border and the pixels of its image are on the sheet.
	border, last, black := 0, 0, 0
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			switch r, g, b, _ := m.At(x, y).RGBA(); [3]uint32{r >> 8, g >> 8, b >> 8} {
			case [3]uint32{uint32(Genuine.R), uint32(Genuine.G), uint32(Genuine.B)}:
				border++
			case [3]uint32{uint32(Impostor.R), uint32(Impostor.G), uint32(Impostor.B)}:
				last++
			case [3]uint32{}:
				black++
			}
		}
	}
	if want := 2 * frame * (80 + 60 + 2*frame); border != want {
		t.Errorf("%d pixels of border, want %d", border, want)
	} else if last != want {
		t.Errorf("%d pixels of border in the last row, want %d", last, want)
	}
	if want := 2*margin + 3*line + 2*(60+frame+2*line) + gap; m.Bounds().Dy() != want {
		t.Errorf("the sheet is %d pixels high, want %d", m.Bounds().Dy(), want)
	}
	if want := 2 * zoom * zoom * 30; black != want {
		t.Errorf("%d black pixels, want %d", black, want)
	}
}

// Large images are shrunk, in proportion and by averaging, so that a sheet of
// them can still be looked at.
func TestLargeImages(t *testing.T) {
	const w, h = 4096, 2048
	pix := make([]uint8, w*h)
	for i := range pix {
		pix[i] = uint8(i % 2 * 200) // stripes of one pixel
	}
	for _, c := range []Cell{{Pix: pix, W: w, H: h}, {W: w, H: h}} {
		small := c.shrunk()
		if small.W != maxSide || small.H != maxSide/2 || (small.Pix == nil) != (c.Pix == nil) {
			t.Fatalf("shrunk to %dx%d, %d pixels", small.W, small.H, len(small.Pix))
		}
		for _, v := range small.Pix {
			if v < 98 || v > 102 {
				t.Fatalf("a pixel of the stripes is %d, want 100", v)
			}
		}
		var b bytes.Buffer
		if err := (Sheet{Rows: []Row{{Cells: []Cell{c}}}}).Write(&b); err != nil {
			t.Fatal(err)
		}
		m, err := png.DecodeConfig(&b)
		if err != nil || m.Width != 2*margin+zoom*maxSide {
			t.Errorf("the sheet is %d pixels wide (%v)", m.Width, err)
		}
	}
	if c := (Cell{Pix: pix[:6], W: 3, H: 2}); c.shrunk().W != 3 || len(c.shrunk().Pix) != 6 {
		t.Error("a small image is changed")
	}
	if c := (Cell{W: 4096, H: 1}); c.shrunk().H != 1 {
		t.Errorf("a line is shrunk to %d rows", c.shrunk().H)
	}
}

func TestWriteErrors(t *testing.T) {
	s := example()
	s.Rows[0].Cells[1].Pix = s.Rows[0].Cells[1].Pix[:7]
	if err := s.Write(&bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), `row "real", cell 2: 7 pixels`) {
		t.Errorf("error %v", err)
	}
	if err := (Sheet{}).Write(&bytes.Buffer{}); err != nil {
		t.Errorf("an empty sheet: %v", err)
	}
}

func TestFit(t *testing.T) {
	p, err := newPen()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "short", "a text that does not fit", "ändert sich"} {
		for width := range 80 {
			got := p.fit(small, text, width)
			if p.width(small, got) > width {
				t.Errorf("%q cut to %q takes more than %d pixels", text, got, width)
			}
			if p.width(small, text) <= width && got != text {
				t.Errorf("%q fits into %d pixels and was cut to %q", text, width, got)
			}
			if got == "" && text != "" && p.width(small, text[:1]+"…") <= width {
				t.Errorf("nothing of %q is left in %d pixels", text, width)
			}
		}
	}
}
