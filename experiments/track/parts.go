package track

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

// A selection is a set of runs being read in one transaction.
type selection struct {
	tx    *sql.Tx
	query string // selects the runs' numbers
	args  []any
	runs  map[int64]*record.Run // by number
}

// loadParts fills in what the runs have in other tables. In the queries, %s
// is the selection.
func (s *selection) loadParts(ctx context.Context) error {
	err := attach(ctx, s, `
		SELECT r.n, p.stage, p.name, kind, about, status, coalesce(key, ''), s.started, seconds, coalesce(cost, 0), error, notes, log
		FROM runs r JOIN plan_stages p USING (plan)
			JOIN stages s ON s.run = r.n AND s.stage = p.stage LEFT JOIN outcomes o ON o.n = outcome
		WHERE r.n IN (%s) ORDER BY r.n, p.stage`, readStage,
		func(r *record.Run, _ int, v record.Stage) { r.Stages = append(r.Stages, v) })
	if err != nil {
		return err
	}
	err = attach(ctx, s, `
		SELECT r.n, f.stage, f.name, ref, coalesce(digest, '')
		FROM runs r JOIN refs f USING (plan)
			LEFT JOIN stages s ON s.run = r.n AND s.stage = f.stage LEFT JOIN inputs i USING (outcome, name)
		WHERE r.n IN (%s) ORDER BY r.n, f.stage, f.name`, readInput,
		func(r *record.Run, i int, v record.Input) { r.Stages[i].Inputs = append(r.Stages[i].Inputs, v) })
	if err != nil {
		return err
	}
	err = attach(ctx, s, `
		SELECT run, stage, name, digest, bytes, type, dir FROM stages JOIN artifacts USING (outcome)
		WHERE run IN (%s) ORDER BY run, stage, name`, readArtifact,
		func(r *record.Run, i int, v record.Output) { r.Stages[i].Outputs = append(r.Stages[i].Outputs, v) })
	if err != nil {
		return err
	}
	err = attach(ctx, s, `
		SELECT r.n, stage, name, value FROM runs r JOIN params USING (plan)
		WHERE r.n IN (%s) ORDER BY r.n, stage, name`, readParam,
		func(r *record.Run, i int, v record.Param) { r.Stages[i].Params = append(r.Stages[i].Params, v) })
	if err != nil {
		return err
	}
	// The last point of each series, in the order in which they began: as
	// record.Metrics.Last has them.
	return attach(ctx, s, `
		SELECT run, stage, name, step, value, timing FROM (
			SELECT *, min(seq) OVER (PARTITION BY run, stage, name) AS began,
				row_number() OVER (PARTITION BY run, stage, name ORDER BY step DESC, seq DESC) AS backwards
			FROM stages JOIN metrics USING (outcome) WHERE run IN (%s))
		WHERE backwards = 1 ORDER BY run, stage, began`, readMetric,
		func(r *record.Run, i int, v stage.Metric) { r.Stages[i].Metrics = append(r.Stages[i].Metrics, v) })
}

// attach runs a query whose rows begin with the number of a run and the
// position of a stage in it, and adds what read makes of the rest to the run.
func attach[T any](ctx context.Context, s *selection, query string,
	read func(scanner, *T) error, add func(r *record.Run, stage int, v T),
) error {
	rows, err := s.tx.QueryContext(ctx, fmt.Sprintf(query, s.query), s.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var stage int
		var v T
		err := read(func(dest ...any) error { return rows.Scan(append([]any{&n, &stage}, dest...)...) }, &v)
		if err != nil {
			return err
		}
		add(s.runs[n], stage, v)
	}
	return rows.Err()
}

func readStage(scan scanner, s *record.Stage) error {
	var started sql.NullInt64
	var about, notes string
	err := scan(&s.Name, &s.Kind, &about, &s.Status, &s.Key, &started, &s.Seconds, &s.Cost, &s.Error, &notes, &s.Log)
	if err != nil {
		return err
	}
	s.Started = moment(started)
	if s.Notes, err = unwords(notes); err != nil {
		return err
	}
	s.About, err = decodeAbout(about)
	return err
}

func readInput(scan scanner, in *record.Input) error {
	return scan(&in.Name, &in.Ref, &in.Digest)
}

func readArtifact(scan scanner, o *record.Output) error {
	return scan(&o.Name, &o.Digest, &o.Bytes, &o.Type, &o.Dir)
}

func readParam(scan scanner, p *record.Param) error {
	var value string
	if err := scan(&p.Name, &value); err != nil {
		return err
	}
	var err error
	p.Value, err = record.ParseValue([]byte(value))
	return err
}

// readMetric reads the columns name, step, value and timing.
func readMetric(scan scanner, m *stage.Metric) error {
	var value sql.NullFloat64
	err := scan(&m.Name, &m.Step, &value, &m.Timing)
	if m.Value = value.Float64; !value.Valid {
		m.Value = math.NaN()
	}
	return err
}
