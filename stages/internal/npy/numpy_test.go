package npy

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestNumPy lets NumPy itself read what we write.
func TestNumPy(t *testing.T) {
	dir := t.TempDir()
	files := map[string][]byte{
		"u1.npy": encode(t, []uint8{0, 255, 7, 9}, 1, 2, 2),
		"u2.npy": encode(t, []uint16{1, 65535, 3, 4}, 2, 2),
		"i8.npy": encode(t, []int64{-5, 6}),
		"f4.npy": encode(t, []float32{0.5, -2}, 2, 1),
		"no.npy": encode(t, []int64{}, 0),
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	const script = `
import numpy as np
for n in sorted(['u1', 'u2', 'i8', 'f4', 'no']):
    a = np.load(n + '.npy')
    print(n, a.dtype, a.shape, a.tolist(), np.load(n + '.npy', mmap_mode='r').offset % 64)
`
	out := runNumPy(t, dir, script)
	want := `f4 float32 (2, 1) [[0.5], [-2.0]] 0
i8 int64 (2,) [-5, 6] 0
no int64 (0,) [] 0
u1 uint8 (1, 2, 2) [[[0, 255], [7, 9]]] 0
u2 uint16 (2, 2) [[1, 65535], [3, 4]] 0
`
	if strings.TrimSpace(out) != strings.TrimSpace(want) {
		t.Errorf("NumPy reads\n%s\nwant\n%s", out, want)
	}
}

// TestReadNumPy reads what NumPy itself writes, or refuses it for the right
// reason.
func TestReadNumPy(t *testing.T) {
	dir := t.TempDir()
	const script = `
import numpy as np
a = np.arange(6, dtype='<u2').reshape(2, 3)
for v in 1, 2, 3:
    np.lib.format.write_array(open('version%d.npy' % v, 'wb'), a, version=(v, 0))
np.save('big.npy', a.astype('>u2'))
np.save('fortran.npy', np.asfortranarray(a))
np.save('column.npy', np.asfortranarray(a.reshape(6, 1))) # in both orders at once
np.save('half.npy', a.astype('f2'))
np.save('record.npy', np.zeros(2, dtype=[('a', '<u2')]))
np.save('object.npy', np.array([None, 1], dtype=object))
`
	runNumPy(t, dir, script)
	for name, want := range map[string]string{
		"version1": "[2 3]", "version2": "[2 3]", "column": "[6 1]",
		"version3": "format version 3",
		"big":      `type ">u2" are big-endian; save the array as little-endian, e.g. a.astype('<u2')`,
		"fortran":  "Fortran order; save it in C order",
		"half":     `type "<f2" are not one of`,
		"record":   "are not one of",
		"object":   `type "|O" are not one of`,
	} {
		f, err := os.Open(filepath.Join(dir, name+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		data, shape, err := Read[uint16](f)
		f.Close()
		switch {
		case err != nil && !strings.Contains(err.Error(), want):
			t.Errorf("%s: error %v, want %q", name, err, want)
		case err == nil && (fmt.Sprint(shape) != want || !slices.Equal(data, []uint16{0, 1, 2, 3, 4, 5})):
			t.Errorf("%s: read %v of shape %v, want %s", name, data, shape, want)
		}
	}
}

// runNumPy runs a script in a folder and returns what it prints. Where NumPy
// is not installed it skips the test.
func runNumPy(t *testing.T, dir, script string) string {
	t.Helper()
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import numpy").Run(); err != nil {
		t.Skip("needs " + python + " with NumPy")
	}
	cmd := exec.Command(python, "-c", script)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}
