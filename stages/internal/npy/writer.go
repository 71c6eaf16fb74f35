package npy

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// A Writer streams a uint8 array of a shape known beforehand.
type Writer struct {
	w      io.Writer
	shape  []int
	header int // bytes of it
	left   int // elements still to come
	err    error
}

// NewWriter writes the header of a uint8 array to w. The caller then writes
// the elements in C order and calls Close; w stays open.
func NewWriter(w io.Writer, shape ...int) (*Writer, error) {
	n, err := elements(shape)
	if err != nil {
		return nil, fmt.Errorf("writing array: %w", err)
	}
	h := encodeHeader("|u1", shape, 0)
	if _, err := w.Write(h); err != nil {
		return nil, fmt.Errorf("writing array: %w", err)
	}
	return &Writer{w: w, shape: slices.Clone(shape), header: len(h), left: n}, nil
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

// Shorten makes the first dimension smaller, for when fewer rows came than the
// shape foresaw. It rewrites the header, for which the underlying writer has
// to be an io.WriteSeeker; the writer is left at the end of the elements.
func (w *Writer) Shorten(rows int) error {
	if w.err != nil {
		return w.err
	}
	seeker, ok := w.w.(io.WriteSeeker)
	if !ok || len(w.shape) == 0 || rows > w.shape[0] {
		return fmt.Errorf("writing array: shape %s cannot be shortened to %d rows", formatShape(w.shape), rows)
	}
	shape := slices.Clone(w.shape)
	shape[0] = rows
	before, _ := elements(w.shape) // neither overflows, since NewWriter took the longer
	after, err := elements(shape)
	if err != nil {
		return fmt.Errorf("writing array: %w", err)
	}
	written := before - w.left
	if after < written {
		return fmt.Errorf("writing array: %d bytes were written, beyond shape %s", written, formatShape(shape))
	}
	_, w.err = seeker.Seek(0, io.SeekStart)
	if w.err == nil {
		_, w.err = seeker.Write(encodeHeader("|u1", shape, w.header))
	}
	if w.err == nil {
		_, w.err = seeker.Seek(int64(w.header+written), io.SeekStart)
	}
	if w.err != nil {
		w.err = fmt.Errorf("writing array: %w", w.err)
		return w.err
	}
	w.shape, w.left = shape, after-written
	return nil
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
