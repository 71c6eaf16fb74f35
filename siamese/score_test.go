package siamese

import (
	"bytes"
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func trained(t *testing.T, a Architecture, d Data) *Network {
	t.Helper()
	return run(t, trainer(t, a, d, options(6)))
}

func TestScoreAndRanks(t *testing.T) {
	d := prints(9, 4)
	for name, a := range map[string]Architecture{
		"linear": tiny(Subtract),
		"abs":    tiny(Abs),
		"convolution after the merge": {
			Name: "x", Height: testH, Width: testW, Merge: Subtract,
			Branch: []Layer{conv("conv1", 8)},
			Head:   []Layer{conv("conv2", 5), dense("dense1", 16), output("dense2")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := trained(t, a, d)
			var pairs []Pair
			var mates []int
			for _, p := range d.Validation {
				mates = append(mates, int(d.ProbeOf(p)))
				for g := range d.Gallery.N {
					pairs = append(pairs, Pair{Probe: p, Gallery: g})
				}
			}
			reported := 0
			scores, err := n.Score(context.Background(), d.Probes, d.Gallery, pairs, func(done int) { reported = done })
			if err != nil {
				t.Fatal(err)
			}
			if reported != len(pairs) {
				t.Errorf("reported %d of %d pairs", reported, len(pairs))
			}
			// Alone, a pair gets the same score as among others.
			alone, err := n.Score(context.Background(), d.Probes, d.Gallery, pairs[40:41], nil)
			if err != nil || alone[0] != scores[40] {
				t.Errorf("alone %v, %v; among others %v", alone, err, scores[40])
			}
			compared := 0
			ranks, err := n.Ranks(context.Background(), d.Probes, d.Validation, d.Gallery, d.GalleryValidation, mates, func(done int) { compared = done })
			if err != nil {
				t.Fatal(err)
			}
			if compared != len(d.Validation)*len(d.GalleryValidation) {
				t.Errorf("reported %d of %d pairs", compared, len(d.Validation)*len(d.GalleryValidation))
			}
			for i, rank := range ranks {
				want := 1
				of := scores[i*d.Gallery.N:][:d.Gallery.N]
				for g, s := range of {
					if g != mates[i] && s >= of[mates[i]] {
						want++
					}
				}
				if rank != want {
					t.Errorf("probe %d: rank %d, by its scores %d (%v)", i, rank, want, of)
				}
			}
		})
	}
}

func TestRanksErrors(t *testing.T) {
	d := prints(4, 2)
	n, err := New(tiny(Subtract), 1)
	if err != nil {
		t.Fatal(err)
	}
	for want, f := range map[string]func() error{
		"probe row 8 of 8": func() error {
			_, err := n.Ranks(context.Background(), d.Probes, []int{8}, d.Gallery, []int{0, 1}, []int{0}, nil)
			return err
		},
		"is not in the gallery searched": func() error {
			_, err := n.Ranks(context.Background(), d.Probes, []int{0}, d.Gallery, []int{0, 1}, []int{2}, nil)
			return err
		},
		"0 mates for 1": func() error {
			_, err := n.Ranks(context.Background(), d.Probes, []int{0}, d.Gallery, []int{0, 1}, nil, nil)
			return err
		},
		"gallery row 4 of 4": func() error {
			_, err := n.Ranks(context.Background(), d.Probes, []int{0}, d.Gallery, []int{4}, []int{4}, nil)
			return err
		},
		"pair 0 is of probe row -1": func() error {
			_, err := n.Score(context.Background(), d.Probes, d.Gallery, []Pair{{Probe: -1}}, nil)
			return err
		},
		"images are 1x1": func() error {
			_, err := n.Score(context.Background(), Images{Pix: []uint8{0}, N: 1, H: 1, W: 1}, d.Gallery, nil, nil)
			return err
		},
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestConcat(t *testing.T) {
	a := Images{Pix: []uint8{1, 2, 3, 4}, N: 2, H: 1, W: 2}
	b := Images{Pix: []uint8{5, 6}, N: 1, H: 1, W: 2}
	c := Concat(a, Images{H: 1, W: 2}, Concat(b, a))
	if c.N != 5 || c.check("c", 1, 2) != nil {
		t.Fatalf("%d images, %v", c.N, c.check("c", 1, 2))
	}
	var all []uint8
	for i := range c.N {
		all = append(all, c.At(i)...)
	}
	if !bytes.Equal(all, []uint8{1, 2, 3, 4, 5, 6, 1, 2, 3, 4}) {
		t.Errorf("pixels %v", all)
	}
	if err := Concat(a, Images{Pix: []uint8{1}, N: 1, H: 1, W: 1}).check("c", 1, 2); err == nil {
		t.Error("images of two sizes pass")
	}
}

func TestWeightsFile(t *testing.T) {
	n, err := New(Compact(Abs, testH, testW), 3)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := n.WriteWeights(&file); err != nil {
		t.Fatal(err)
	}
	got, err := ReadWeights(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if digest(t, got) != digest(t, n) || got.Architecture.Merge != Abs || len(got.Params) != 10 {
		t.Errorf("read back another network: %+v", got.Architecture)
	}
	for name, data := range map[string][]byte{
		"empty":     nil,
		"truncated": file.Bytes()[:file.Len()/2],
		"damaged":   damage(file.Bytes()),
	} {
		if _, err := ReadWeights(bytes.NewReader(data), int64(len(data))); err == nil {
			t.Errorf("%s file is read without an error", name)
		}
	}
}

// damage changes a byte in the middle, which the archive's checksum finds.
func damage(file []byte) []byte {
	bad := bytes.Clone(file)
	bad[len(bad)/2] ^= 1
	return bad
}

// TestNumPy reads the weights as a Python user would.
func TestNumPy(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import numpy").Run() != nil {
		t.Skip("no " + python + " with numpy")
	}
	n, err := New(Tutorial(Subtract, testH, testW), 3)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := n.WriteWeights(&file); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "weights.npz")
	if err := os.WriteFile(path, file.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "-c", `
import json, sys, numpy
z = numpy.load(sys.argv[1])
print(json.loads(bytes(z["architecture"]))["name"], sorted(z.files))
print(z["conv1.weight"].shape, z["dense1.weight"].shape, z["dense1.bias"].shape, z["conv2.weight"].dtype)
`, path).CombinedOutput()
	want := "tutorial ['architecture', 'conv1.bias', 'conv1.weight', 'conv2.bias', 'conv2.weight', 'dense1.bias', 'dense1.weight', 'dense2.bias', 'dense2.weight']\n" +
		"(32, 1, 3, 3) (128, 1600) (128,) float32\n"
	if err != nil || string(out) != want {
		t.Errorf("%v, printed\n%swant\n%s", err, out, want)
	}
}

// TestGlorot checks range and variance of the initial weights.
func TestGlorot(t *testing.T) {
	n, err := New(Tutorial(Subtract, 90, 90), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := n.Architecture.Parameters(); got != 3984001 {
		t.Errorf("tutorial has %d parameters, want 3984001", got)
	}
	if got := Compact(Subtract, 90, 90).Parameters(); got != 266753 {
		t.Errorf("compact has %d parameters, want 266753", got)
	}
	limits := map[string]float64{"conv1": math.Sqrt(6 / (9.0 * 33)), "conv2": math.Sqrt(6 / (9.0 * 96)), "dense1": math.Sqrt(6 / (30976.0 + 128)), "dense2": math.Sqrt(6 / 129.0)}
	for _, p := range n.Params {
		layer, kind, _ := strings.Cut(p.Name, ".")
		var sum, largest float64
		for _, v := range p.Data {
			sum += float64(v) * float64(v)
			largest = max(largest, math.Abs(float64(v)))
		}
		if kind == "bias" {
			if largest != 0 {
				t.Errorf("%s is not zero", p.Name)
			}
			continue
		}
		limit := limits[layer]
		if largest > limit || largest < 0.9*limit {
			t.Errorf("%s reaches %v, want nearly %v", p.Name, largest, limit)
		}
		if variance, want := sum/float64(len(p.Data)), limit*limit/3; math.Abs(variance/want-1) > 10/math.Sqrt(float64(len(p.Data))) {
			t.Errorf("%s has variance %v, want %v", p.Name, variance, want)
		}
	}
}
