package evaluate

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/stagetest"
	"whorl/siamese"
	"whorl/stages/internal/npy"
)

// A prints is a small data set: images of 8x8 pixels that all have the number
// of their finger as value.
type prints struct {
	subjects, fingers int
}

const side = 8 // pixels

func (p prints) labels() []fingerprint.Label {
	var labels []fingerprint.Label
	for s := range p.subjects {
		for f := range p.fingers {
			labels = append(labels, fingerprint.Label{Subject: uint16(s + 1), Gender: uint8(s % 2), Finger: uint8(f)})
		}
	}
	return labels
}

var tags = []string{"CR", "Obl", "Zcut"}

// inputs writes everything that the stage reads but the weights. Every third
// probe calibrates and the others validate.
func (p prints) inputs(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	in := map[string]string{"weights": filepath.Join(dir, "weights")}
	if err := os.WriteFile(in["weights"], nil, 0o666); err != nil {
		t.Fatal(err)
	}
	labels := p.labels()
	n := len(labels)
	var y []uint16
	var x []uint8
	for i, l := range labels {
		row := l.Row()
		y = append(y, row[:]...)
		for range side * side {
			x = append(x, uint8(i))
		}
	}
	names, alterations := map[string][]string{}, map[string][]string{}
	for _, subset := range []string{"real", "easy", "medium", "hard"} {
		in["x_"+subset] = writeArray(t, dir, "x_"+subset, x, n, side, side)
		in["y_"+subset] = writeArray(t, dir, "y_"+subset, y, n, 4)
		for i, l := range labels {
			tag := ""
			if subset != "real" {
				tag = tags[i/3%3]
				alterations[subset] = append(alterations[subset], tag)
			}
			names[subset] = append(names[subset], subset+"/"+fingerprint.FormatName(l, fingerprint.Alteration(tag)))
		}
	}
	in["names"] = writeObject(t, dir, "names", names)
	in["alterations"] = writeObject(t, dir, "alterations", alterations)
	var calibration, validation, gallery []int64
	for i := range int64(3 * n) {
		if i%3 == 0 {
			calibration = append(calibration, i)
		} else {
			validation = append(validation, i)
		}
	}
	for i := range int64(n) {
		gallery = append(gallery, i)
	}
	in["calibration"] = writeArray(t, dir, "calibration", calibration, len(calibration))
	in["validation"] = writeArray(t, dir, "validation", validation, len(validation))
	in["gallery_calibration"] = writeArray(t, dir, "gallery_calibration", gallery, n)
	in["gallery_validation"] = in["gallery_calibration"]
	return in
}

func writeArray[T npy.Elem](t *testing.T, dir, name string, data []T, shape ...int) string {
	t.Helper()
	path := filepath.Join(dir, name+".npy")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := npy.Write(f, data, shape...); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeObject(t *testing.T, dir, name string, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name+".json")
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// A table scores images by their pixels and by nothing else.
type table func(probe, gallery uint8) float64

func (f table) score(probes siamese.Images, probe int, gallery siamese.Images, row int) float64 {
	return f(probes.At(probe)[0], gallery.At(row)[0])
}

func (f table) Score(_ context.Context, probes, gallery siamese.Images, pairs []siamese.Pair, report func(int)) ([]float64, error) {
	var scores []float64
	for i, p := range pairs {
		scores = append(scores, f.score(probes, p.Probe, gallery, p.Gallery))
		report(i + 1)
	}
	return scores, nil
}

func (f table) Ranks(_ context.Context, probes siamese.Images, rows []int, gallery siamese.Images, galleryRows, mates []int, report func(int)) ([]int, error) {
	var ranks []int
	for i, row := range rows {
		rank := 1
		for _, g := range galleryRows {
			if g != mates[i] && f.score(probes, row, gallery, g) >= f.score(probes, row, gallery, mates[i]) {
				rank++
			}
		}
		ranks = append(ranks, rank)
		report((i + 1) * len(galleryRows))
	}
	return ranks, nil
}

// plausible puts most genuine pairs above most impostors, with ties.
func plausible(probe, gallery uint8) float64 {
	noise := float64((int(probe)*37+int(gallery)*17)%20) / 40
	if probe == gallery {
		return 0.5 + noise
	}
	return 0.1 + noise
}

func constant(v float64) table { return func(_, _ uint8) float64 { return v } }

func runWith(t *testing.T, network scorer, params any, seed uint64, inputs map[string]string) *stagetest.Result {
	t.Helper()
	kind := Kind()
	kind.Run = func(ctx context.Context, task *stage.Task) error { return evaluate(ctx, task, network) }
	return stagetest.Run(t, kind, params, seed, inputs)
}

var nan = math.NaN()
