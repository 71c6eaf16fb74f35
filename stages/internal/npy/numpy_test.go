package npy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNumPy lets NumPy itself read what we write.
func TestNumPy(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import numpy").Run(); err != nil {
		t.Skip("needs " + python + " with NumPy")
	}
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
	cmd := exec.Command(python, "-c", script)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := `f4 float32 (2, 1) [[0.5], [-2.0]] 0
i8 int64 (2,) [-5, 6] 0
no int64 (0,) [] 0
u1 uint8 (1, 2, 2) [[[0, 255], [7, 9]]] 0
u2 uint16 (2, 2) [[1, 65535], [3, 4]] 0
`
	if got := string(out); strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("NumPy reads\n%s\nwant\n%s", got, want)
	}
}
