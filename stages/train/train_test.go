package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whorl/fingerprint/imaging"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/stagetest"
	"whorl/siamese"
	"whorl/stages/internal/npy"
)

const side = 16

// fixture writes inputs of n fingers, each a pattern of its own, with one
// probe a difficulty.
func fixture(t *testing.T, n int) map[string]string {
	t.Helper()
	dir := t.TempDir()
	paths := map[string]string{}
	create := func(name string, write func(f *os.File) error) {
		paths[name] = filepath.Join(dir, name)
		f, err := os.Create(paths[name])
		if err != nil {
			t.Fatal(err)
		}
		if err := write(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for k, subset := range []string{"real", "easy", "medium", "hard"} {
		var pix []uint8
		var labels []uint16
		for f := range n {
			for i := range side * side {
				pix = append(pix, uint8((i%side*(f+1)+i/side*(n-f)*3)*29+k*(i*7%5)))
			}
			labels = append(labels, uint16(1+f/2), 0, uint16(f%2), 3)
		}
		create("x_"+subset, func(f *os.File) error { return npy.Write(f, pix, n, side, side) })
		create("y_"+subset, func(f *os.File) error { return npy.Write(f, labels, n, 4) })
	}
	var train, validation, gallery []int64
	for row := range int64(3 * n) {
		if row%5 == 0 {
			validation = append(validation, row)
		} else {
			train = append(train, row)
		}
	}
	for row := range int64(n) {
		gallery = append(gallery, row)
	}
	for name, rows := range map[string][]int64{"train": train, "validation": validation, "gallery_train": gallery, "gallery_validation": gallery} {
		create(name, func(f *os.File) error { return npy.Write(f, rows, len(rows)) })
	}
	policy, err := imaging.Post().Only("affine")
	if err != nil {
		t.Fatal(err)
	}
	create("policy", func(f *os.File) error { return policy.Write(f) })
	return paths
}

func params(epochs int) Params {
	p := Kind().Params.(Params)
	p.Network, p.Epochs, p.Batch = "compact", epochs, 8
	return p
}

func TestTrain(t *testing.T) {
	in := fixture(t, 10)
	r := stagetest.Run(t, Kind(), params(3), 11, in)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	var h history
	if err := json.Unmarshal(r.Bytes("history"), &h); err != nil {
		t.Fatal(err)
	}
	if len(h.Epochs) != 3 || h.Epochs[2].Epoch != 3 || h.Epochs[2].Loss <= 0 || h.Epochs[2].ValLoss <= 0 {
		t.Errorf("history %+v", h)
	}
	if got := r.Metric("val_loss"); got != h.Epochs[2].ValLoss {
		t.Errorf("metric val_loss %v, history %v", got, h.Epochs[2].ValLoss)
	}
	series, timings := map[string][]int{}, map[string]int{}
	for _, m := range r.Metrics {
		if m.Timing {
			timings[m.Name]++
		} else {
			series[m.Name] = append(series[m.Name], m.Step)
		}
	}
	for _, name := range []string{"loss", "accuracy", "val_loss", "val_accuracy"} {
		if !slices.Equal(series[name], []int{1, 2, 3}) {
			t.Errorf("metric %s has steps %v", name, series[name])
		}
	}
	if timings["seconds"] != 3 || timings["pairs_per_s"] != 3 || len(series) != 4 {
		t.Errorf("timings %v, metrics %v", timings, series)
	}
	if r.Last.Done != r.Last.Total || r.Last.Total != 3*24 || r.Last.Phase != "epoch 3/3" {
		t.Errorf("last progress %+v", r.Last)
	}

	var s summary
	if err := json.Unmarshal(r.Bytes("summary"), &s); err != nil {
		t.Fatal(err)
	}
	if want := siamese.Compact(siamese.Subtract, side, side).Parameters(); s.Parameters != want || len(s.Layers) != 6 ||
		s.Layers[0].Kind != "conv3x3+relu+maxpool2" || s.Layers[0].Out != [3]int{8, 8, 32} {
		t.Errorf("summary %+v, want %d parameters", s, want)
	}
	w := r.Bytes("weights")
	if n, err := siamese.ReadWeights(bytes.NewReader(w), int64(len(w))); err != nil || n.Architecture.Name != "compact" {
		t.Errorf("weights: %v", err)
	}

	again := stagetest.Run(t, Kind(), params(3), 11, in)
	if !bytes.Equal(again.Bytes("weights"), w) || !bytes.Equal(again.Bytes("history"), r.Bytes("history")) {
		t.Error("the same inputs give other bits")
	}
	other := stagetest.Run(t, Kind(), params(3), 12, in)
	if bytes.Equal(other.Bytes("weights"), w) {
		t.Error("another seed gives the same weights")
	}
}

// TestResume trains 4 epochs in one go, and after the checkpoints of 2.
func TestResume(t *testing.T) {
	in := fixture(t, 6)
	whole := stagetest.Run(t, Kind(), params(4), 1, in)
	if whole.Err != nil {
		t.Fatal(whole.Err)
	}
	saved := &stagetest.Memory{}
	task := func(p Params) *stage.Task {
		inputs := map[string]stage.Input{}
		for name, path := range in {
			inputs[name] = stage.Input{Path: path}
		}
		return &stage.Task{Stage: "train", Params: p, Seed: 1, Inputs: inputs, OutDir: t.TempDir(), Checkpoints: saved}
	}
	if r := stagetest.RunTask(t, Kind(), task(params(2))); r.Err != nil {
		t.Fatal(r.Err)
	}
	r := stagetest.RunTask(t, Kind(), task(params(4)))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	for _, out := range []string{"weights", "history", "summary"} {
		if !bytes.Equal(r.Bytes(out), whole.Bytes(out)) {
			t.Errorf("continued: %s differs from that of training in one go", out)
		}
	}
	trained := 0
	for _, m := range r.Metrics {
		if m.Name == "seconds" {
			trained++
		}
	}
	if trained != 2 || !strings.Contains(strings.Join(r.Log, "\n"), "going on from the checkpoint of epoch 2") {
		t.Errorf("trained %d epochs, log %q", trained, r.Log)
	}

	// What does not fit is passed over: here a checkpoint of epoch 3 of 3 hides
	// that of epoch 2 of 4 along a cosine.
	cosine := params(4)
	cosine.Schedule = "cosine"
	saved = &stagetest.Memory{}
	whole = stagetest.RunTask(t, Kind(), task(cosine))
	_, second, err := saved.Latest(2)
	if err = errors.Join(whole.Err, err); err != nil {
		t.Fatal(err)
	}
	saved = &stagetest.Memory{}
	three := cosine
	three.Epochs = 3
	if r := stagetest.RunTask(t, Kind(), task(three)); r.Err != nil {
		t.Fatal(r.Err)
	}
	if err := saved.Save(2, func(w io.Writer) error { _, err := io.Copy(w, second); return err }); err != nil {
		t.Fatal(err)
	}
	r = stagetest.RunTask(t, Kind(), task(cosine))
	if r.Err != nil || !bytes.Equal(r.Bytes("weights"), whole.Bytes("weights")) {
		t.Errorf("past a checkpoint of another length: %v, or other weights", r.Err)
	}
	if log := strings.Join(r.Log, "\n"); !strings.Contains(log, "the checkpoint of epoch 3 does not fit") || !strings.Contains(log, "going on from the checkpoint of epoch 2") {
		t.Errorf("log %q", r.Log)
	}
}

func TestErrors(t *testing.T) {
	write := func(in map[string]string, name string, f func(f *os.File) error) {
		path := filepath.Join(t.TempDir(), "x")
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if err := f(file); err != nil {
			t.Fatal(err)
		}
		in[name] = path
	}
	for want, change := range map[string]func(in map[string]string, p *Params){
		"read x_easy": func(in map[string]string, _ *Params) { in["x_easy"] = in["policy"] },
		"read y_hard: 10 labels for 9 images": func(in map[string]string, _ *Params) {
			write(in, "x_hard", func(f *os.File) error { return npy.Write(f, make([]uint8, 9*side*side), 9, side, side) })
		},
		"images are 8x8 pixels, want 16x16": func(in map[string]string, _ *Params) {
			write(in, "x_hard", func(f *os.File) error { return npy.Write(f, make([]uint8, 10*8*8), 10, 8, 8) })
		},
		"read train: no rows are selected": func(in map[string]string, _ *Params) {
			write(in, "train", func(f *os.File) error { return npy.Write(f, []int64{}, 0) })
		},
		"the gallery has no image of its finger": func(in map[string]string, _ *Params) {
			write(in, "gallery_validation", func(f *os.File) error { return npy.Write(f, []int64{1, 2}, 2) })
		},
		"policy": func(in map[string]string, _ *Params) {
			write(in, "policy", func(f *os.File) error { _, err := f.WriteString("{"); return err })
		},
		"; this probe is": func(_ map[string]string, p *Params) { p.Rate = 1e12 },
	} {
		in, p := fixture(t, 10), params(1)
		change(in, &p)
		r := stagetest.Run(t, Kind(), p, 1, in)
		if r.Err == nil || !strings.Contains(r.Err.Error(), want) {
			t.Errorf("error %v, want one with %q", r.Err, want)
		}
	}
	p := params(2)
	p.Schedule, p.Warmup = "cosine", 2
	if err := p.Validate(); err == nil {
		t.Error("a cosine schedule that is all warm-up passes")
	}
}
