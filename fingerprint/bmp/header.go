package bmp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// MaxSide is the most pixels that an image may have on a side. It is several
// times what a 1000 dpi scan of a finger takes.
const MaxSide = 4096

// Bytes of the file header and of the shortest information header that is read.
const (
	fileHeader = 14
	infoHeader = 40
)

var errTruncated = errors.New("truncated BMP file: it ends before its last pixel")

// A header is what is looked at of a bitmap's headers before x/image/bmp does:
// enough not to allocate an absurd image, and to say what cannot be read.
type header struct {
	width, height int64  // height is negative where rows run from the top down
	info          uint32 // bytes of the information header
	planes        int
	bits          int // a pixel
	compression   uint32
	offset        uint32 // of the first pixel, from the beginning of the file
}

// readHeader reads the BITMAPFILEHEADER and the fields that the
// BITMAPINFOHEADER and its successors have in common.
func readHeader(head []byte) (header, error) {
	if len(head) < 2 || string(head[:2]) != "BM" {
		return header{}, fmt.Errorf("not a BMP file: it begins with %q, not \"BM\"", head[:min(len(head), 8)])
	}
	if len(head) < fileHeader+4 {
		return header{}, errTruncated
	}
	le := binary.LittleEndian
	info := le.Uint32(head[14:])
	if info < infoHeader {
		return header{}, fmt.Errorf("unsupported BMP: its information header takes %d bytes, want %d or more", info, infoHeader)
	}
	if len(head) < fileHeader+infoHeader {
		return header{}, errTruncated
	}
	return header{
		width:       int64(int32(le.Uint32(head[18:]))),
		height:      int64(int32(le.Uint32(head[22:]))),
		info:        info,
		planes:      int(le.Uint16(head[26:])),
		bits:        int(le.Uint16(head[28:])),
		compression: le.Uint32(head[30:]),
		offset:      le.Uint32(head[10:]),
	}, nil
}

// checkSize refuses images without pixels and of absurdly many.
func (h header) checkSize() error {
	w, rows := h.width, max(h.height, -h.height)
	switch {
	case w == 0 || rows == 0:
		return fmt.Errorf("BMP has no pixels: its size is %dx%d", w, rows)
	case w < 0 || w > MaxSide || rows > MaxSide:
		return fmt.Errorf("BMP of absurd size: %dx%d pixels, at most %dx%d are read", w, rows, MaxSide, MaxSide)
	}
	return nil
}

// String says in what way the pixels are stored.
func (h header) String() string {
	s := fmt.Sprintf("%d bits a pixel", h.bits)
	if h.planes != 1 {
		s += fmt.Sprintf(" in %d planes", h.planes)
	}
	if h.compression != 0 {
		s += fmt.Sprintf(", compression %d", h.compression)
		if name, ok := compressions[h.compression]; ok {
			s += " (" + name + ")"
		}
	}
	return s + fmt.Sprintf(", information header of %d bytes, pixels at byte %d", h.info, h.offset)
}

var compressions = map[uint32]string{1: "RLE8", 2: "RLE4", 3: "bit fields", 4: "JPEG", 5: "PNG"}
