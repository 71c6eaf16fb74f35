package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// chunk is how many bytes are read or written at a time. A header that claims
// more than the file holds costs at most this much memory.
const chunk = 1 << 20

// Read reads a whole array: its elements in C order and its shape. It is an
// error if the elements are not of type T or if r holds fewer or more bytes
// than the shape says.
func Read[T Elem](r io.Reader) (data []T, shape []int, err error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, nil, err
	}
	if want := descrOf[T](); h.descr != want {
		return nil, nil, fmt.Errorf("array has elements of type %q, not %q", h.descr, want)
	}
	buf := make([]byte, min(h.count*h.size, chunk))
	for len(data) < h.count {
		n := min(h.count-len(data), len(buf)/h.size)
		got, err := io.ReadFull(r, buf[:n*h.size])
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, nil, lengthError(h, int64(len(data)*h.size+got))
		}
		if err != nil {
			return nil, nil, fmt.Errorf("reading .npy elements: %w", err)
		}
		at := len(data)
		data = append(data, make([]T, n)...)
		if _, err := binary.Decode(buf[:n*h.size], binary.LittleEndian, data[at:]); err != nil {
			return nil, nil, fmt.Errorf("decoding .npy elements: %w", err)
		}
	}
	switch _, err := io.ReadFull(r, make([]byte, 1)); err {
	case io.EOF:
		return data, h.shape, nil
	case nil:
		return nil, nil, fmt.Errorf("bytes follow the %d elements of shape %s", h.count, formatShape(h.shape))
	default:
		return nil, nil, fmt.Errorf("reading .npy elements: %w", err)
	}
}

// lengthError says that a file holds got bytes of elements, not what its
// shape asks for.
func lengthError(h header, got int64) error {
	want := int64(h.count) * int64(h.size)
	what := "truncated .npy file"
	if got > want {
		what = ".npy file is too long"
	}
	return fmt.Errorf("%s: shape %s of %q takes %d bytes, found %d", what, formatShape(h.shape), h.descr, want, got)
}

var errClosed = errors.New("array is closed")
