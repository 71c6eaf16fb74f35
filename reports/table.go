package reports

import (
	"strconv"

	"whorl/pipeline/stage"
)

// A table of runs: a head and rows of cells, both by column.
type table struct {
	Columns []column
	Rows    []row
}

type column struct {
	Key        string // "score.error"
	Title, Sub string // "Error rate", "score"
	Hint       string // for a pointer that rests on it
	Numeric    bool
	Differs    bool // a parameter that is not the same in all rows
}

type row struct {
	Trial *trial
	Group *replicates
	Cells []cell
}

type cell struct {
	Text  string
	Small string // below it: a spread or an interval
	Sort  string // a number if the column is numeric
	Best  bool   // of its column
}

// runTable is a row for each trial: what differs, and the primary metrics.
func runTable(trials []*trial, differing []parameter, metrics []metric) *table {
	t := &table{}
	for _, p := range differing {
		t.Columns = append(t.Columns, column{Key: p.Key, Title: p.Name, Sub: p.Stage, Differs: true, Numeric: numeric(trials, p)})
	}
	for _, m := range metrics {
		t.Columns = append(t.Columns, metricColumn(m))
	}
	t.Columns = append(t.Columns, column{Key: "seconds", Title: "Time", Sub: "run", Numeric: true})
	ranges := map[string]extent{}
	for _, m := range metrics {
		ranges[m.Key] = extentOf(valuesOf(trials, m))
	}
	for _, tr := range trials {
		r := row{Trial: tr, Group: tr.Group}
		for _, p := range differing {
			v, given := tr.params[p.Key]
			if !given {
				v = "unset"
			}
			r.Cells = append(r.Cells, cell{Text: v, Sort: v})
		}
		for _, m := range metrics {
			v, measured := tr.metrics[m.Key]
			c := metricCell(m, v, measured, ranges[m.Key])
			if ci, known := tr.intervals[m.Key]; known && measured && ci.Low < ci.High { // a bootstrap of perfect scores knows no spread
				c.Small = m.Format(ci.Low) + " to " + m.Format(ci.High)
			}
			r.Cells = append(r.Cells, c)
		}
		r.Cells = append(r.Cells, cell{Text: tr.Took(), Sort: sortable(tr.Seconds())})
		t.Rows = append(t.Rows, r)
	}
	return t
}

func metricColumn(m metric) column {
	c := column{Key: m.Key, Title: m.Short, Sub: m.Stage, Hint: m.Hint(), Numeric: true}
	if m.Under != "" {
		c.Sub += " " + m.Under
	}
	return c
}

// A metricRow is a metric of every trial, in the order of the trials.
type metricRow struct {
	Metric metric
	Cells  []cell
}

// metricTable is a row for each metric.
func metricTable(trials []*trial, metrics []metric) []metricRow {
	var rows []metricRow
	for _, m := range metrics {
		r := metricRow{Metric: m}
		within := extentOf(valuesOf(trials, m))
		for _, t := range trials {
			v, measured := t.metrics[m.Key]
			r.Cells = append(r.Cells, metricCell(m, v, measured, within))
		}
		rows = append(rows, r)
	}
	return rows
}

// metricCell shows a value among others of the same metric.
func metricCell(m metric, v float64, measured bool, among extent) cell {
	if !measured {
		return cell{Text: "–"}
	}
	c := cell{Text: m.Format(v), Sort: sortable(v)}
	if m.Goal == stage.NoGoal || among.Max <= among.Min {
		return c
	}
	c.Best = v == among.Max && m.Goal == stage.Maximize || v == among.Min && m.Goal == stage.Minimize
	return c
}

func sortable(v float64) string {
	if !finite(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// numeric reports whether all values of a parameter are numbers.
func numeric(trials []*trial, p parameter) bool {
	for _, t := range trials {
		if v, given := t.params[p.Key]; given {
			if _, err := strconv.ParseFloat(v, 64); err != nil {
				return false
			}
		}
	}
	return true
}
