package cli

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"whorl/pipeline/record"
	"whorl/pipeline/value"
	"whorl/workspace"
)

// headings gives columns their headings.
func headings(fields []workspace.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		switch {
		case f.Stage == "" && f.Name == "seconds":
			names[i] = "TOOK"
		case f.Stage == "":
			names[i] = strings.ToUpper(f.Name)
		default:
			names[i] = f.Key()
		}
	}
	return names
}

// cell is a value as a table shows it.
func cell(r workspace.Row, f workspace.Field, v any) string {
	switch v := v.(type) {
	case nil:
		if f.Stage == "" && f.Name == "seconds" && r.State == record.Running {
			return "running"
		}
		return "-"
	case time.Time:
		return v.Local().Format(time.DateTime)
	case float64:
		if f.Stage == "" {
			return seconds(v)
		}
		if f.Metric {
			return figure(v)
		}
	}
	return plainText(v)
}

// plainText is a value as CSV has it.
func plainText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		return v.Format(time.RFC3339)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case uint64:
		return strconv.FormatUint(v, 10)
	}
	return value.Text(v)
}

func (l listing) printTable(t *runTable) error {
	if len(t.Rows) == 0 && t.hidden == 0 && l.where == "" {
		return l.empty()
	}
	table := textTable{header: headings(t.Fields), least: 1}
	for _, r := range t.Rows {
		row := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			row[i] = cell(r, f, r.Values[i])
		}
		table.rows = append(table.rows, row)
	}
	width := l.env.width()
	if len(l.columns) > 0 {
		width = 0
	}
	left, err := table.write(l.env.Stdout, width)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		fmt.Fprintf(l.env.Stderr, "too wide to show: %s (--columns chooses)\n", strings.Join(left, ", "))
	}
	if t.Left > 0 && l.newest == 0 {
		fmt.Fprintf(l.env.Stderr, "not shown: %d more runs (--newest 0 shows all)\n", t.Left)
	}
	if t.hidden > 0 {
		fmt.Fprintf(l.env.Stderr, "not shown: %d that found everything in the cache (--all shows them)\n", t.hidden)
	}
	return nil
}

func (l listing) printCSV(t *runTable) error {
	w := csv.NewWriter(l.env.Stdout)
	row := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		row[i] = f.Key()
	}
	if err := w.Write(row); err != nil {
		return err
	}
	for _, r := range t.Rows {
		for i := range t.Fields {
			row[i] = plainText(r.Values[i])
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// printRecords prints the runs with all their parameters and metrics.
func (l listing) printRecords(ctx context.Context, w *workspace.Workspace, f workspace.Filter, t *runTable) error {
	if l.where == "" && l.sort == "" && l.best == "" && l.newest > 0 {
		f.Newest = l.newest
	}
	runs, err := w.Runs(ctx, f)
	if err != nil {
		return err
	}
	byID := make(map[string]*record.Run, len(runs))
	for _, r := range runs {
		byID[r.ID] = r
	}
	records := make([]recordJSON, 0, len(t.Rows))
	for _, r := range t.Rows {
		if run := byID[r.ID]; run != nil {
			records = append(records, recordOf(run))
		}
	}
	return writeJSON(l.env.Stdout, records)
}

// printValues prints the chosen columns as JSON.
func (l listing) printValues(t *runTable) error {
	list := make([]map[string]any, len(t.Rows))
	for i, r := range t.Rows {
		list[i] = map[string]any{}
		for k, f := range t.Fields {
			v := r.Values[k]
			if x, ok := v.(float64); ok {
				v = number(x)
			}
			list[i][f.Key()] = v
		}
	}
	return writeJSON(l.env.Stdout, list)
}

// A configurationJSON is a configuration, as "runs --by configuration --json"
// lists them.
type configurationJSON struct {
	Configuration map[string]any         `json:"configuration"`
	Runs          []string               `json:"runs"`
	Seeds         int                    `json:"seeds"`
	Metrics       map[string]summaryJSON `json:"metrics"`
}

type summaryJSON struct {
	N    int    `json:"n"`
	Mean number `json:"mean"`
	SD   number `json:"sd"` // null with fewer than two values
}

// printConfigurations prints a line for each set of runs that differ in their
// seed only.
func (l listing) printConfigurations(t *runTable) error {
	type id struct {
		plan int64
		data string
	}
	var order []id
	groups := map[id][]workspace.Row{}
	for _, r := range t.Rows {
		k := id{r.Plan, r.Values[t.shown].(string)}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], r)
	}
	fields := t.Fields[:t.shown]
	table := textTable{header: append([]string{"SEEDS"}, headings(fields)...), least: 1}
	list := []configurationJSON{}
	for _, k := range order {
		rows := groups[k]
		j := configurationJSON{Configuration: map[string]any{}, Metrics: map[string]summaryJSON{}}
		seeds := map[uint64]bool{}
		for _, r := range rows {
			seeds[r.Values[t.shown+1].(uint64)] = true
			j.Runs = append(j.Runs, r.ID)
		}
		j.Seeds = len(seeds)
		line := []string{strconv.Itoa(j.Seeds)}
		for i, f := range fields {
			if !f.Metric {
				j.Configuration[f.Key()] = rows[0].Values[i]
				line = append(line, cell(rows[0], f, rows[0].Values[i]))
				continue
			}
			s := summarize(rows, i)
			j.Metrics[f.Key()] = s
			line = append(line, s.String())
		}
		list = append(list, j)
		table.rows = append(table.rows, line)
	}
	if l.best != "" {
		l.rank(t, list, table.rows)
	}
	if l.json {
		return writeJSON(l.env.Stdout, list)
	}
	if l.csv {
		w := csv.NewWriter(l.env.Stdout)
		return w.WriteAll(append([][]string{table.header}, table.rows...))
	}
	left, err := table.write(l.env.Stdout, l.env.width())
	if len(left) > 0 {
		fmt.Fprintf(l.env.Stderr, "too wide to show: %s (--columns chooses)\n", strings.Join(left, ", "))
	}
	return err
}

// rank orders configurations by their mean of the metric that --best names.
func (l listing) rank(t *runTable, list []configurationJSON, rows [][]string) {
	f := t.Fields[t.best]
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := float64(list[a].Metrics[f.Key()].Mean), float64(list[b].Metrics[f.Key()].Mean)
		switch {
		case f.Info.Goal.Better(x, y):
			return -1
		case f.Info.Goal.Better(y, x):
			return 1
		}
		return 0
	})
	oldList, oldRows := slices.Clone(list), slices.Clone(rows)
	for i, k := range order {
		list[i], rows[i] = oldList[k], oldRows[k]
	}
}

// summarize gives mean and standard deviation of a metric over runs.
func summarize(rows []workspace.Row, field int) summaryJSON {
	var sum, square float64
	s := summaryJSON{SD: number(math.NaN()), Mean: number(math.NaN())}
	for _, r := range rows {
		if v, ok := r.Values[field].(float64); ok {
			s.N++
			sum += v
		}
	}
	if s.N == 0 {
		return s
	}
	mean := sum / float64(s.N)
	for _, r := range rows {
		if v, ok := r.Values[field].(float64); ok {
			square += (v - mean) * (v - mean)
		}
	}
	s.Mean = number(mean)
	if s.N > 1 {
		s.SD = number(math.Sqrt(square / float64(s.N-1)))
	}
	return s
}

func (s summaryJSON) String() string {
	switch {
	case s.N == 0:
		return "-"
	case s.N == 1:
		return figure(float64(s.Mean))
	}
	return figure(float64(s.Mean)) + " ± " + fmt.Sprintf("%.2g", float64(s.SD))
}
