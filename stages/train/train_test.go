package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whorl/fingerprint"
	"whorl/fingerprint/imaging"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/stagetest"
	"whorl/siamese"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/npy"
)

const side = 16

// fixture writes inputs of n fingers, each a pattern of its own, with one
// probe a difficulty.
func fixture(t *testing.T, n int) map[string]string {
	t.Helper()
	dir := t.TempDir()
	in := map[string]string{}
	for _, name := range []string{"prints", "labels", "split"} {
		in[name] = filepath.Join(dir, name)
		if err := os.Mkdir(in[name], 0o777); err != nil {
			t.Fatal(err)
		}
	}
	names, alterations := map[string][]string{}, map[string][]string{}
	for s := range fingerprint.Subsets {
		var pix []uint8
		var labels []fingerprint.Label
		for f := range n {
			for i := range side * side {
				pix = append(pix, uint8((i%side*(f+1)+i/side*(n-f)*3)*29+int(s)*(i*7%5)))
			}
			l := fingerprint.Label{Subject: uint16(1 + f/2), Hand: uint8(f % 2), Finger: 3}
			labels = append(labels, l)
			names[s.String()] = append(names[s.String()], fmt.Sprintf("%s/%d", s, f))
			if s != fingerprint.Real {
				alterations[s.String()] = append(alterations[s.String()], "CR")
			}
		}
		writeArray(t, filepath.Join(in["prints"], dataset.ImagesFile(s)), pix, n, side, side)
		if err := dataset.WriteLabels(in["labels"], s, labels); err != nil {
			t.Fatal(err)
		}
	}
	train, validation := dataset.Part{Name: "train"}, dataset.Part{Name: "validation"}
	for row := range 3 * n {
		if row%5 == 0 {
			validation.Probes = append(validation.Probes, row)
		} else {
			train.Probes = append(train.Probes, row)
		}
	}
	train.Gallery, validation.Gallery = dataset.Count(n), dataset.Count(n)
	policy, err := imaging.Tutorial().Only("geometric")
	if err != nil {
		t.Fatal(err)
	}
	in["policy"] = filepath.Join(dir, "policy")
	f, err := os.Create(in["policy"])
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		dataset.WriteJSON(in["prints"], dataset.NamesFile, names), dataset.WriteJSON(in["labels"], dataset.AlterationsFile, alterations),
		dataset.WritePart(in["split"], train), dataset.WritePart(in["split"], validation), policy.Write(f), f.Close(),
	); err != nil {
		t.Fatal(err)
	}
	return in
}

func writeArray[T npy.Elem](t *testing.T, path string, data []T, shape ...int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(npy.Write(f, data, shape...), f.Close()); err != nil {
		t.Fatal(err)
	}
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
	for _, name := range []string{"loss", "accuracy", "val_loss", "val_accuracy", "val_auc", "val_eer"} {
		if !slices.Equal(series[name], []int{1, 2, 3}) {
			t.Errorf("metric %s has steps %v", name, series[name])
		}
	}
	if timings["seconds"] != 3 || timings["pairs_per_s"] != 3 || len(series) != 6+7 {
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
			inputs[name] = stage.Input{Path: path, Dir: name != "policy"}
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
	file := func(in map[string]string, dir, name string) string { return filepath.Join(in[dir], name) }
	for want, change := range map[string]func(in map[string]string, p *Params){
		"read prints/x_easy.npy": func(in map[string]string, _ *Params) {
			writeArray(t, file(in, "prints", "x_easy.npy"), []uint8{1}, 1)
		},
		"read prints/x_hard.npy: 9 images, but 10 labels and 10 names": func(in map[string]string, _ *Params) {
			writeArray(t, file(in, "prints", "x_hard.npy"), make([]uint8, 9*side*side), 9, side, side)
		},
		"images are 8x8 pixels, want 16x16": func(in map[string]string, _ *Params) {
			writeArray(t, file(in, "prints", "x_hard.npy"), make([]uint8, 10*8*8), 10, 8, 8)
		},
		"read split/train.npy: no rows are selected": func(in map[string]string, _ *Params) {
			writeArray(t, file(in, "split", "train.npy"), []int64{}, 0)
		},
		"the gallery has no image of its finger": func(in map[string]string, _ *Params) {
			writeArray(t, file(in, "split", "gallery_validation.npy"), []int64{1, 2}, 2)
		},
		"policy": func(in map[string]string, _ *Params) {
			if err := os.WriteFile(in["policy"], []byte("{"), 0o666); err != nil {
				t.Fatal(err)
			}
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

// The weights are those of the best epoch by the figure that select names, and
// that epoch's figures are recorded.
func TestKeepsTheBestEpoch(t *testing.T) {
	in := fixture(t, 10)
	for _, figure := range []string{"auc", "eer"} {
		p := params(6)
		p.Keep, p.Select, p.Rate = "best", figure, 0.01
		r := stagetest.Run(t, Kind(), p, 11, in)
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		var h history
		if err := json.Unmarshal(r.Bytes("history"), &h); err != nil {
			t.Fatal(err)
		}
		best := h.Epochs[0]
		for _, e := range h.Epochs[1:] {
			if figure == "auc" && e.ValAUC > best.ValAUC || figure == "eer" && e.ValEER < best.ValEER {
				best = e
			}
		}
		if h.Kept != best.Epoch || r.Metric("kept.epoch") != float64(best.Epoch) || r.Metric("kept.val_auc") != best.ValAUC || r.Metric("kept.val_eer") != best.ValEER {
			t.Errorf("by %s: kept epoch %d, want %d of %+v", figure, h.Kept, best.Epoch, h.Epochs)
		}
		upTo := params(best.Epoch)
		upTo.Rate = p.Rate
		if last := stagetest.Run(t, Kind(), upTo, 11, in); last.Err != nil || !bytes.Equal(last.Bytes("weights"), r.Bytes("weights")) {
			t.Errorf("by %s: the weights are not those of epoch %d (%v)", figure, best.Epoch, last.Err)
		}
	}
}

// The old name of the network is its present one before anything is keyed.
func TestOldName(t *testing.T) {
	p := params(1)
	p.Network = "post"
	if err := p.Validate(); err != nil || p.Network != "tutorial" {
		t.Fatalf("post is %s, %v", p.Network, err)
	}
	r := stagetest.Run(t, Kind(), p, 1, fixture(t, 4))
	if r.Err != nil || !slices.Contains(r.Log, `network: "post" is the old name of "tutorial"`) {
		t.Errorf("%v, log %q", r.Err, r.Log)
	}
}

// A seed of its own draws weights and pairs, while the run's still augments.
func TestSeed(t *testing.T) {
	in := fixture(t, 6)
	weights := func(run uint64, own int) []byte {
		p := params(1)
		p.Seed = own
		r := stagetest.Run(t, Kind(), p, run, in)
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		return r.Bytes("weights")
	}
	same, other := weights(5, 5), weights(5, 6)
	if !bytes.Equal(weights(5, 0), same) || bytes.Equal(same, other) {
		t.Error("the seed of the stage is not taken")
	}
	if bytes.Equal(weights(4, 6), other) {
		t.Error("the run's seed does not augment")
	}
}
