package track

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

// A Field is something that runs have: a parameter or metric, or one of
// [Columns], which have no stage.
type Field struct {
	Stage, Name string
	Metric      bool
	Info        stage.MetricInfo // of a metric, as the run indexed last says; else only the name
}

// Key is "stage.name", or the name of a column.
func (f Field) Key() string {
	if f.Stage == "" {
		return f.Name
	}
	return f.Stage + "." + f.Name
}

// Fields returns all parameters, then all metrics, by stage and name.
func (x *Index) Fields(ctx context.Context) ([]Field, error) {
	rows, err := x.r.QueryContext(ctx, `SELECT metric, stage, name, about FROM fields ORDER BY metric, stage, name`)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", x.path, asDamage(err))
	}
	return collect(rows, func(scan scanner, f *Field) error {
		var about string
		if err := scan(&f.Metric, &f.Stage, &f.Name, &about); err != nil {
			return err
		}
		f.Info.Name = f.Name
		if about == "" {
			return nil
		}
		return json.Unmarshal([]byte(about), &f.Info)
	})
}

// insertFields adds the parameters and metrics of a run.
func insertFields(ctx context.Context, tx *sql.Tx, r *record.Run) error {
	fields := table{query: `INSERT INTO fields VALUES %s ON CONFLICT DO UPDATE SET about = excluded.about
		WHERE excluded.about != '' AND about != excluded.about`, width: 4}
	for i := range r.Stages {
		s := &r.Stages[i]
		for _, p := range s.Params {
			fields.add(0, s.Name, p.Name, "")
		}
		for _, m := range s.Metrics.Last() {
			about := ""
			if info, ok := s.MetricInfo(m.Name); ok {
				b, err := json.Marshal(info)
				if err != nil {
					return err
				}
				about = string(b)
			}
			fields.add(1, s.Name, m.Name, about)
		}
	}
	return fields.insert(ctx, tx)
}
