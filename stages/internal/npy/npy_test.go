package npy

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	sbinet "github.com/sbinet/npyio/npy"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite golden files")

func encode[T Elem](t testing.TB, data []T, shape ...int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, data, shape...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The golden file was read back by NumPy when it was made; TestNumPy repeats
// that where NumPy is installed.
func TestGolden(t *testing.T) {
	got := encode(t, []uint16{1, 0, 1, 4, 600, 1, 0, 2}, 2, 4)
	golden := filepath.Join("testdata", "labels.npy")
	if *update {
		if err := os.WriteFile(golden, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if i := bytes.IndexByte(got, '\n') + 1; i%64 != 0 {
		t.Errorf("elements begin at byte %d, not at a multiple of 64", i)
	}
}

func TestReadByNpyio(t *testing.T) {
	b := encode(t, []int64{-1, 1 << 40, 3}, 3)
	var got []int64
	if err := sbinet.Read(bytes.NewReader(b), &got); err != nil {
		t.Fatal(err)
	}
	if want := []int64{-1, 1 << 40, 3}; !slices.Equal(got, want) {
		t.Errorf("npyio reads %v, want %v", got, want)
	}
}

func roundTrip[T Elem](t *rapid.T, elem *rapid.Generator[T]) {
	shape := rapid.SliceOfN(rapid.IntRange(0, 3), 1, 6).Draw(t, "shape")
	n, err := elements(shape)
	if err != nil {
		t.Fatal(err)
	}
	want := rapid.SliceOfN(elem, n, n).Draw(t, "data")
	var b bytes.Buffer
	if err := Write(&b, want, shape...); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	if at := bytes.IndexByte(whole, '\n') + 1; at%64 != 0 {
		t.Fatalf("elements of shape %v begin at byte %d, not at a multiple of 64", shape, at)
	}
	got, gotShape, err := Read[T](bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) || !slices.Equal(gotShape, shape) {
		t.Fatalf("read %v %v, wrote %v %v", gotShape, got, shape, want)
	}
	// A file cut anywhere is refused.
	cut := rapid.IntRange(0, len(whole)-1).Draw(t, "cut")
	if _, _, err := Read[T](bytes.NewReader(whole[:cut])); err == nil {
		t.Fatalf("read %d of %d bytes without an error", cut, len(whole))
	}
}

func TestRoundTrip(t *testing.T) {
	t.Run("uint8", rapid.MakeCheck(func(t *rapid.T) { roundTrip(t, rapid.Uint8()) }))
	t.Run("uint16", rapid.MakeCheck(func(t *rapid.T) { roundTrip(t, rapid.Uint16()) }))
	t.Run("int32", rapid.MakeCheck(func(t *rapid.T) { roundTrip(t, rapid.Int32()) }))
	t.Run("int64", rapid.MakeCheck(func(t *rapid.T) { roundTrip(t, rapid.Int64()) }))
	t.Run("float32", rapid.MakeCheck(func(t *rapid.T) { roundTrip(t, rapid.Float32()) }))
	t.Run("float64", rapid.MakeCheck(func(t *rapid.T) { roundTrip(t, rapid.Float64()) }))
}

func TestReadMoreThanAChunk(t *testing.T) {
	want := make([]int32, chunk/4+chunk/8)
	for i := range want {
		want[i] = int32(i * 7)
	}
	got, _, err := Read[int32](bytes.NewReader(encode(t, want)))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Error("elements differ")
	}
}

func TestReadErrors(t *testing.T) {
	good := encode(t, []uint16{1, 2, 3, 4}, 1, 4)
	header := func(dict string) []byte {
		b := []byte(magic + "\x01\x00")
		return append(append(b, byte(len(dict)), byte(len(dict)>>8)), dict...)
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "ends within its header"},
		{"no array", []byte("<!DOCTYPE html>"), "not a .npy file"},
		{"version", append([]byte(magic+"\x03\x00"), good[8:]...), "format version 3, versions 1 and 2 are read"},
		{"truncated", good[:len(good)-1], "takes 8 bytes, found 7"},
		{"too long", append(slices.Clone(good), 0), "bytes follow"},
		{"other type", encode(t, []uint8{1}), `type "|u1", not "<u2"`},
		{"big-endian", header("{'descr': '>u2', 'fortran_order': False, 'shape': (1,), }\n"), "big-endian"},
		{"Fortran", header("{'descr': '<u2', 'fortran_order': True, 'shape': (1,), }\n"), "Fortran"},
		{"objects", header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"), "not one of"},
		{"no newline", header("{'descr': '<u2', 'fortran_order': False, 'shape': (1,), }"), "malformed"},
		{"negative", header("{'descr': '<u2', 'fortran_order': False, 'shape': (-1,), }\n"), "negative"},
		{"overflow", header("{'descr': '<u2', 'fortran_order': False, 'shape': (4294967296, 4294967296), }\n"), "memory can address"},
		{"huge header", []byte(magic + "\x02\x00\xff\xff\xff\xff"), "a dictionary of"},
		{"huge claim", header("{'descr': '<u2', 'fortran_order': False, 'shape': (1099511627776,), }\n"), "found 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Read[uint16](bytes.NewReader(c.file))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestMap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npy")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWriter(f, 3, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := w.Write([]byte{byte(i), 1, 2, 3}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	a, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.Uint8()
	if err != nil {
		t.Fatal(err)
	}
	if want := []byte{0, 1, 2, 3, 1, 1, 2, 3, 2, 1, 2, 3}; !bytes.Equal(got, want) {
		t.Errorf("mapped %v, want %v", got, want)
	}
	if want := []int{3, 2, 2}; !slices.Equal(a.Shape, want) {
		t.Errorf("shape %v, want %v", a.Shape, want)
	}
	if pix, n, h, w, err := a.Images(); err != nil || !bytes.Equal(pix, got) || n != 3 || h != 2 || w != 2 {
		t.Errorf("%d images of %dx%d: %v, %v", n, h, w, pix, err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, _, _, err := a.Images(); err == nil {
		t.Error("a closed array gives its images")
	}
	if _, err := a.Uint8(); err == nil {
		t.Error("a closed array gives its elements")
	}
	if err := a.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}

	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{whole[:len(whole)-1], append(slices.Clone(whole), 0), whole[:20], nil} {
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := Map(path)
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%d of %d bytes: error %v, want one that names the file", len(b), len(whole), err)
		}
	}
}

func TestWriterCounts(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "1 bytes are missing") {
		t.Errorf("closed one element short: %v", err)
	}
	if w, err = NewWriter(&b, 2, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 5)); err == nil || !strings.Contains(err.Error(), "1 bytes beyond") {
		t.Errorf("wrote one element too many: %v", err)
	}
	if err := Write(&b, []uint8{1, 2, 3}, 2, 2); err == nil {
		t.Error("wrote 3 elements of shape (2, 2)")
	}
}

func TestShorten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npy")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := NewWriter(f, 1000000, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte{1, 2, 3, 4}); err != nil {
		t.Fatal(err)
	}
	if err := w.Shorten(1); err == nil || !strings.Contains(err.Error(), "4 bytes were written") {
		t.Errorf("shortened below what was written: %v", err)
	}
	if err := w.Shorten(3); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte{5, 6}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	a, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if got, err := a.Uint8(); err != nil || !bytes.Equal(got, []byte{1, 2, 3, 4, 5, 6}) || a.Shape[0] != 3 {
		t.Errorf("shape %v, elements %v, %v", a.Shape, got, err)
	}

	if w, err = NewWriter(&bytes.Buffer{}, 2); err != nil {
		t.Fatal(err)
	}
	if err := w.Shorten(1); err == nil {
		t.Error("shortened where there is no way back to the header")
	}
}

func TestImagesOfAnotherShape(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npy")
	if err := os.WriteFile(path, encode(t, make([]uint8, 6), 2, 3), 0o666); err != nil {
		t.Fatal(err)
	}
	a, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, _, _, _, err := a.Images(); err == nil || !strings.Contains(err.Error(), "shape (2, 3), want (N, height, width)") {
		t.Errorf("error %v", err)
	}
}
