package tree

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// A Digest is the SHA-256 of some content.
type Digest [sha256.Size]byte

// String returns the digest in hexadecimal.
func (d Digest) String() string {
	var s [2 * sha256.Size]byte // which spares an allocation: there are many
	hex.Encode(s[:], d[:])
	return string(s[:])
}

// Sum returns the digest of content.
func Sum(content []byte) Digest { return sha256.Sum256(content) }

// ParseDigest reads a digest in hexadecimal.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if len(s) != hex.EncodedLen(len(d)) {
		return d, fmt.Errorf("digest %q: want %d hexadecimal digits, have %d", s, 2*len(d), len(s))
	}
	_, err := hex.Decode(d[:], []byte(s))
	if err != nil {
		return d, fmt.Errorf("digest %q: %w", s, err)
	}
	return d, nil
}
