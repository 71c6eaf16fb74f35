package track

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"whorl/pipeline/record"
)

// Columns of a [Row] that every run has.
const (
	ColumnRun     = "run" // id
	ColumnName    = "name"
	ColumnTags    = "tags"
	ColumnNote    = "note"
	ColumnState   = "state"
	ColumnStarted = "started"
	ColumnSeconds = "seconds"
	ColumnSweep   = "sweep" // id
	ColumnTrial   = "trial"
	ColumnData    = "data"
	ColumnSeed    = "seed"
)

// Columns are those that every run has, in the order in which they are listed.
var Columns = []string{
	ColumnRun, ColumnName, ColumnTags, ColumnNote, ColumnState, ColumnStarted, ColumnSeconds, ColumnSweep, ColumnTrial,
	ColumnData, ColumnSeed,
}

// A Row is a run with some of its parameters and metrics.
type Row struct {
	Entry
	Tags     []string
	Note     string
	Finished time.Time // zero while it runs
	Data     string
	Seed     uint64
	Plan     int64 // the same for runs that differ in data and seed at most
	Values   []any // of the fields that were asked for: bool, int64, uint64, float64, string, []any, time.Time; nil where it has none
}

// column returns the value of one of Columns.
func (r *Row) column(name string) any {
	switch name {
	case ColumnRun:
		return r.ID
	case ColumnName:
		return optional(r.Name)
	case ColumnTags:
		return optional(strings.Join(r.Tags, " "))
	case ColumnNote:
		return optional(r.Note)
	case ColumnState:
		return string(r.State)
	case ColumnStarted:
		return r.Started
	case ColumnSeconds:
		if r.Finished.IsZero() {
			return nil
		}
		return r.Finished.Sub(r.Started).Seconds()
	case ColumnSweep:
		return optional(r.Sweep)
	case ColumnTrial:
		if r.Trial == 0 {
			return nil
		}
		return int64(r.Trial)
	case ColumnData:
		return r.Data
	case ColumnSeed:
		return r.Seed
	}
	return nil
}

func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Rows returns the chosen runs, oldest first, with the values of some fields.
// The value of a metric is its last.
func (x *Index) Rows(ctx context.Context, f Filter, fields []Field) ([]Row, error) {
	rows, err := x.rows(ctx, f, fields)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", x.path, asDamage(err))
	}
	return rows, nil
}

func (x *Index) rows(ctx context.Context, f Filter, fields []Field) ([]Row, error) {
	tx, err := x.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	where, args := f.where()
	found, err := tx.QueryContext(ctx, `SELECT n, id, state, executed, started, finished, name || char(0) || tags || char(0) || note,
		sweep, trial, data, seed, plan FROM runs WHERE `+where+` ORDER BY started, id`, args...)
	if err != nil {
		return nil, err
	}
	type numbered struct {
		n int64
		Row
	}
	list, err := collect(found, func(scan scanner, r *numbered) error {
		var started, finished sql.NullInt64
		var labels, seed string
		err := scan(&r.n, &r.ID, &r.State, &r.Executed, &started, &finished, &labels, &r.Sweep, &r.Trial, &r.Data, &seed, &r.Plan)
		if err != nil {
			return err
		}
		if r.Seed, err = strconv.ParseUint(seed, 10, 64); err != nil {
			return err
		}
		r.Started, r.Finished = moment(started), moment(finished)
		if labels != "\x00[]\x00" {
			parts := strings.SplitN(labels, "\x00", 3)
			r.Name, r.Note = parts[0], parts[2]
			r.Tags, err = unwords(parts[1])
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(list))
	at := make(map[int64]int, len(list)) // by number
	values := make([]any, len(list)*len(fields))
	for i, r := range list {
		rows[i] = r.Row
		rows[i].Values = values[i*len(fields) : (i+1)*len(fields) : (i+1)*len(fields)]
		at[r.n] = i
	}
	for k, field := range fields {
		if field.Stage == "" {
			for i := range rows {
				rows[i].Values[k] = rows[i].column(field.Name)
			}
		} else if field.Metric {
			err = readMetricColumn(ctx, tx, where, args, field, func(n int64, v any) { rows[at[n]].Values[k] = v })
		} else {
			err = readParamColumn(ctx, tx, where, args, field, rows, k)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field.Key(), err)
		}
	}
	return rows, nil
}

// where is the condition on the table runs.
func (f Filter) where() (condition string, args []any) {
	condition = `(?1 = '' OR sweep = ?1) AND (?2 = '' OR state = ?2) AND executed >= ?3`
	args = []any{f.Sweep, string(f.State), f.Executed}
	if f.Newest > 0 {
		condition = `n IN (SELECT n FROM runs WHERE ` + condition + ` ORDER BY started DESC, id DESC LIMIT ?4)`
		args = append(args, f.Newest)
	}
	return condition, args
}

func readMetricColumn(ctx context.Context, tx *sql.Tx, where string, args []any, f Field, set func(n int64, v any)) error {
	k := len(args)
	found, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT s.run, (SELECT value FROM metrics m WHERE m.name = ?%d AND m.outcome = s.outcome ORDER BY step DESC, seq DESC LIMIT 1) AS last
		FROM (SELECT n, plan FROM runs WHERE %s) r
			JOIN plan_stages p ON p.plan = r.plan AND p.name = ?%d JOIN stages s ON s.run = r.n AND s.stage = p.stage
		WHERE last NOT NULL`, k+1, where, k+2), append(args[:k:k], f.Name, f.Stage)...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var n int64
		var v float64
		if err := found.Scan(&n, &v); err != nil {
			return err
		}
		set(n, v)
	}
	return found.Err()
}

func readParamColumn(ctx context.Context, tx *sql.Tx, where string, args []any, f Field, rows []Row, column int) error {
	k := len(args)
	found, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT plan, value FROM plan_stages p JOIN params q USING (plan, stage)
		WHERE p.name = ?%d AND q.name = ?%d AND plan IN (SELECT plan FROM runs WHERE %s)`, k+1, k+2, where),
		append(args[:k:k], f.Stage, f.Name)...)
	if err != nil {
		return err
	}
	defer found.Close()
	byPlan := map[int64]any{}
	texts := map[string]any{}
	for found.Next() {
		var plan int64
		var text string
		if err := found.Scan(&plan, &text); err != nil {
			return err
		}
		v, ok := texts[text]
		if !ok {
			if v, err = record.ParseValue([]byte(text)); err != nil {
				return err
			}
			texts[text] = v
		}
		byPlan[plan] = v
	}
	for i := range rows {
		rows[i].Values[column] = byPlan[rows[i].Plan]
	}
	return found.Err()
}

// Varied returns the keys of the parameters that do not have one value in all
// chosen runs.
func (x *Index) Varied(ctx context.Context, f Filter) (map[string]bool, error) {
	where, args := f.where()
	found, err := x.r.QueryContext(ctx, `
		WITH chosen AS MATERIALIZED (SELECT DISTINCT plan FROM runs WHERE `+where+`)
		SELECT p.name || '.' || q.name FROM chosen JOIN plan_stages p USING (plan) JOIN params q USING (plan, stage)
		GROUP BY p.name, q.name
		HAVING min(value) != max(value) OR count(*) < (SELECT count(*) FROM chosen)`, args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", x.path, asDamage(err))
	}
	varied := map[string]bool{}
	_, err = collect(found, func(scan scanner, _ *struct{}) error {
		var key string
		err := scan(&key)
		varied[key] = true
		return err
	})
	return varied, err
}
