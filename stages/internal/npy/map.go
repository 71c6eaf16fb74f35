package npy

import (
	"fmt"
	"os"
	"slices"
)

// An Array is a .npy file mapped into memory, read-only.
type Array struct {
	Shape []int // as in the file; not to be changed

	descr   string
	mapping []byte // the whole file; nil once closed
	payload []byte // the elements in it
}

// Map maps the file at path. The file must not change while it is mapped,
// which holds for the inputs of a stage. Errors name the file.
func Map(path string) (*Array, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("mapping array: %w", err)
	}
	defer f.Close() // a mapping outlives the descriptor
	h, err := readHeader(f)
	if err != nil {
		return nil, fmt.Errorf("mapping array %s: %w", path, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("mapping array: %w", err)
	}
	if got := info.Size() - int64(h.offset); got != int64(h.count)*int64(h.size) {
		return nil, fmt.Errorf("mapping array %s: %w", path, lengthError(h, got))
	}
	m, err := mapFile(f, int(info.Size()))
	if err != nil {
		return nil, fmt.Errorf("mapping array %s: %w", path, err)
	}
	return &Array{Shape: slices.Clone(h.shape), descr: h.descr, mapping: m, payload: m[h.offset:]}, nil
}

// Uint8 returns the elements in C order without copying them. Writing to them
// is a fault, and so is reading them once the array is closed. It is an error
// if they are of another type.
func (a *Array) Uint8() ([]uint8, error) {
	if a.mapping == nil {
		return nil, errClosed
	}
	if a.descr != "|u1" {
		return nil, fmt.Errorf("array has elements of type %q, not %q", a.descr, "|u1")
	}
	return slices.Clip(a.payload), nil
}

// Images returns a uint8 array of shape (n, h, w), without copying it; see
// Uint8. It is an error if the array has another shape.
func (a *Array) Images() (pix []uint8, n, h, w int, err error) {
	if pix, err = a.Uint8(); err != nil {
		return nil, 0, 0, 0, err
	}
	if len(a.Shape) != 3 || a.Shape[1] == 0 || a.Shape[2] == 0 {
		return nil, 0, 0, 0, fmt.Errorf("array has shape %s, want (N, height, width): images", formatShape(a.Shape))
	}
	return pix, a.Shape[0], a.Shape[1], a.Shape[2], nil
}

// Close unmaps the file. Closing twice is no error.
func (a *Array) Close() error {
	m := a.mapping
	a.mapping, a.payload = nil, nil
	if m == nil {
		return nil
	}
	return unmapFile(m)
}
