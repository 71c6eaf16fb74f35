package npy

import (
	"encoding/binary"
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
	if _, err := w.Write(encodeHeader(descrOf[T](), shape, 0)); err != nil {
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
