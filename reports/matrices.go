package reports

import "math"

// A matrixFigure is a declared matrix of each run, above few runs of the first
// run of each of the leading configurations.
type matrixFigure struct {
	Title string
	Note  string
	Of    []matrix
}

type matrix struct {
	Trial          *trial
	Doc            string
	RowLabel, Name string
	Columns        []string
	Rows           []matrixRow
}

type matrixRow struct {
	Name  string
	Cells []matrixCell
}

// A matrixCell is a count and what share of its row it is.
type matrixCell struct {
	N     int
	Part  float64 // NaN for an empty row
	Right bool    // on the diagonal of a square matrix
}

// Shade is the strength of the cell's colour in percent. A single wrong
// decision is seen, none at all has no colour.
func (c matrixCell) Shade() int {
	const seen, right, wrong = 12, 45, 80
	switch {
	case c.N == 0 || !finite(c.Part):
		return 0
	case c.Right:
		return int(math.Round(right * c.Part))
	}
	return int(math.Round(seen + (wrong-seen)*c.Part))
}

func matrixFigures(all []*declared, crowded bool) []matrixFigure {
	var out []matrixFigure
	for _, d := range all {
		if typeOf(d.Of[0].Figure) != "matrix" {
			continue
		}
		f := matrixFigure{Title: d.Of[0].Title}
		if crowded {
			f.Note = "The first run of each configuration that is shown at first."
		}
		seen := map[*replicates]bool{}
		for _, o := range d.Of {
			if g := o.Trial.Group; !crowded || g.Shown && !seen[g] {
				seen[g] = true
				f.Of = append(f.Of, newMatrix(o))
			}
		}
		out = append(out, f)
	}
	return out
}

func newMatrix(o declaration) matrix {
	from := o.Matrix
	m := matrix{Trial: o.Trial, Doc: o.Doc, RowLabel: from.RowLabel, Name: from.ColumnLabel, Columns: from.Columns}
	for i, row := range from.Counts {
		total := 0
		for _, n := range row {
			total += n
		}
		r := matrixRow{Name: from.Rows[i]}
		for k, n := range row {
			r.Cells = append(r.Cells, matrixCell{n, float64(n) / float64(total), i == k && len(from.Rows) == len(from.Columns)})
		}
		m.Rows = append(m.Rows, r)
	}
	return m
}
