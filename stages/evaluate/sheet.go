package evaluate

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"whorl/pipeline/stage"
	"whorl/siamese"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/sheet"
)

// writeSheet draws n of the test probes as they are presented, each beside the
// real print of its own finger and that of an impostor, with scores and
// decisions. With pairs all it is the impostor of the highest score.
func (m *measurement) writeSheet(t *stage.Task, n int) error {
	d := m.data
	of := make(map[int][]comparison, len(d.test.Probes)) // by probe
	for _, c := range m.test.pairs {
		if probe := int(c.probe); len(of[probe]) < 2 {
			of[probe] = append(of[probe], c)
		}
	}
	calibrated := m.thresholds[1].value
	s := sheet.Sheet{
		Title: "Unseen probes against real prints",
		Note:  fmt.Sprintf("Scores of 0 to 1; a match is at least the calibrated threshold, %.3g. Green frame: same finger, red: another's.", calibrated),
	}
	for _, probe := range dataset.Draw(d.seed, "evaluate sheet", d.test.Probes, min(n, len(d.test.Probes))) {
		p := d.Presented[probe]
		k, _ := slices.BinarySearch(d.test.Probes, probe)
		row := sheet.Row{
			Title: p.Label.String(),
			Notes: []string{strings.TrimSuffix(p.Difficulty.String()+", "+p.Alteration, ", "), path.Base(p.Name)},
			Cells: []sheet.Cell{cell(d.test.images, d.test.rows[k], "probe")},
		}
		for i, c := range of[probe] {
			beside := cell(d.Gallery, int(c.gallery), fmt.Sprintf("%.3g  %s", c.score, decision(c, calibrated)), d.Enrolled[c.gallery].Label.String())
			beside.Border, beside.Apart = sheet.Impostor, i == 0
			if c.genuine {
				beside.Border = sheet.Genuine
			}
			row.Cells = append(row.Cells, beside)
		}
		s.Rows = append(s.Rows, row)
	}
	return s.Save(t, "samples")
}

func cell(images siamese.Images, row int, caption ...string) sheet.Cell {
	return sheet.Cell{Pix: images.At(row), W: images.W, H: images.H, Caption: caption}
}

// decision says what a comparison comes to at a threshold.
func decision(c comparison, threshold float64) string {
	switch match := c.score >= threshold; {
	case match && c.genuine:
		return "match"
	case match:
		return "false match"
	case c.genuine:
		return "false non-match"
	default:
		return "non-match"
	}
}
