package command

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"whorl/pipeline/stage"
)

// ReadSeries reads a CSV file with a header: a column "step", or without one
// "epoch", of integers that increase, and a column for each metric. An empty
// field is a step at which the metric was not measured. An error tells the
// position in the file of the given name.
func ReadSeries(file string, text []byte) ([]stage.Metric, error) {
	r := seriesReader{file: file}
	var all []stage.Metric
	for l := range strings.Lines(string(text)) {
		ms, err := r.read(l)
		if err != nil {
			return nil, err
		}
		all = append(all, ms...)
	}
	if r.names == nil {
		return nil, fmt.Errorf("%s:1:1: want a header, such as step,loss", file)
	}
	return all, nil
}

// A seriesReader reads a series line by line.
type seriesReader struct {
	file  string
	line  int
	names []string // the header; nil before it
	step  int      // the column of steps
	last  int      // the last step
}

// read returns the metrics of the next line, in the order of the columns.
func (r *seriesReader) read(line string) ([]stage.Metric, error) {
	if r.line++; r.line == 1 {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	if strings.TrimSpace(line) == "" {
		return nil, nil
	}
	c := csv.NewReader(strings.NewReader(line))
	fields, err := c.Read()
	fail := func(field int, format string, args ...any) error {
		_, column := c.FieldPos(field)
		return fmt.Errorf("%s:%d:%d: %s", r.file, r.line, column, fmt.Sprintf(format, args...))
	}
	if err != nil {
		return nil, fmt.Errorf("%s:%d:1: the line is not CSV: a quote is not closed or stands within a field", r.file, r.line)
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	if r.names == nil {
		return nil, r.header(fields, fail)
	}
	if len(fields) != len(r.names) {
		return nil, fail(0, "want %d fields, as the header has, not %d", len(r.names), len(fields))
	}
	step, err := strconv.Atoi(fields[r.step])
	if err != nil || step < 0 {
		return nil, fail(r.step, "%s: want an integer that is not negative, not %q", r.names[r.step], fields[r.step])
	}
	if step <= r.last {
		return nil, fail(r.step, "%s %d comes after %d: steps must increase", r.names[r.step], step, r.last)
	}
	r.last = step
	var ms []stage.Metric
	for i, f := range fields {
		if i == r.step || f == "" {
			continue
		}
		v, err := parseNumber(f)
		if err != nil {
			return nil, fail(i, "metric %q: want a number, not %q", r.names[i], f)
		}
		ms = append(ms, stage.Metric{Name: r.names[i], Step: step, Value: v})
	}
	return ms, nil
}

func (r *seriesReader) header(names []string, fail func(int, string, ...any) error) error {
	for i, name := range names {
		if problem := checkName(name); problem != "" {
			return fail(i, "%s", problem)
		}
		if slices.Contains(names[:i], name) {
			return fail(i, "column %q is given twice", name)
		}
	}
	if r.step = slices.Index(names, "step"); r.step < 0 {
		r.step = slices.Index(names, "epoch")
	}
	if r.step < 0 {
		return fail(0, "the header has no column \"step\" or \"epoch\" (available: %s)", strings.Join(names, ", "))
	}
	r.names, r.last = slices.Clone(names), -1
	return nil
}
