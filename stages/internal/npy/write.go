package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Write writes a whole array whose elements in C order are data. Without a
// shape the array has one dimension. It is an error if the shape does not have
// as many elements as data.
func Write[T Elem](w io.Writer, data []T, shape ...int) error {
	if len(shape) == 0 {
		shape = []int{len(data)}
	}
	n, err := elements(shape)
	if err != nil {
		return fmt.Errorf("writing array: %w", err)
	}
	if n != len(data) {
		return fmt.Errorf("writing array: shape %s has %d elements, got %d", formatShape(shape), n, len(data))
	}
	if _, err := w.Write(encodeHeader(descrOf[T](), shape)); err != nil {
		return fmt.Errorf("writing array: %w", err)
	}
	const batch = chunk / 8
	var buf []byte
	for len(data) > 0 {
		m := min(len(data), batch)
		if buf, err = binary.Append(buf[:0], binary.LittleEndian, data[:m]); err != nil {
			return fmt.Errorf("writing array: %w", err)
		}
		if _, err := w.Write(buf); err != nil {
			return fmt.Errorf("writing array: %w", err)
		}
		data = data[m:]
	}
	return nil
}

// A Writer streams a uint8 array of a shape known beforehand.
type Writer struct {
	w     io.Writer
	shape []int
	left  int // bytes still to come
	err   error
}

// NewWriter writes the header of a uint8 array to w. The caller then writes
// the elements in C order and calls Close; w stays open.
func NewWriter(w io.Writer, shape ...int) (*Writer, error) {
	n, err := elements(shape)
	if err != nil {
		return nil, fmt.Errorf("writing array: %w", err)
	}
	if _, err := w.Write(encodeHeader("|u1", shape)); err != nil {
		return nil, fmt.Errorf("writing array: %w", err)
	}
	return &Writer{w: w, shape: shape, left: n}, nil
}

// Write writes the next elements. It is an error to write more than the shape
// holds; then none of p is written.
func (w *Writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	if len(p) > w.left {
		w.err = fmt.Errorf("writing array: %d bytes beyond shape %s", len(p)-w.left, formatShape(w.shape))
		return 0, w.err
	}
	n, err := w.w.Write(p)
	w.left -= n
	if err != nil {
		w.err = fmt.Errorf("writing array: %w", err)
	}
	return n, w.err
}

// Close checks that as many elements were written as the shape says.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	if w.left > 0 {
		w.err = fmt.Errorf("writing array: %d bytes are missing from shape %s", w.left, formatShape(w.shape))
		return w.err
	}
	w.err = errors.New("writing array: already closed")
	return nil
}
