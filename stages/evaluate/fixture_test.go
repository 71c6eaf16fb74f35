package evaluate

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/stagetest"
	"whorl/siamese"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/npy"
)

// A people is a small data set: images of 8x8 pixels that all have the number
// of their finger as value.
type people struct {
	subjects, fingers int
}

const pixels = 8 // on a side

func (p people) labels() []fingerprint.Label {
	var labels []fingerprint.Label
	for s := range p.subjects {
		for f := range p.fingers {
			labels = append(labels, fingerprint.Label{Subject: uint16(s + 1), Gender: uint8(s % 2), Finger: uint8(f)})
		}
	}
	return labels
}

var tags = []string{"CR", "Obl", "Zcut"}

// inputs writes everything that the stage reads, with an empty file for the
// weights. Every third probe calibrates and the others are tested.
func (p people) inputs(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	in := map[string]string{"weights": filepath.Join(dir, "weights")}
	if err := os.WriteFile(in["weights"], nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"prints", "labels", "split"} {
		in[name] = filepath.Join(dir, name)
		if err := os.Mkdir(in[name], 0o777); err != nil {
			t.Fatal(err)
		}
	}
	labels := p.labels()
	n := len(labels)
	var x []uint8
	for i := range labels {
		for range pixels * pixels {
			x = append(x, uint8(i))
		}
	}
	names, alterations := map[string][]string{}, map[string][]string{}
	for s := range fingerprint.Subsets {
		subset := s.String()
		writeArray(t, in, "prints/x_"+subset, x, n, pixels, pixels)
		if err := dataset.WriteLabels(in["labels"], s, labels); err != nil {
			t.Fatal(err)
		}
		for i, l := range labels {
			tag := ""
			if s != fingerprint.Real {
				tag = tags[i/3%3]
				alterations[subset] = append(alterations[subset], tag)
			}
			names[subset] = append(names[subset], subset+"/"+fingerprint.FormatName(l, fingerprint.Alteration(tag)))
		}
	}
	writeObject(t, in, "prints/names", names)
	writeObject(t, in, "prints/rejects", []string{})
	writeObject(t, in, "labels/alterations", alterations)
	calibration, test := dataset.Part{Name: "calibration", Gallery: dataset.Count(n)}, dataset.Part{Name: "test", Gallery: dataset.Count(n)}
	for i := range 3 * n {
		if i%3 == 0 {
			calibration.Probes = append(calibration.Probes, i)
		} else {
			test.Probes = append(test.Probes, i)
		}
	}
	writePart(t, in, calibration)
	writePart(t, in, test)
	return in
}

func writePart(t *testing.T, in map[string]string, p dataset.Part) {
	t.Helper()
	if err := dataset.WritePart(in["split"], p); err != nil {
		t.Fatal(err)
	}
}

// writeArray writes an array to a file of an input: "prints/x_easy".
func writeArray[T npy.Elem](t *testing.T, in map[string]string, name string, data []T, shape ...int) {
	t.Helper()
	input, file, _ := strings.Cut(name, "/")
	f, err := os.Create(filepath.Join(in[input], file+".npy"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(npy.Write(f, data, shape...), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// writeObject writes JSON to a file of an input.
func writeObject(t *testing.T, in map[string]string, name string, v any) {
	t.Helper()
	input, file, _ := strings.Cut(name, "/")
	if err := dataset.WriteJSON(in[input], file+".json", v); err != nil {
		t.Fatal(err)
	}
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

func (f table) ScoreAll(_ context.Context, probes siamese.Images, rows []int, gallery siamese.Images, galleryRows []int, use func(int, []float64) error, report func(int)) error {
	for i, row := range rows {
		var scores []float64
		for _, g := range galleryRows {
			scores = append(scores, f.score(probes, row, gallery, g))
		}
		if err := use(i, scores); err != nil {
			return err
		}
		report((i + 1) * len(galleryRows))
	}
	return nil
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
	return runRounded(t, network, params, seed, inputs, exactPairs)
}

// runRounded rounds the scores of sides with more than exact pairs.
func runRounded(t *testing.T, network scorer, params any, seed uint64, inputs map[string]string, exact int) *stagetest.Result {
	t.Helper()
	kind := Kind()
	kind.Run = func(ctx context.Context, task *stage.Task) error {
		return evaluate(ctx, task, task.Params.(Params), network, exact)
	}
	return stagetest.Run(t, kind, params, seed, inputs)
}

var nan = math.NaN()

// A oneByOne scores all pairs of a network as single ones.
type oneByOne struct{ *siamese.Network }

func (n oneByOne) ScoreAll(ctx context.Context, probes siamese.Images, rows []int, gallery siamese.Images, galleryRows []int, use func(int, []float64) error, report func(int)) error {
	for i, row := range rows {
		var pairs []siamese.Pair
		for _, g := range galleryRows {
			pairs = append(pairs, siamese.Pair{Probe: row, Gallery: g})
		}
		scores, err := n.Score(ctx, probes, gallery, pairs, nil)
		if err != nil {
			return err
		}
		if err := use(i, scores); err != nil {
			return err
		}
		report((i + 1) * len(galleryRows))
	}
	return nil
}
