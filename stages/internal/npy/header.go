package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/sbinet/npyio/npy"
)

const (
	magic     = "\x93NUMPY"
	align     = 64      // of the first element, NEP 1
	maxHeader = 1 << 16 // bytes; NumPy itself writes less than 200
)

// A header says what the elements of a file are.
type header struct {
	descr  string // NumPy type string, "|u1"
	size   int    // bytes of an element
	shape  []int
	count  int // elements, the product of shape
	offset int // bytes before the first element
}

// readHeader reads exactly the bytes before the first element of r.
func readHeader(r io.Reader) (header, error) {
	// npyio ignores short reads and allocates what the file asks for, so the
	// bytes of the header are gathered and bounded before it sees them.
	raw := make([]byte, len(magic)+2, 2*align)
	if _, err := io.ReadFull(r, raw); err != nil {
		return header{}, headerError(err)
	}
	if string(raw[:len(magic)]) != magic {
		return header{}, errors.New("not a .npy file: it does not begin with \\x93NUMPY")
	}
	width := 2 // of the length field
	switch version := raw[len(magic)]; version {
	case 1:
	case 2:
		width = 4
	default:
		// NumPy writes version 3 for field names beyond Latin-1 and nothing else.
		return header{}, fmt.Errorf(".npy file of format version %d, versions 1 and 2 are read", version)
	}
	raw = raw[:len(raw)+width]
	field := raw[len(raw)-width:]
	if _, err := io.ReadFull(r, field); err != nil {
		return header{}, headerError(err)
	}
	n := int64(binary.LittleEndian.Uint16(field))
	if width == 4 {
		n = int64(binary.LittleEndian.Uint32(field))
	}
	if n > maxHeader {
		return header{}, fmt.Errorf("damaged .npy header: a dictionary of %d bytes, at most %d are expected", n, maxHeader)
	}
	raw = append(raw, make([]byte, n)...)
	if _, err := io.ReadFull(r, raw[len(raw)-int(n):]); err != nil {
		return header{}, headerError(err)
	}
	return parseHeader(raw)
}

func headerError(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.New("truncated .npy file: it ends within its header")
	}
	return fmt.Errorf("reading .npy header: %w", err)
}

// parseHeader parses the bytes before the first element.
func parseHeader(raw []byte) (h header, err error) {
	// npyio slices the dictionary without checking what it finds, so that a
	// malformed one panics.
	defer func() {
		if recover() != nil {
			err = errors.New("damaged .npy header: malformed dictionary")
		}
	}()
	r, err := npy.NewReader(bytes.NewReader(raw))
	if err != nil {
		return header{}, fmt.Errorf("damaged .npy header: %w", err)
	}
	d := r.Header.Descr
	if d.Fortran {
		return header{}, errors.New("array is in Fortran order; save it in C order, e.g. numpy.ascontiguousarray(a)")
	}
	h = header{descr: d.Type, shape: d.Shape, offset: len(raw)}
	if h.descr == "<u1" {
		h.descr = "|u1" // a byte has no order
	}
	if h.size, err = sizeOf(h.descr); err != nil {
		return header{}, err
	}
	if h.count, err = elements(h.shape); err != nil {
		return header{}, err
	}
	return h, nil
}

// encodeHeader makes the bytes before the first element, at least atLeast of
// them.
func encodeHeader(descr string, shape []int, atLeast int) []byte {
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, formatShape(shape))
	fixed := len(magic) + 2 + 2
	total := max(atLeast, (fixed+len(dict)+1+align-1)/align*align)
	b := make([]byte, 0, total)
	b = append(b, magic...)
	b = append(b, 1, 0) // version 1.0
	b = binary.LittleEndian.AppendUint16(b, uint16(total-fixed))
	b = append(b, dict...)
	for len(b) < total-1 {
		b = append(b, ' ')
	}
	return append(b, '\n')
}
