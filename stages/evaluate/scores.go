package evaluate

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"whorl/pipeline/stage"
)

// topImpostors is how many impostors of a probe are written with pairs all,
// whose pairs are too many to write.
const topImpostors = 3

// writeScores writes the comparisons of both sides.
func (m *measurement) writeScores(t *stage.Task) error {
	return errors.Join(
		m.writeComparisons(t, "scores", m.test),
		m.writeComparisons(t, "calibration_scores", m.calibration),
	)
}

// written are the comparisons that are written: with pairs all, those with each
// probe's mate and with its highest impostors, by falling score.
func (c *compared) written() []comparison {
	if c.strangersFound() == nil {
		return c.pairs
	}
	var out []comparison
	for from := 0; from < len(c.pairs); {
		to := from
		for to < len(c.pairs) && c.pairs[to].probe == c.pairs[from].probe {
			to++
		}
		of := slices.Clone(c.pairs[from:to])
		slices.SortStableFunc(of, func(a, b comparison) int {
			if a.genuine != b.genuine {
				if a.genuine {
					return -1
				}
				return 1
			}
			return cmp.Compare(b.score, a.score)
		})
		out = append(out, of[:min(len(of), 1+topImpostors)]...)
		from = to
	}
	return out
}

// strangersFound are the highest impostors of all searches; nil with sampled
// pairs.
func (c *compared) strangersFound() []float64 {
	if c.search == nil {
		return nil
	}
	return c.search.strangers
}

// writeComparisons writes comparisons as CSV, one line each.
func (m *measurement) writeComparisons(t *stage.Task, output string, of *compared) error {
	f, err := t.Create(output)
	if err != nil {
		return fmt.Errorf("write %s: %w", output, err)
	}
	w := csv.NewWriter(f)
	w.Write([]string{"probe", "gallery", "genuine", "score", "difficulty", "alteration", "probe_name", "gallery_name"})
	for _, c := range of.written() {
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
