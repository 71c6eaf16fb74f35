// Package gallery keeps the embeddings of enrolled prints in a file that is
// mapped into memory, and searches them exhaustively.
//
// The file, version 1, integers and floats little-endian:
//
//	offset   bytes
//	0        8       "whorlgal"
//	8        4       version, 1
//	12       4       d, the length of an embedding
//	16       8       n, the number of prints
//	24       8       s, the bytes of all names
//	32       32      SHA-256 of the network that made the embeddings
//	64       4       CRC-32C of the embeddings
//	68       4       CRC-32C of offsets and names
//	72       52      zeros
//	124      4       CRC-32C of the 124 bytes before
//	128      4*d*n   embeddings, float32, print by print
//	         4*(n+1) where each name begins among the names, and where the last ends
//	         s       names, UTF-8
//
// In NumPy the embeddings are numpy.memmap(file, "<f4", "r", 128, (n, d)).
// The checksums find damage, not forgery.
package gallery
