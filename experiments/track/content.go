package track

import (
	"crypto/sha256"
	"encoding/binary"
)

// A content is written by appending to it in a form that can be read in one
// way only, and named by its digest.
type content []byte

func newContent() *content { return new(content) }

func (c *content) number(n uint64) { *c = binary.LittleEndian.AppendUint64(*c, n) }

func (c *content) strings(all ...string) {
	for _, s := range all {
		*c = binary.AppendUvarint(*c, uint64(len(s)))
		*c = append(*c, s...)
	}
}

func (c *content) flag(b bool) {
	if b {
		*c = append(*c, 1)
	} else {
		*c = append(*c, 0)
	}
}

// digest returns the SHA-256 of the content, and resets it.
func (c *content) digest() []byte {
	sum := sha256.Sum256(*c)
	*c = (*c)[:0]
	return sum[:]
}
