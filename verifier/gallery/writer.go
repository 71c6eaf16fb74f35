package gallery

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"unicode/utf8"
)

// A Writer writes a gallery file. Nothing is at its path until Close has
// succeeded; what was there before stays until then.
type Writer struct {
	path   string
	file   *os.File
	out    *bufio.Writer
	sum    hash.Hash32
	header header
	names  []byte
	starts []byte // of uint32
	seen   map[string]bool
	row    []byte
}

// Create begins a gallery of embeddings of the given length, made by the
// network of the given SHA-256 in hexadecimal.
func Create(path, network string, length int) (*Writer, error) {
	digest, err := networkBytes(network)
	if err != nil {
		return nil, fmt.Errorf("create gallery: network: %w", err)
	}
	if length < 1 || length > maxLength {
		return nil, fmt.Errorf("create gallery: embeddings of %d numbers", length)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".gallery-*")
	if err != nil {
		return nil, fmt.Errorf("create gallery: %w", err)
	}
	w := &Writer{
		path: path, file: f, sum: crc32.New(castagnoli), seen: map[string]bool{},
		header: header{length: length, network: digest}, row: make([]byte, 4*length),
	}
	w.out = bufio.NewWriterSize(io.MultiWriter(f, w.sum), 1<<20)
	if _, err := f.Write(make([]byte, headerSize)); err != nil {
		w.Abort()
		return nil, fmt.Errorf("create gallery: %w", err)
	}
	return w, nil
}

// Add enrolls a print. Its name is valid UTF-8, not empty, and not in the
// gallery yet.
func (w *Writer) Add(name string, embedding []float32) error {
	switch {
	case len(embedding) != w.header.length:
		return fmt.Errorf("enroll %q: an embedding of %d numbers, want %d", name, len(embedding), w.header.length)
	case name == "" || !utf8.ValidString(name):
		return fmt.Errorf("enroll %q: not a name", name)
	case w.seen[name]:
		return fmt.Errorf("enroll %q: the name is in the gallery already", name)
	case w.header.count == math.MaxInt32 || len(w.names)+len(name) > math.MaxUint32:
		return fmt.Errorf("enroll %q: the gallery is full", name)
	}
	for i, v := range embedding {
		if x := float64(v); math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("enroll %q: number %d of the embedding is %v", name, i, v)
		}
		binary.LittleEndian.PutUint32(w.row[4*i:], math.Float32bits(v))
	}
	if _, err := w.out.Write(w.row); err != nil {
		return fmt.Errorf("enroll %q: %w", name, err)
	}
	w.starts = binary.LittleEndian.AppendUint32(w.starts, uint32(len(w.names)))
	w.names = append(w.names, name...)
	w.seen[name] = true
	w.header.count++
	return nil
}

// Close finishes the file, makes it durable and puts it in its place. An empty
// gallery is an error.
func (w *Writer) Close() error {
	if err := w.finish(); err != nil {
		w.Abort()
		return fmt.Errorf("write gallery %s: %w", w.path, err)
	}
	return nil
}

func (w *Writer) finish() error {
	if w.file == nil {
		return errors.New("closed already")
	}
	if w.header.count == 0 {
		return errors.New("no print is enrolled")
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	tail := binary.LittleEndian.AppendUint32(w.starts, uint32(len(w.names)))
	tail = append(tail, w.names...)
	w.header.names = len(w.names)
	w.header.embeddingsSum, w.header.namesSum = w.sum.Sum32(), crc32.Checksum(tail, castagnoli)
	if _, err := w.file.Write(tail); err != nil {
		return err
	}
	if _, err := w.file.WriteAt(w.header.encode(), 0); err != nil {
		return err
	}
	if err := w.file.Chmod(0o644); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	if err := w.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(w.file.Name(), w.path); err != nil {
		return err
	}
	w.file = nil
	return syncDir(filepath.Dir(w.path))
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Abort gives the gallery up and removes what was written of it. After Close
// it does nothing.
func (w *Writer) Abort() {
	if w.file != nil {
		w.file.Close()
		os.Remove(w.file.Name())
		w.file = nil
	}
}
