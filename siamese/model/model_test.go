package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whorl/siamese"
)

func small(t testing.TB, seed uint64, meta Metadata) *Model {
	t.Helper()
	n, err := siamese.New(siamese.Architecture{
		Name: "small", Height: 4, Width: 4, Merge: siamese.Abs,
		Branch: []siamese.Layer{{Name: "c", Kind: siamese.Conv, Width: 1, Kernel: 3, ReLU: true, Pool: true}},
		Head:   []siamese.Layer{{Name: "d", Kind: siamese.Dense, Width: 1}},
	}, seed)
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(n, meta)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func file(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var full = Metadata{
	Run: "20260101-1", Labels: map[string]string{"data": "synthetic"}, Inputs: map[string]string{"weights": "ab"},
	Calibration: &Calibration{Slope: 0.5, Offset: -1},
	Thresholds: []Threshold{
		{Target: 0.001, Logit: 3, FMR: Rate{1, 1000, 0, 0.006, 0.95}, FNMR: Rate{5, 100, 0.01, 0.1, 0.95}},
		{Target: 0.01, Logit: 1.5, FMR: Rate{12, 1000, 0.005, 0.02, 0.95}, FNMR: Rate{2, 100, 0.001, 0.07, 0.95}},
	},
}

func TestFile(t *testing.T) {
	m := small(t, 1, full)
	path := filepath.Join(t.TempDir(), "m.whorl")
	if err := os.WriteFile(path, file(t, m), 0o666); err != nil {
		t.Fatal(err)
	}
	got, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(m.Metadata, got.Metadata); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(m.Network, got.Network); d != "" {
		t.Error(d)
	}
	if got.Digest() != m.Digest() || !bytes.Equal(file(t, got), file(t, m)) {
		t.Error("written again, it is another file")
	}
	if small(t, 2, full).Digest() == m.Digest() || small(t, 1, Metadata{}).Digest() != m.Digest() {
		t.Error("the digest is not that of the network alone")
	}
	th, err := got.Threshold(0.001)
	if err != nil || th.Logit != 3 || th.FNMR.Value() != 0.05 {
		t.Errorf("threshold %+v, %v", th, err)
	}
	if _, err := got.Threshold(0.5); err == nil || !strings.Contains(err.Error(), "available: 0.1%, 1%") {
		t.Errorf("error %v", err)
	}
	if p := got.Probability(4); math.Abs(p-1/(1+math.Exp(-1))) > 1e-15 {
		t.Errorf("probability %v", p)
	}
	if p := small(t, 1, Metadata{}).Probability(-2); math.Abs(p-1/(1+math.Exp(2))) > 1e-15 {
		t.Errorf("probability %v", p)
	}
}

// sealed gives a changed file a checksum that fits.
func sealed(b []byte, change func(b []byte) []byte) []byte {
	body := change(bytes.Clone(b[:len(b)-sha256.Size]))
	sum := sha256.Sum256(body)
	return append(body, sum[:]...)
}

func TestParseErrors(t *testing.T) {
	good := file(t, small(t, 1, full))
	replace := func(old, new string) []byte {
		return sealed(good, func(b []byte) []byte {
			was := bytes.Index(b[header:], []byte("PK")) // where the weights begin
			meta := strings.Replace(string(b[header:header+was]), old, new, 1)
			out := append(append(bytes.Clone(b[:header]), meta...), b[header+was:]...)
			binary.LittleEndian.PutUint32(out[12:], uint32(len(meta)))
			return out
		})
	}
	for _, c := range []struct {
		name string
		file []byte
		is   error
		want string
	}{
		{"empty", nil, ErrFormat, `begins with ""`},
		{"another file", []byte("PK\x03\x04 and more of it"), ErrFormat, `begins with "PK`},
		{"cut", good[:40], ErrDamaged, "ends after 40 bytes"},
		{"cut at the end", good[:len(good)-1], ErrDamaged, "its parts are of"},
		{"something behind", append(bytes.Clone(good), 0), ErrDamaged, "its parts are of"},
		{"a bit", append(append(bytes.Clone(good[:100]), good[100]^1), good[101:]...), ErrDamaged, "checksum"},
		{"a later version", append(append(bytes.Clone(good[:8]), 2), good[9:]...), ErrFormat, "version 2; this program reads version 1"},
		{"unknown field", replace(`"run"`, `"ran"`), ErrDamaged, "unknown field"},
		{"two values", replace(`{"run"`, `{} {"run"`), ErrDamaged, "more than one value"},
		{"another size", replace(`"height":4`, `"height":5`), ErrDamaged, "pixels are"},
		{"falling calibration", replace(`"slope":0.5`, `"slope":-1`), ErrDamaged, "calibration of slope -1"},
		{"threshold order", replace(`"target_fmr":0.01`, `"target_fmr":0.0001`), ErrDamaged, "threshold 1 is for a false match rate of 0.0001"},
		{"rate above 1", replace(`"errors":5`, `"errors":500`), ErrDamaged, "threshold 0: FNMR"},
		{"no weights", sealed(good, func(b []byte) []byte {
			at := bytes.Index(b, []byte("PK"))
			b[at] = 'Q'
			return b
		}), ErrDamaged, "read weights"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Parse(c.file); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// FuzzParse reads changed files, with a checksum that fits: an error or a model
// that is written and read again.
func FuzzParse(f *testing.F) {
	good := file(f, small(f, 1, full))
	f.Add(good[:len(good)-sha256.Size])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Parse(sealed(append(body, make([]byte, sha256.Size)...), func(b []byte) []byte { return b }))
		if err != nil {
			return
		}
		if _, err := Parse(file(t, m)); err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
	})
}

// TestSafetensors reads the file by its definition.
func TestSafetensors(t *testing.T) {
	m := small(t, 1, full)
	var b bytes.Buffer
	if err := m.WriteSafetensors(&b); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	n := int(binary.LittleEndian.Uint64(file))
	var header map[string]json.RawMessage
	if err := json.Unmarshal(file[8:8+n], &header); err != nil {
		t.Fatal(err)
	}
	if n%8 != 0 || len(header) != len(m.Network.Params)+1 {
		t.Errorf("a header of %d bytes with %d entries", n, len(header))
	}
	var meta map[string]string
	if err := json.Unmarshal(header["__metadata__"], &meta); err != nil || meta["network_sha256"] != m.Digest() {
		t.Errorf("metadata %v, %v", meta, err)
	}
	at := 0
	for _, p := range m.Network.Params {
		var e struct {
			DType   string `json:"dtype"`
			Shape   []int  `json:"shape"`
			Offsets [2]int `json:"data_offsets"`
		}
		if err := json.Unmarshal(header[p.Name], &e); err != nil || e.DType != "F32" || !slices.Equal(e.Shape, p.Shape) || e.Offsets[0] != at {
			t.Fatalf("%s: %+v, %v", p.Name, e, err)
		}
		for i, v := range p.Data {
			if got := math.Float32frombits(binary.LittleEndian.Uint32(file[8+n+e.Offsets[0]+4*i:])); got != v {
				t.Fatalf("%s: element %d is %v, want %v", p.Name, i, got, v)
			}
		}
		at = e.Offsets[1]
	}
	if 8+n+at != len(file) {
		t.Errorf("%d bytes, want %d", len(file), 8+n+at)
	}
}
