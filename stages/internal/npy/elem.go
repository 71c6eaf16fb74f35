package npy

import (
	"fmt"
	"strings"
)

// Elem is an element type that stages exchange.
type Elem interface {
	uint8 | uint16 | int32 | int64 | float32 | float64
}

// descrOf returns the NumPy type string of T, as in "<u2".
func descrOf[T Elem]() string {
	switch any(*new(T)).(type) {
	case uint8:
		return "|u1"
	case uint16:
		return "<u2"
	case int32:
		return "<i4"
	case int64:
		return "<i8"
	case float32:
		return "<f4"
	default:
		return "<f8"
	}
}

// sizeOf returns the bytes of one element of a NumPy type string, or an error
// that says why whorl does not read such elements.
func sizeOf(descr string) (int, error) {
	switch descr {
	case "|u1", "<u1":
		return 1, nil
	case "<u2":
		return 2, nil
	case "<i4", "<f4":
		return 4, nil
	case "<i8", "<f8":
		return 8, nil
	}
	if strings.HasPrefix(descr, ">") {
		return 0, fmt.Errorf("elements of type %q are big-endian; save the array as little-endian, e.g. a.astype('<%s')", descr, descr[1:])
	}
	return 0, fmt.Errorf("elements of type %q are not one of |u1 <u2 <i4 <i8 <f4 <f8", descr)
}

// elements returns the product of a shape, refusing dimensions that are
// negative or whose product overflows.
func elements(shape []int) (int, error) {
	// An element takes at most 8 bytes, and byte counts have to fit an int too.
	const most = int(^uint(0)>>1) / 8
	n, empty := 1, false
	for _, d := range shape {
		switch {
		case d < 0:
			return 0, fmt.Errorf("shape %s has a negative dimension", formatShape(shape))
		case d == 0:
			empty = true
		case n > most/d:
			return 0, fmt.Errorf("shape %s has more elements than memory can address", formatShape(shape))
		default:
			n *= d
		}
	}
	if empty {
		return 0, nil
	}
	return n, nil
}

// formatShape writes a shape as Python writes a tuple: (), (5,), (5, 4).
func formatShape(shape []int) string {
	if len(shape) == 1 {
		return fmt.Sprintf("(%d,)", shape[0])
	}
	return "(" + strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", ", "), "[]") + ")"
}
