package npy

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Whatever the bytes, Read and Map agree, neither panics, and what is read
// can be written and read again.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	for _, shape := range [][]int{{0}, {4}, {2, 3}, {1, 2, 2}} {
		n, _ := elements(shape)
		b.Reset()
		if err := Write(&b, make([]uint8, n), shape...); err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Clone(b.Bytes()))
		f.Add(bytes.Clone(b.Bytes()[:b.Len()-1]))
	}
	path := filepath.Join(f.TempDir(), "a.npy")
	f.Fuzz(func(t *testing.T, file []byte) {
		data, shape, err := Read[uint8](bytes.NewReader(file))
		if err := os.WriteFile(path, file, 0o666); err != nil {
			t.Fatal(err)
		}
		a, mapErr := Map(path)
		if mapErr == nil {
			defer a.Close()
			mapped, err2 := a.Uint8()
			if (err == nil) != (err2 == nil) {
				t.Fatalf("Read: %v, Map: %v", err, err2)
			}
			if err == nil && !bytes.Equal(mapped, data) {
				t.Fatal("Read and Map differ")
			}
		} else if err == nil {
			t.Fatalf("Read succeeds, Map: %v", mapErr)
		}
		if err != nil {
			return
		}
		if len(shape) == 0 {
			shape = []int{1} // a scalar comes back as one element
		}
		var b bytes.Buffer
		if err := Write(&b, data, shape...); err != nil {
			t.Fatal(err)
		}
		again, _, err := Read[uint8](&b)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("read back %v: %v", again, err)
		}
	})
}
