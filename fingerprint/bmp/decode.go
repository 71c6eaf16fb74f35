package bmp

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/bmp"
)

// MaxSide is the most pixels that an image may have on a side. It is several
// times what a 1000 dpi scan of a finger takes.
const MaxSide = 4096

// headerMax bounds the bytes that precede the pixels: file header, the longest
// information header and a palette of 256 colours.
const headerMax = 14 + 124 + 4*256

// Decode decodes an uncompressed bitmap of 1, 2, 4, 8, 24 or 32 bits a pixel
// to grey. The image's Pix has no gaps between rows. Alpha is ignored:
// SOCOFing's real prints have alpha 0 in a frame of two pixels that is drawn
// all the same.
func Decode(r io.Reader) (*image.Gray, error) {
	head := make([]byte, headerMax)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("read BMP: %w", err)
	}
	head = head[:n]
	if n < 2 || string(head[:2]) != "BM" {
		return nil, fmt.Errorf("not a BMP file: it begins with %q, not \"BM\"", head[:min(n, 8)])
	}
	c, err := bmp.DecodeConfig(bytes.NewReader(head))
	if err != nil {
		return nil, decodeError(err)
	}
	if c.Width == 0 || c.Height == 0 {
		return nil, errors.New("BMP has no pixels")
	}
	if c.Width > MaxSide || c.Height > MaxSide {
		return nil, fmt.Errorf("BMP of absurd size: %dx%d pixels, at most %dx%d are read", c.Width, c.Height, MaxSide, MaxSide)
	}
	m, err := bmp.Decode(io.MultiReader(bytes.NewReader(head), r))
	if err != nil {
		return nil, decodeError(err)
	}
	return grey(m), nil
}

func decodeError(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("truncated BMP file: it ends before its last pixel")
	case errors.Is(err, bmp.ErrUnsupported):
		return errors.New("unsupported BMP: want an uncompressed one of 8, 24 or 32 bits a pixel")
	}
	return fmt.Errorf("damaged BMP: %w", err)
}
