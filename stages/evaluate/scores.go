package evaluate

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"

	"whorl/pipeline/stage"
)

// topImpostors is how many impostors of a probe are kept with pairs all, whose
// pairs are too many to keep.
const topImpostors = 3

// writeScores writes the comparisons of both sides.
func (m *measurement) writeScores(t *stage.Task) error {
	return errors.Join(
		m.writeComparisons(t, "scores", m.test),
		m.writeComparisons(t, "calibration_scores", m.calibration),
	)
}

// writeComparisons writes comparisons as CSV, one line each.
func (m *measurement) writeComparisons(t *stage.Task, output string, of *compared) error {
	f, err := t.Create(output)
	if err != nil {
		return fmt.Errorf("write %s: %w", output, err)
	}
	w := csv.NewWriter(f)
	w.Write([]string{"probe", "gallery", "genuine", "score", "difficulty", "alteration", "probe_name", "gallery_name"})
	for _, c := range of.pairs {
		genuine := "0"
		if c.genuine {
			genuine = "1"
		}
		p := &m.data.Presented[c.probe]
		w.Write([]string{
			strconv.Itoa(int(c.probe)), strconv.Itoa(int(c.gallery)), genuine,
			strconv.FormatFloat(c.score, 'g', -1, 64),
			p.Difficulty.String(), p.Alteration, p.Name, m.data.Enrolled[c.gallery].Name,
		})
	}
	w.Flush()
	if err := errors.Join(w.Error(), f.Close()); err != nil { // the error of any Write
		return fmt.Errorf("write %s: %w", output, err)
	}
	return nil
}
