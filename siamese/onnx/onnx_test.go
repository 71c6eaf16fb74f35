package onnx

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"whorl/fingerprint"
	"whorl/fingerprint/imagefile"
	"whorl/fingerprint/imaging"
	"whorl/fingerprint/synth"
	"whorl/siamese"
	"whorl/siamese/model"
)

// A value of ONNX Runtime's, for its JavaScript.
type jsTensor struct {
	Dims []int     `json:"dims"`
	Data []float32 `json:"data"`
}

type run struct {
	Model string              `json:"model"`
	Feeds map[string]jsTensor `json:"feeds"`
}

// runtime runs models in ONNX Runtime, or skips the test where it is not
// installed: npm install --ignore-scripts onnxruntime-node, with NODE_PATH
// naming its node_modules unless that is above this directory.
func runtime(t *testing.T, runs []run) []map[string]jsTensor {
	t.Helper()
	if out, err := exec.Command("node", "-e", "require.resolve('onnxruntime-node')").CombinedOutput(); err != nil {
		line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		t.Skipf("onnxruntime-node is not installed (npm install --ignore-scripts onnxruntime-node, then set NODE_PATH): %v %s", err, line)
	}
	in, err := json.Marshal(runs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "testdata/run.js")
	cmd.Stdin = bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ONNX Runtime: %v\n%s", err, stderr.String())
	}
	var results []map[string]jsTensor
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatal(err)
	}
	return results
}

// images returns prints of the given size, synthetic ones and, where SOCOFing is
// present, real ones.
func images(t *testing.T, h, w int) siamese.Images {
	t.Helper()
	im := siamese.Images{H: h, W: w}
	add := func(pix []uint8, pw, ph int) {
		to := make([]uint8, h*w)
		imaging.NewResizer(w, h).Resize(to, pix, pw, ph)
		im.Pix = append(im.Pix, to...)
		im.N++
	}
	for f := range uint8(3) {
		g := synth.Print(1, fingerprint.Identity{Subject: 1, Finger: f})
		add(g.Pix, g.Rect.Dx(), g.Rect.Dy())
	}
	files, err := filepath.Glob("../../../shared/socofing/Real/1__*.BMP")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files[:min(2, len(files))] {
		g, err := imagefile.Read(f)
		if err != nil {
			t.Fatal(err)
		}
		add(g.Pix, g.Rect.Dx(), g.Rect.Dy())
	}
	return im
}

func floats(pix []uint8) []float32 {
	out := make([]float32, len(pix))
	for i, p := range pix {
		out[i] = float32(p)
	}
	return out
}

// networks have each merge and kind of head.
func networks() []siamese.Architecture {
	fives := siamese.Layer{Name: "wide", Kind: siamese.Conv, Width: 3, Kernel: 5}
	return []siamese.Architecture{
		siamese.Tutorial(siamese.Subtract, 90, 90),
		siamese.Compact(siamese.Abs, 46, 45),
		{
			Name: "other", Height: 21, Width: 24, Merge: siamese.Abs,
			Branch: []siamese.Layer{fives, {Name: "code", Kind: siamese.Dense, Width: 9, ReLU: true}},
			Head:   []siamese.Layer{{Name: "out", Kind: siamese.Dense, Width: 1}},
		},
	}
}

func modelOf(t testing.TB, a siamese.Architecture) *model.Model {
	t.Helper()
	n, err := siamese.New(a, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range n.Params {
		if len(p.Shape) == 1 {
			for i := range p.Data {
				p.Data[i] = 0.01 * float32(i%7-3)
			}
		}
	}
	meta := model.Metadata{Run: "run-1", Labels: map[string]string{"data": "synthetic"}, Calibration: &model.Calibration{Slope: 0.7, Offset: 0.2}}
	m, err := model.New(n, meta)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func write(t testing.TB, m *model.Model, part Part) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, m, part); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRuntime compares ONNX Runtime's logits and probabilities with ours, of
// the whole model and of the head on the branch's codes.
func TestRuntime(t *testing.T) {
	for _, a := range networks() {
		t.Run(a.Name, func(t *testing.T) {
			dir, m := t.TempDir(), modelOf(t, a)
			path := func(p Part) string {
				file := filepath.Join(dir, string(p)+".onnx")
				if err := os.WriteFile(file, write(t, m, p), 0o666); err != nil {
					t.Fatal(err)
				}
				return file
			}
			im := images(t, a.Height, a.Width)
			all := jsTensor{[]int{im.N, 1, a.Height, a.Width}, floats(im.Pix)}
			shifted := jsTensor{all.Dims, append(append([]float32{}, all.Data[a.Height*a.Width:]...), all.Data[:a.Height*a.Width]...)}
			results := runtime(t, []run{
				{path(Whole), map[string]jsTensor{"probe": all, "gallery": shifted}},
				{path(Branch), map[string]jsTensor{"image": all}},
				{path(Branch), map[string]jsTensor{"image": shifted}},
			})
			whole := results[0]
			parts := runtime(t, []run{{path(Head), map[string]jsTensor{"probe": results[1]["code"], "gallery": results[2]["code"]}}})[0]
			matcher, err := m.Network.Matcher()
			if err != nil {
				t.Fatal(err)
			}
			rows, next := make([]int, im.N), make([]int, im.N)
			for i := range rows {
				rows[i], next[i] = i, (i+1)%im.N
			}
			p, err := matcher.Embed(context.Background(), im, rows, nil)
			if err != nil {
				t.Fatal(err)
			}
			g, err := matcher.Embed(context.Background(), im, next, nil)
			if err != nil {
				t.Fatal(err)
			}
			logits, err := matcher.Logits(context.Background(), p, g)
			if err != nil {
				t.Fatal(err)
			}
			for i, z := range logits {
				want := m.Probability(float64(z))
				for name, got := range map[string]map[string]jsTensor{"model": whole, "branch and head": parts} {
					if len(got["logit"].Data) != im.N || fmt.Sprint(got["logit"].Dims) != fmt.Sprintf("[%d 1]", im.N) {
						t.Fatalf("%s: logits of shape %v", name, got["logit"].Dims)
					}
					if d := math.Abs(float64(got["logit"].Data[i] - z)); d > 1e-5*(1+math.Abs(float64(z))) {
						t.Errorf("%s: pair %d: logit %v, ours %v", name, i, got["logit"].Data[i], z)
					}
					if d := math.Abs(float64(got["probability"].Data[i]) - want); !(d <= 1e-5) {
						t.Errorf("%s: pair %d: probability %v, ours %v", name, i, got["probability"].Data[i], want)
					}
				}
			}
		})
	}
}

// TestMetadata finds the properties in the file, and the same bytes each time.
func TestMetadata(t *testing.T) {
	m := modelOf(t, networks()[2])
	b := write(t, m, Branch)
	if !bytes.Equal(b, write(t, m, Branch)) {
		t.Error("written again, it has other bytes")
	}
	for _, want := range []string{m.Digest(), "whorl.network_sha256", "whorl.label.data", "synthetic", "run-1", "opencv-bilinear"} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("%q is not in the file", want)
		}
	}
}

func TestErrors(t *testing.T) {
	m := modelOf(t, networks()[2])
	if err := Write(new(bytes.Buffer), m, "tail"); err == nil || !strings.Contains(err.Error(), `unknown part "tail" (available: model, branch, head)`) {
		t.Errorf("error %v", err)
	}
	a := networks()[2]
	a.Branch = []siamese.Layer{a.Branch[1], {Name: "late", Kind: siamese.Conv, Width: 2, Kernel: 1}}
	if err := Write(new(bytes.Buffer), modelOf(t, a), Whole); err == nil || !strings.Contains(err.Error(), "layer late") {
		t.Errorf("error %v", err)
	}
}

// TestMessages checks encodings against the bytes of the documentation.
func TestMessages(t *testing.T) {
	var m message
	m.integer(1, 150)
	m.text(2, "testing")
	m.integer(3, -1)
	want := []byte{
		0x08, 0x96, 0x01, 0x12, 7, 't', 'e', 's', 't', 'i', 'n', 'g',
		0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
	}
	if !bytes.Equal(m, want) {
		t.Errorf("% x, want % x", m, want)
	}
}
