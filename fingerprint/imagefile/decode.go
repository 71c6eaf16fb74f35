package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"

	"golang.org/x/image/tiff"

	"whorl/fingerprint/bmp"
)

// Limits of what is read: a thumb is 25 mm wide, at 1,000 dots an inch 1,000
// pixels.
const (
	MaxSide = bmp.MaxSide
	MinSide = 32
	maxFile = 256 << 20 // bytes
)

// ErrFormat says that a file is in none of the formats.
var ErrFormat = errors.New("not an image that can be read")

// A format is told by how its files begin.
type format struct {
	name   string
	magic  []string
	config func(io.Reader) (image.Config, error) // nil if decode checks the size
	decode func(io.Reader) (image.Image, error)
}

var formats = []format{
	{"BMP", []string{"BM"}, nil, func(r io.Reader) (image.Image, error) { return bmp.Decode(r) }},
	{"PNG", []string{"\x89PNG\r\n\x1a\n"}, png.DecodeConfig, png.Decode},
	{"JPEG", []string{"\xff\xd8\xff"}, jpeg.DecodeConfig, jpeg.Decode},
	{"TIFF", []string{"II*\x00", "MM\x00*"}, tiff.DecodeConfig, tiff.Decode},
}

// wsq begins a WSQ file.
const wsq = "\xff\xa0"

// Read reads the image in a file.
func Read(path string) (*image.Gray, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read image: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read image: %w", err)
	}
	g, err := Decode(b)
	if err != nil {
		return nil, fmt.Errorf("read image %s: %w", path, err)
	}
	return g, nil
}

// Decode reads the image in the bytes of a file. Of a TIFF with several images
// it is the first. The result begins at (0, 0), and its rows lie one behind the
// other.
func Decode(b []byte) (*image.Gray, error) {
	if len(b) > maxFile {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrFormat, maxFile)
	}
	if bytes.HasPrefix(b, []byte(wsq)) {
		return nil, fmt.Errorf("%w: it is WSQ; convert it to PNG, for example with NBIS (dwsq)", ErrFormat)
	}
	for _, f := range formats {
		for _, magic := range f.magic {
			if bytes.HasPrefix(b, []byte(magic)) {
				return f.read(b)
			}
		}
	}
	return nil, fmt.Errorf("%w: it begins with %q, want BMP, PNG, JPEG or TIFF", ErrFormat, b[:min(len(b), 8)])
}

func (f *format) read(b []byte) (*image.Gray, error) {
	if f.config != nil {
		c, err := f.config(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("damaged %s file: %w", f.name, err)
		}
		if err := checkSize(c.Width, c.Height); err != nil {
			return nil, err
		}
	}
	m, err := f.decode(bytes.NewReader(b))
	if err != nil {
		if f.config == nil {
			return nil, err
		}
		return nil, fmt.Errorf("damaged %s file: %w", f.name, err)
	}
	if err := checkSize(m.Bounds().Dx(), m.Bounds().Dy()); err != nil {
		return nil, err
	}
	return grey(m), nil
}

func checkSize(w, h int) error {
	if w < MinSide || h < MinSide || w > MaxSide || h > MaxSide {
		return fmt.Errorf("an image of %dx%d pixels; a print has %d to %d on a side", w, h, MinSide, MaxSide)
	}
	return nil
}

// grey converts an image of any type.
func grey(m image.Image) *image.Gray {
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	g := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		row := g.Pix[y*g.Stride:][:w]
		switch m := m.(type) {
		case *image.Gray:
			copy(row, m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):])
		case *image.YCbCr:
			copy(row, m.Y[m.YOffset(b.Min.X, b.Min.Y+y):])
		default:
			for x := range row {
				c := color.NRGBAModel.Convert(m.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
				row[x] = bmp.Luma(c.R, c.G, c.B)
			}
		}
	}
	return g
}
