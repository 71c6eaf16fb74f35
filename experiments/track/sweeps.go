package track

import (
	"context"
	"database/sql"
	"fmt"

	"whorl/pipeline/record"
)

// A Sweep is a sweep, and how many of its trials are in each state.
type Sweep struct {
	record.Sweep
	Done, Failed, Interrupted, Running int
}

// Sweeps returns the sweeps, oldest first.
func (x *Index) Sweeps(ctx context.Context) ([]Sweep, error) {
	rows, err := x.r.QueryContext(ctx, `
		SELECT s.id, s.name, file, definition, s.started, trials,
			count(*) FILTER (WHERE state = 'done'),
			count(*) FILTER (WHERE state = 'failed'),
			count(*) FILTER (WHERE state = 'interrupted'),
			count(*) FILTER (WHERE state = 'running')
		FROM sweeps s JOIN runs r ON sweep = s.id
		GROUP BY s.id ORDER BY s.started, s.id`)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", x.path, asDamage(err))
	}
	return collect(rows, func(scan scanner, s *Sweep) error {
		var started sql.NullInt64
		err := scan(&s.ID, &s.Name, &s.File, &s.Definition, &started, &s.Trials, &s.Done, &s.Failed, &s.Interrupted, &s.Running)
		s.Started = moment(started)
		return err
	})
}
