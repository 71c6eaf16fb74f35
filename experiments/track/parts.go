package track

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
)

// A selection is a set of runs being read in one transaction.
type selection struct {
	tx    *sql.Tx
	query string // selects the runs' numbers
	args  []any
	runs  map[int64]*Run // by number
}

// loadParts fills in what the runs have in other tables. In the queries, %s
// is the selection.
func (s *selection) loadParts(ctx context.Context) error {
	err := attach(ctx, s, `
		SELECT r.n, p.stage, p.name, kind,
			coalesce(status, CASE state WHEN 'running' THEN 'pending' ELSE 'skipped' END),
			coalesce(key, ''), s.started, coalesce(seconds, 0), coalesce(cost, 0), coalesce(error, ''),
			coalesce(notes, ''), coalesce(log, '')
		FROM runs r JOIN plan_stages p USING (plan)
			LEFT JOIN stages s ON s.run = r.n AND s.stage = p.stage LEFT JOIN outcomes o ON o.n = outcome
		WHERE r.n IN (%s) ORDER BY r.n, p.stage`, readStage,
		func(r *Run, _ int, v Stage) { r.Stages = append(r.Stages, v) })
	if err != nil {
		return err
	}
	err = attach(ctx, s, `
		SELECT r.n, w.stage, w.name, ref, coalesce(digest, '')
		FROM runs r JOIN wires w USING (plan)
			LEFT JOIN stages s ON s.run = r.n AND s.stage = w.stage LEFT JOIN inputs i USING (outcome, name)
		WHERE r.n IN (%s) ORDER BY r.n, w.stage, w.name`, readInput,
		func(r *Run, i int, v Input) { r.Stages[i].Inputs = append(r.Stages[i].Inputs, v) })
	if err != nil {
		return err
	}
	err = attach(ctx, s, `
		SELECT run, stage, name, digest, bytes, type, dir FROM stages JOIN artifacts USING (outcome)
		WHERE run IN (%s) ORDER BY run, stage, name`, readArtifact,
		func(r *Run, i int, v Artifact) { r.Stages[i].Outputs = append(r.Stages[i].Outputs, v) })
	if err != nil {
		return err
	}
	err = attach(ctx, s, `
		SELECT r.n, stage, name, value FROM runs r JOIN params USING (plan)
		WHERE r.n IN (%s) ORDER BY r.n, stage, name`, readParam,
		func(r *Run, i int, v Param) {
			v.Stage = r.Stages[i].Name
			r.Params = append(r.Params, v)
		})
	if err != nil {
		return err
	}
	// The last point of each series, in the order in which they began.
	return attach(ctx, s, `
		SELECT run, stage, name, step, value, timing FROM (
			SELECT *, min(seq) OVER (PARTITION BY run, stage, name) AS began,
				row_number() OVER (PARTITION BY run, stage, name ORDER BY step DESC, seq DESC) AS backwards
			FROM stages JOIN metrics USING (outcome) WHERE run IN (%s))
		WHERE backwards = 1 ORDER BY run, stage, began`, readMetric,
		func(r *Run, i int, v Metric) {
			v.Stage = r.Stages[i].Name
			r.Metrics = append(r.Metrics, v)
		})
}

// attach runs a query whose rows begin with the number of a run and the
// position of a stage in it, and adds what read makes of the rest to the run.
func attach[T any](ctx context.Context, s *selection, query string,
	read func(scanner, *T) error, add func(r *Run, stage int, v T),
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

func readStage(scan scanner, s *Stage) error {
	var started sql.NullInt64
	var notes string
	err := scan(&s.Name, &s.Kind, &s.Status, &s.Key, &started, &s.Seconds, &s.Cost, &s.Error, &notes, &s.Log)
	s.Started = moment(started)
	if notes != "" {
		s.Notes = strings.Split(notes, "\n")
	}
	return err
}

func readInput(scan scanner, in *Input) error {
	return scan(&in.Name, &in.Ref, &in.Digest)
}

func readArtifact(scan scanner, a *Artifact) error {
	return scan(&a.Name, &a.Digest, &a.Bytes, &a.Type, &a.Dir)
}

func readParam(scan scanner, p *Param) error {
	var value string
	if err := scan(&p.Name, &value); err != nil {
		return err
	}
	var err error
	p.Value, err = decodeValue(value)
	return err
}

// readMetric reads the columns name, step, value and timing.
func readMetric(scan scanner, m *Metric) error {
	var value sql.NullFloat64
	err := scan(&m.Name, &m.Step, &value, &m.Timing)
	if m.Value = value.Float64; !value.Valid {
		m.Value = math.NaN()
	}
	return err
}
