package track

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"whorl/pipeline/record"
)

// Columns are the fields that every run has, in the order in which they are
// listed, each with its expression in SQL.
var columns = []struct{ name, expression string }{
	{"run", "id"},
	{"name", "nullif(name, '')"},
	{"tags", "(SELECT group_concat(value, ' ') FROM json_each(tags))"},
	{"note", "nullif(note, '')"},
	{"state", "state"},
	{"started", "started"}, // time.Time
	{"seconds", "(finished - started) / 1e9"},
	{"sweep", "nullif(sweep, '')"},
	{"trial", "nullif(trial, 0)"},
	{"data", "data"},
	{"seed", "seed"}, // uint64
}

// Columns returns the names of the fields that every run has.
func Columns() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

// A Row is a run with some of its parameters and metrics.
type Row struct {
	ID     string
	State  record.State
	Plan   int64 // the same for runs that differ in data and seed at most
	Values []any // of the fields that were asked for: bool, int64, uint64, float64, string, []any, time.Time; nil where it has none

	n int64
}

// Rows returns the chosen runs, oldest first, with the values of some fields.
// The value of a metric is its last.
func (x *Index) Rows(ctx context.Context, f Filter, fields []Field) ([]Row, error) {
	where, args := f.where()
	rows, err := x.rows(ctx, where, args, fields)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", x.path, asDamage(err))
	}
	return rows, nil
}

// Extend returns the rows with the values of other fields, in the same order.
func (x *Index) Extend(ctx context.Context, rows []Row, fields []Field) ([]Row, error) {
	at := make(map[int64]int, len(rows))
	numbers := make([]int64, len(rows))
	for i, r := range rows {
		at[r.n], numbers[i] = i, r.n
	}
	list, err := json.Marshal(numbers)
	if err != nil {
		return nil, err
	}
	found, err := x.rows(ctx, `n IN (SELECT value FROM json_each(?1))`, []any{string(list)}, fields)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", x.path, asDamage(err))
	}
	out := make([]Row, len(rows))
	for _, r := range found {
		out[at[r.n]] = r
	}
	return out, nil
}

// Count returns how many runs there are.
func (x *Index) Count(ctx context.Context, f Filter) (n int, err error) {
	where, args := f.where()
	err = x.r.QueryRowContext(ctx, `SELECT count(*) FROM runs WHERE `+where, args...).Scan(&n)
	if err != nil {
		err = fmt.Errorf("read %s: %w", x.path, asDamage(err))
	}
	return n, err
}

func (x *Index) rows(ctx context.Context, where string, args []any, fields []Field) ([]Row, error) {
	tx, err := x.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	r := &rowReader{ctx: ctx, tx: tx, where: where, args: args, fields: fields}
	if err := r.read(); err != nil {
		return nil, err
	}
	for _, stage := range r.stages(false) {
		if err := r.params(stage); err != nil {
			return nil, err
		}
	}
	for _, stage := range r.stages(true) {
		if err := r.metrics(stage); err != nil {
			return nil, err
		}
	}
	return r.rows, nil
}

// A rowReader reads the fields of the runs that a condition chooses.
type rowReader struct {
	ctx    context.Context
	tx     *sql.Tx
	where  string
	args   []any
	fields []Field

	rows []Row
	at   map[int64]int // by number
}

// read reads the runs with their own columns.
func (r *rowReader) read() error {
	list := "n, id, state, plan"
	var asked []int
	for k, f := range r.fields {
		if f.Stage == "" {
			i := slices.IndexFunc(columns, func(c struct{ name, expression string }) bool { return c.name == f.Name })
			if i < 0 {
				return fmt.Errorf("no column %q", f.Name)
			}
			list += ", " + columns[i].expression
			asked = append(asked, k)
		}
	}
	found, err := r.tx.QueryContext(r.ctx, `SELECT `+list+` FROM runs WHERE `+r.where+` ORDER BY started, id`, r.args...)
	if err != nil {
		return err
	}
	r.rows, err = collect(found, func(scan scanner, row *Row) error {
		row.Values = make([]any, len(r.fields))
		dest := make([]any, 0, 16)
		dest = append(dest, &row.n, &row.ID, &row.State, &row.Plan)
		for _, k := range asked {
			dest = append(dest, &row.Values[k])
		}
		if err := scan(dest...); err != nil {
			return err
		}
		for _, k := range asked {
			v, err := columnValue(r.fields[k].Name, row.Values[k])
			if err != nil {
				return fmt.Errorf("run %s: %w", row.ID, err)
			}
			row.Values[k] = v
		}
		return nil
	})
	r.at = make(map[int64]int, len(r.rows))
	for i := range r.rows {
		r.at[r.rows[i].n] = i
	}
	return err
}

// columnValue gives a column the type that it has in a Row.
func columnValue(name string, v any) (any, error) {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	switch x := v.(type) {
	case int64:
		if name == "started" {
			return moment(sql.NullInt64{Int64: x, Valid: true}), nil
		}
	case string:
		if name == "seed" {
			return strconv.ParseUint(x, 10, 64)
		}
	}
	return v, nil
}

// stages returns the stages of which parameters or metrics are asked for.
func (r *rowReader) stages(metric bool) (names []string) {
	for _, f := range r.fields {
		if f.Stage != "" && f.Metric == metric && !slices.Contains(names, f.Stage) {
			names = append(names, f.Stage)
		}
	}
	return names
}

// of returns the positions of the parameters or metrics of a stage.
func (r *rowReader) of(stage string, metric bool) (positions []int) {
	for k, f := range r.fields {
		if f.Stage == stage && f.Metric == metric {
			positions = append(positions, k)
		}
	}
	return positions
}

// arg adds an argument to a query, and returns how the query names it.
func arg(args *[]any, v any) string {
	*args = append(*args, v)
	return "?" + strconv.Itoa(len(*args))
}

// metrics reads the asked metrics of a stage.
func (r *rowReader) metrics(stage string) error {
	positions, args := r.of(stage, true), slices.Clip(r.args)
	var list strings.Builder
	for _, k := range positions {
		fmt.Fprintf(&list, `, (SELECT value FROM metrics m WHERE m.name = %s AND m.outcome = s.outcome ORDER BY step DESC, seq DESC LIMIT 1)`,
			arg(&args, r.fields[k].Name))
	}
	found, err := r.tx.QueryContext(r.ctx, fmt.Sprintf(`SELECT s.run%s FROM (SELECT n, plan FROM runs WHERE %s) c
		JOIN plan_stages p ON p.plan = c.plan AND p.name = %s JOIN stages s ON s.run = c.n AND s.stage = p.stage`,
		&list, r.where, arg(&args, stage)), args...)
	if err != nil {
		return err
	}
	defer found.Close()
	var n int64
	values := make([]sql.NullFloat64, len(positions))
	dest := []any{&n}
	for i := range values {
		dest = append(dest, &values[i])
	}
	for found.Next() {
		if err := found.Scan(dest...); err != nil {
			return err
		}
		row := &r.rows[r.at[n]]
		for i, k := range positions {
			if values[i].Valid {
				row.Values[k] = values[i].Float64
			}
		}
	}
	return found.Err()
}

// params reads the asked parameters of a stage, once a plan.
func (r *rowReader) params(stage string) error {
	for _, k := range r.of(stage, false) {
		args := slices.Clip(r.args)
		found, err := r.tx.QueryContext(r.ctx, fmt.Sprintf(`SELECT plan, value FROM plan_stages p JOIN params q USING (plan, stage)
			WHERE p.name = %s AND q.name = %s AND plan IN (SELECT plan FROM runs WHERE %s)`,
			arg(&args, stage), arg(&args, r.fields[k].Name), r.where), args...)
		if err != nil {
			return err
		}
		type value struct {
			plan int64
			v    any
		}
		all, err := collect(found, func(scan scanner, v *value) error {
			var text string
			err := scan(&v.plan, &text)
			if err == nil {
				v.v, err = record.ParseValue([]byte(text))
			}
			return err
		})
		if err != nil {
			return err
		}
		byPlan := make(map[int64]any, len(all))
		for _, v := range all {
			byPlan[v.plan] = v.v
		}
		for i := range r.rows {
			r.rows[i].Values[k] = byPlan[r.rows[i].Plan]
		}
	}
	return nil
}
