package evaluate

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/png"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"whorl/pipeline/stage"
	"whorl/pipeline/stage/figure"
	"whorl/siamese"
)

// worst is how many pairs of each kind the error gallery has.
const worst = 12

// writeErrors writes the impostor pairs of the highest scores and the genuine
// pairs of the lowest, with their images as they were compared. With pairs all a
// probe has at most its topImpostors.
func (m *measurement) writeErrors(t *stage.Task) error {
	dir, err := t.CreateDir("errors")
	if err != nil {
		return fmt.Errorf("write errors: %w", err)
	}
	p := &figure.Pairs{Quantity: "score"}
	for _, group := range []struct {
		name    string
		genuine bool
		order   int // 1: ascending scores
	}{{"highest impostors", false, -1}, {"lowest genuines", true, 1}} {
		of := slices.DeleteFunc(slices.Clone(m.test.pairs), func(c comparison) bool { return c.genuine != group.genuine })
		slices.SortStableFunc(of, func(a, b comparison) int { return group.order * cmp.Compare(a.score, b.score) })
		for _, c := range of[:min(len(of), worst)] {
			item, err := m.errorPair(dir, group.name, c)
			if err != nil {
				return fmt.Errorf("write errors: %w", err)
			}
			p.Items = append(p.Items, item)
		}
	}
	text, err := figure.Encode(figure.Set{Figures: []figure.Figure{{
		Name: "errors", Title: "Highest impostors and lowest genuines",
		Doc: "The pairs that come nearest to an error, or are one, as they were compared.", Pairs: p,
	}}})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, figure.File), text, 0o666)
	}
	if err != nil {
		return fmt.Errorf("write errors: %w", err)
	}
	return nil
}

// errorPair describes a pair and writes its images into the directory.
func (m *measurement) errorPair(dir, group string, c comparison) (figure.Pair, error) {
	d := m.data
	p, g := &d.Presented[c.probe], &d.Enrolled[c.gallery]
	k, _ := slices.BinarySearch(d.test.Probes, int(c.probe))
	pair := figure.Pair{
		ID: p.Difficulty.String() + " " + base(p.Name) + " / " + base(g.Name), Group: group, Value: c.score,
		Left:  figure.Image{File: fmt.Sprintf("probe-%d.png", c.probe), Caption: p.Label.String()},
		Right: figure.Image{File: fmt.Sprintf("gallery-%d.png", c.gallery), Caption: g.Label.String()},
	}
	notes := []string{p.Difficulty.String()}
	if p.Alteration != "" {
		notes = append(notes, p.Alteration)
	}
	pair.Note = strings.Join(append(notes, decision(c, m.thresholds[1].value)+" at the calibrated threshold"), ", ")
	if err := writePNG(filepath.Join(dir, pair.Left.File), d.test.images, d.test.rows[k]); err != nil {
		return pair, err
	}
	return pair, writePNG(filepath.Join(dir, pair.Right.File), d.Gallery, int(c.gallery))
}

func base(name string) string { return strings.TrimSuffix(path.Base(name), path.Ext(name)) }

func writePNG(path string, images siamese.Images, row int) error {
	picture := &image.Gray{Pix: images.At(row), Stride: images.W, Rect: image.Rect(0, 0, images.W, images.H)}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, picture); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o666)
}
