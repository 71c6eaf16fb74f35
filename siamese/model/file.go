package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"whorl/siamese"
)

const (
	magic   = "whorlmdl"
	version = 1
	header  = 24
	// maxMetadata bounds the JSON; maxFile the whole.
	maxMetadata = 1 << 20
	maxFile     = 1 << 32
)

// WriteTo writes the model's file.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	meta, err := json.Marshal(m.Metadata)
	if err != nil {
		return 0, fmt.Errorf("write model: %w", err)
	}
	b := make([]byte, 0, header+len(meta)+len(m.network)+sha256.Size)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, version)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(meta)))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(m.network)))
	b = append(append(b, meta...), m.network...)
	sum := sha256.Sum256(b)
	n, err := w.Write(append(b, sum[:]...))
	if err != nil {
		return int64(n), fmt.Errorf("write model: %w", err)
	}
	return int64(n), nil
}

// Open reads the model in a file.
func Open(path string) (*Model, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("open model %s: %d bytes, more than a model has", path, info.Size())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	m, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("open model %s: %w", path, err)
	}
	return m, nil
}

// Errors of files that hold no model that can be read.
var (
	ErrFormat  = errors.New("not a whorl model file")
	ErrDamaged = errors.New("damaged model file")
)

// Parse reads a model from all bytes of its file. The
// model keeps them.
func Parse(b []byte) (*Model, error) {
	if len(b) < len(magic) || string(b[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: it begins with %q", ErrFormat, b[:min(len(b), len(magic))])
	}
	if len(b) < header+sha256.Size {
		return nil, fmt.Errorf("%w: it ends after %d bytes", ErrDamaged, len(b))
	}
	le := binary.LittleEndian
	if v := le.Uint32(b[8:]); v != version {
		return nil, fmt.Errorf("%w of version %d; this program reads version %d", ErrFormat, v, version)
	}
	m, w := uint64(le.Uint32(b[12:])), le.Uint64(b[16:])
	if m > maxMetadata || w > maxFile || header+m+w+sha256.Size != uint64(len(b)) {
		return nil, fmt.Errorf("%w: %d bytes, but its parts are of %d and %d", ErrDamaged, len(b), m, w)
	}
	body := b[:len(b)-sha256.Size]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], b[len(body):]) {
		return nil, fmt.Errorf("%w: its checksum does not match", ErrDamaged)
	}
	return parseBody(body[header:header+m], body[header+m:])
}

func parseBody(meta, weights []byte) (*Model, error) {
	out := &Model{network: weights, digest: digest(weights)}
	d := json.NewDecoder(bytes.NewReader(meta))
	d.DisallowUnknownFields()
	if err := d.Decode(&out.Metadata); err != nil {
		return nil, fmt.Errorf("%w: metadata: %w", ErrDamaged, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: metadata: more than one value", ErrDamaged)
	}
	var err error
	if out.Network, err = siamese.ReadWeights(bytes.NewReader(weights), int64(len(weights))); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := out.Metadata.check(out.Network.Architecture); err != nil {
		return nil, fmt.Errorf("%w: metadata: %w", ErrDamaged, err)
	}
	return out, nil
}
