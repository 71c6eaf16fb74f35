// Package npy reads and writes the NumPy arrays that stages hand to each other.
//
// Files are in format version 1.0 of NEP 1 (numpy.org/neps/nep-0001-npy-format):
// little-endian, C order, the header padded so that the elements begin at a
// multiple of 64 bytes, whence a mapped array is aligned for every vector width.
//
// Headers are parsed by npyio. Elements are not read through it: npyio v0.6
// ignores short reads, so that a truncated file would pass for a good one, and
// reads one element per call. Here the length of the file is checked against
// the shape before an element is touched.
//
// Small arrays (labels, indices) are read whole with [Read] and written with
// [Write]. Arrays of images are mapped with [Map] and streamed with [Writer],
// so that memory does not grow with their number.
package npy
