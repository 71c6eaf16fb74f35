package gallery

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whorl/siamese"
)

const network = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

// matcher compares embeddings of the given length.
func matcher(t testing.TB, length int) *siamese.Matcher {
	t.Helper()
	n, err := siamese.New(siamese.Architecture{
		Name: "x", Height: 4, Width: 4, Merge: siamese.Subtract,
		Branch: []siamese.Layer{{Name: "c", Kind: siamese.Conv, Width: 2, Kernel: 3, ReLU: true, Pool: true}},
		Head:   []siamese.Layer{{Name: "d1", Kind: siamese.Dense, Width: length, ReLU: true}, {Name: "d2", Kind: siamese.Dense, Width: 1}},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	m, err := n.Matcher()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// written returns the path of a gallery of the embeddings.
func written(t testing.TB, dir string, length int, embeddings []float32) string {
	t.Helper()
	path := filepath.Join(dir, "gallery.whorl")
	w, err := Create(path, network, length)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(embeddings) / length {
		if err := w.Add(fmt.Sprint("print ", i), embeddings[i*length:][:length]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestEnrollAndSearch compares a search of a written gallery with sorting the
// logits of all pairs.
func TestEnrollAndSearch(t *testing.T) {
	const length = 5
	m, dir := matcher(t, length), t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 90).Draw(rt, "prints")
		number := rapid.Map(rapid.IntRange(-3, 3), func(i int) float32 { return float32(i) / 4 }) // with ties
		embeddings := rapid.SliceOfN(number, n*length, n*length).Draw(rt, "embeddings")
		probe := rapid.SliceOfN(number, length, length).Draw(rt, "probe")
		k := rapid.IntRange(1, 100).Draw(rt, "k")
		g, err := Open(written(t, dir, length, embeddings))
		if err != nil {
			rt.Fatal(err)
		}
		defer g.Close()
		if g.Len() != n || g.Network() != network || !slices.Equal(g.Embedding(n-1), embeddings[(n-1)*length:]) {
			rt.Fatalf("%d prints of network %s", g.Len(), g.Network())
		}
		got, err := g.Search(context.Background(), m, probe, k)
		if err != nil {
			rt.Fatal(err)
		}
		logits, err := m.Logits(context.Background(), slices.Repeat(probe, n), embeddings)
		if err != nil {
			rt.Fatal(err)
		}
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return better(Candidate{Logit: logits[a]}, Candidate{Logit: logits[b]}) })
		if len(got) != min(k, n) {
			rt.Fatalf("%d candidates of %d, asked for %d", len(got), n, k)
		}
		for i, c := range got {
			if want := order[i]; c.Index != want || c.Logit != logits[want] || c.Name != fmt.Sprint("print ", want) {
				rt.Fatalf("candidate %d is %+v, want print %d with %v", i, c, want, logits[want])
			}
		}
	})
}

func TestWriterErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "g.whorl")
	for want, f := range map[string]func(w *Writer) error{
		"of 1 numbers, want 2": func(w *Writer) error { return w.Add("a", []float32{1}) },
		`enroll "": not`:       func(w *Writer) error { return w.Add("", []float32{1, 2}) },
		"not a name":           func(w *Writer) error { return w.Add("\xff", []float32{1, 2}) },
		"in the gallery already": func(w *Writer) error {
			return errors.Join(w.Add("a", []float32{1, 2}), w.Add("a", []float32{1, 2}))
		},
		"number 1 of the embedding is NaN": func(w *Writer) error { return w.Add("a", []float32{1, float32(math.NaN())}) },
		"no print is enrolled":             func(w *Writer) error { return w.Close() },
		"closed already": func(w *Writer) error {
			return errors.Join(w.Add("a", []float32{1, 2}), w.Close(), os.Remove(path), w.Close())
		},
	} {
		w, err := Create(path, network, 2)
		if err != nil {
			t.Fatal(err)
		}
		if err := f(w); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
		w.Abort()
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Fatalf("%q left %v, %v", want, left, err)
		}
	}
	if _, err := Create(path, "ab", 2); err == nil || !strings.Contains(err.Error(), "not a SHA-256") {
		t.Errorf("error %v", err)
	}
	if _, err := Create(filepath.Join(dir, "none", "g"), network, 2); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// bytesOf returns the bytes of a small gallery.
func bytesOf(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(written(t, t.TempDir(), 2, []float32{1, 2, 3, 4, 5, 6}))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sealed changes a file and makes its checksums fit.
func sealed(good []byte, change func(b []byte)) []byte {
	b := bytes.Clone(good)
	change(b)
	le := binary.LittleEndian
	end := headerSize + 4*2*3
	le.PutUint32(b[64:], crc32.Checksum(b[headerSize:end], castagnoli))
	le.PutUint32(b[68:], crc32.Checksum(b[end:], castagnoli))
	le.PutUint32(b[124:], crc32.Checksum(b[:124], castagnoli))
	return b
}

func TestOpenErrors(t *testing.T) {
	good := bytesOf(t)
	flipped := func(at int) []byte {
		b := bytes.Clone(good)
		b[at] ^= 1
		return b
	}
	le := binary.LittleEndian
	names := headerSize + 4*2*3
	path := filepath.Join(t.TempDir(), "g")
	for _, c := range []struct {
		name string
		file []byte
		is   error
		want string
	}{
		{"empty", nil, ErrFormat, `begins with ""`},
		{"another file", []byte("BM and so on"), ErrFormat, `begins with "BM and s`},
		{"header cut", good[:50], ErrDamaged, "ends after 50 bytes"},
		{"cut", good[:len(good)-1], ErrDamaged, "want"},
		{"longer", append(bytes.Clone(good), 0), ErrDamaged, "want"},
		{"a later version", flipped(8), ErrFormat, "version 0; this"},
		{"a bit of the header", flipped(40), ErrDamaged, "checksum of its header"},
		{"a bit of an embedding", flipped(headerSize + 3), ErrDamaged, "checksum of its embeddings"},
		{"a bit of a name", flipped(len(good) - 1), ErrDamaged, "checksum of its names"},
		{"reserved", sealed(good, func(b []byte) { b[99] = 1 }), ErrDamaged, "byte 99 is 1"},
		{"no numbers", sealed(good, func(b []byte) { le.PutUint32(b[12:], 0) }), ErrDamaged, "prints of 0 numbers"},
		{"absurd", sealed(good, func(b []byte) { le.PutUint64(b[16:], 1<<60) }), ErrDamaged, "1152921504606846976 prints"},
		{"names do not begin", sealed(good, func(b []byte) { b[names] = 1 }), ErrDamaged, "do not fill"},
		{"a name too long", sealed(good, func(b []byte) { le.PutUint32(b[names+4:], 1<<30) }), ErrDamaged, "print 0 has no name"},
		{"a name not UTF-8", sealed(good, func(b []byte) { b[len(b)-1] = 0xff }), ErrDamaged, "print 2 has no name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(path, c.file, 0o666); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(path); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a directory: %v", err)
	}
}

func TestSearchErrors(t *testing.T) {
	g, err := Open(written(t, t.TempDir(), 2, []float32{1, 2}))
	if err != nil {
		t.Fatal(err)
	}
	try := func(want string, m *siamese.Matcher, probe []float32, k int) {
		t.Helper()
		if _, err := g.Search(context.Background(), m, probe, k); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	try("the best 0", matcher(t, 2), []float32{1, 2}, 0)
	try("of 2 numbers, the network's have 3", matcher(t, 3), []float32{1, 2, 3}, 1)
	try("the probe's 1", matcher(t, 2), []float32{1}, 1)
	if err := errors.Join(g.Close(), g.Close()); err != nil {
		t.Fatal(err)
	}
	try("closed", matcher(t, 2), []float32{1, 2}, 1)
}

// FuzzParse reads changed files, with checksums that fit where there is place
// for them: an error, or a gallery of which all can be looked at.
func FuzzParse(f *testing.F) {
	f.Add(bytesOf(f))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= headerSize+4*2*3 {
			b = sealed(b, func([]byte) {})
		}
		g, err := parse(b)
		if err != nil {
			return
		}
		for i := range g.Len() {
			if g.Name(i) == "" || len(g.Embedding(i)) != g.header.length {
				t.Fatalf("print %d", i)
			}
		}
	})
}

// BenchmarkSearch searches 1,000,000 prints in a file.
func BenchmarkSearch(b *testing.B) {
	const n, length = 1_000_000, 128
	m := matcher(b, length)
	path := filepath.Join(b.TempDir(), "gallery.whorl")
	w, err := Create(path, network, length)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	row := make([]float32, length)
	for i := range n {
		for k := range row {
			row[k] = r.Float32()
		}
		if err := w.Add(fmt.Sprintf("person %07d", i), row); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			g, err := Open(path)
			if err != nil {
				b.Fatal(err)
			}
			g.Close()
		}
	})
	g, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()
	b.Run("search", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := g.Search(context.Background(), m, row, 5); err != nil {
				b.Fatal(err)
			}
		}
		status, _ := os.ReadFile("/proc/self/status")
		for line := range strings.Lines(string(status)) {
			var kB float64
			if _, err := fmt.Sscanf(line, "VmRSS: %g kB", &kB); err == nil {
				b.ReportMetric(kB/1024, "MiB-resident")
			}
		}
	})
}
