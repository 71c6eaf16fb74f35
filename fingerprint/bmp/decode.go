package bmp

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/bmp"
)

// Decode decodes an uncompressed bitmap of 1, 2, 4, 8, 24 or 32 bits a pixel,
// stored from the bottom up or from the top down, to grey. The image's Pix has
// no gaps between rows. Alpha is ignored: SOCOFing's real prints have alpha 0
// in a frame of two pixels that is drawn all the same. Bytes that follow the
// last pixel, and the size that the file's header gives for it, do not count.
func Decode(r io.Reader) (*image.Gray, error) {
	head := make([]byte, fileHeader+infoHeader)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("read BMP: %w", err)
	}
	head = head[:n]
	h, err := readHeader(head)
	if err != nil {
		return nil, err
	}
	if err := h.checkSize(); err != nil {
		return nil, err
	}
	m, err := bmp.Decode(io.MultiReader(bytes.NewReader(head), r))
	switch {
	case err == nil:
		return grey(m), nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errTruncated
	case errors.Is(err, bmp.ErrUnsupported):
		return nil, fmt.Errorf("unsupported BMP of %s; want 8, 24 or 32 bits a pixel, no compression, and the pixels right after headers and palette", h)
	}
	return nil, fmt.Errorf("damaged BMP: %w", err)
}
