package gallery

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

const (
	magic      = "whorlgal"
	version    = 1
	headerSize = 128
	maxLength  = 1 << 24 // of an embedding
)

// Errors of files that are no gallery that can be searched.
var (
	ErrFormat  = errors.New("not a whorl gallery file")
	ErrDamaged = errors.New("damaged gallery file")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A header is the first 128 bytes.
type header struct {
	length        int // of an embedding
	count         int // of prints
	names         int // bytes of all names
	network       [32]byte
	embeddingsSum uint32
	namesSum      uint32
}

func (h *header) embeddingBytes() int { return 4 * h.length * h.count }
func (h *header) fileSize() int {
	return headerSize + h.embeddingBytes() + 4*(h.count+1) + h.names
}

func (h *header) encode() []byte {
	b := make([]byte, headerSize)
	le := binary.LittleEndian
	copy(b, magic)
	le.PutUint32(b[8:], version)
	le.PutUint32(b[12:], uint32(h.length))
	le.PutUint64(b[16:], uint64(h.count))
	le.PutUint64(b[24:], uint64(h.names))
	copy(b[32:], h.network[:])
	le.PutUint32(b[64:], h.embeddingsSum)
	le.PutUint32(b[68:], h.namesSum)
	le.PutUint32(b[124:], crc32.Checksum(b[:124], castagnoli))
	return b
}

// decodeHeader reads the header of a file of the given bytes.
func decodeHeader(file []byte) (*header, error) {
	if len(file) < len(magic) || string(file[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: it begins with %q", ErrFormat, file[:min(len(file), len(magic))])
	}
	if len(file) < headerSize {
		return nil, fmt.Errorf("%w: it ends after %d bytes", ErrDamaged, len(file))
	}
	le := binary.LittleEndian
	if v := le.Uint32(file[8:]); v != version {
		return nil, fmt.Errorf("%w of version %d; this program reads version %d", ErrFormat, v, version)
	}
	if le.Uint32(file[124:]) != crc32.Checksum(file[:124], castagnoli) {
		return nil, fmt.Errorf("%w: the checksum of its header does not match", ErrDamaged)
	}
	for i, b := range file[72:124] {
		if b != 0 {
			return nil, fmt.Errorf("%w: byte %d is %d, want 0", ErrDamaged, 72+i, b)
		}
	}
	length, count, names := le.Uint32(file[12:]), le.Uint64(file[16:]), le.Uint64(file[24:])
	if length == 0 || length > maxLength || count > math.MaxInt32 || names > math.MaxUint32 {
		return nil, fmt.Errorf("%w: %d prints of %d numbers with names of %d bytes", ErrDamaged, count, length, names)
	}
	h := &header{length: int(length), count: int(count), names: int(names), embeddingsSum: le.Uint32(file[64:]), namesSum: le.Uint32(file[68:])}
	copy(h.network[:], file[32:])
	if h.fileSize() != len(file) {
		return nil, fmt.Errorf("%w: %d bytes, want %d for %d prints", ErrDamaged, len(file), h.fileSize(), count)
	}
	return h, nil
}

// networkBytes reads the digest of a network in hexadecimal.
func networkBytes(digest string) (out [32]byte, err error) {
	b, err := hex.DecodeString(digest)
	if err != nil || len(b) != len(out) {
		return out, fmt.Errorf("%q is not a SHA-256 in hexadecimal", digest)
	}
	return [32]byte(b), nil
}
