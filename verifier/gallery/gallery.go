package gallery

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"unicode/utf8"
	"unsafe"
)

// A Gallery is an open file of embeddings. It is safe for use by several
// goroutines until it is closed.
type Gallery struct {
	header     *header
	embeddings []float32
	offsets    []byte // of uint32
	names      []byte
	mapped     []byte
}

// Open maps a gallery file and checks all of it. The file must not change
// while the gallery is open; [Create] replaces a file, which does not change
// it.
func Open(path string) (*Gallery, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open gallery: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open gallery: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("open gallery %s: not a file", path)
	}
	if info.Size() < headerSize { // nothing to map, perhaps
		_, err := decodeHeader(readAtMost(f, headerSize))
		return nil, fmt.Errorf("open gallery %s: %w", path, err)
	}
	mapped, err := mapFile(f, int(info.Size()))
	if err != nil {
		return nil, fmt.Errorf("open gallery %s: %w", path, err)
	}
	g, err := parse(mapped)
	if err != nil {
		unmapFile(mapped)
		return nil, fmt.Errorf("open gallery %s: %w", path, err)
	}
	g.mapped = mapped
	return g, nil
}

func readAtMost(f *os.File, n int) []byte {
	b := make([]byte, n)
	n, _ = f.ReadAt(b, 0)
	return b[:n]
}

// parse reads a gallery from the bytes of its file, which it keeps.
func parse(file []byte) (*Gallery, error) {
	h, err := decodeHeader(file)
	if err != nil {
		return nil, err
	}
	raw := file[headerSize:][:h.embeddingBytes()]
	rest := file[headerSize+len(raw):]
	if crc32.Checksum(raw, castagnoli) != h.embeddingsSum {
		return nil, fmt.Errorf("%w: the checksum of its embeddings does not match", ErrDamaged)
	}
	if crc32.Checksum(rest, castagnoli) != h.namesSum {
		return nil, fmt.Errorf("%w: the checksum of its names does not match", ErrDamaged)
	}
	g := &Gallery{header: h, embeddings: floats(raw), offsets: rest[:4*(h.count+1)], names: rest[4*(h.count+1):]}
	if g.offset(0) != 0 || g.offset(h.count) != h.names {
		return nil, fmt.Errorf("%w: its names do not fill their place", ErrDamaged)
	}
	for i := range h.count {
		if lo, hi := g.offset(i), g.offset(i+1); lo >= hi || hi > h.names || !utf8.Valid(g.names[lo:hi]) {
			return nil, fmt.Errorf("%w: print %d has no name", ErrDamaged, i)
		}
	}
	return g, nil
}

// floats returns little-endian float32 numbers in place where the machine has
// them so, else a copy.
func floats(b []byte) []float32 {
	if len(b) == 0 {
		return nil
	}
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 && uintptr(unsafe.Pointer(&b[0]))%4 == 0 {
		return unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), len(b)/4)
	}
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}

// Close unmaps the file. No embedding may be used afterwards.
func (g *Gallery) Close() error {
	m := g.mapped
	g.mapped, g.embeddings, g.offsets, g.names = nil, nil, nil, nil
	if m == nil {
		return nil
	}
	return unmapFile(m)
}

// Len returns the number of prints.
func (g *Gallery) Len() int { return g.header.count }

// Network returns the SHA-256 of the network that made the embeddings, in
// hexadecimal.
func (g *Gallery) Network() string { return hex.EncodeToString(g.header.network[:]) }

// Name returns the name of print i.
func (g *Gallery) Name(i int) string {
	return string(g.names[g.offset(i):g.offset(i+1)])
}

// Embedding returns the embedding of print i, which is not to be changed.
func (g *Gallery) Embedding(i int) []float32 {
	d := g.header.length
	return g.embeddings[i*d:][:d:d]
}

func (g *Gallery) offset(i int) int { return int(binary.LittleEndian.Uint32(g.offsets[4*i:])) }
