package track

import (
	"context"
	"database/sql"
	"fmt"

	"whorl/pipeline"
)

// insertPlan adds the stages of a run with their parameters and wires, unless
// a run before had the same, and returns the plan's number.
func insertPlan(ctx context.Context, tx *sql.Tx, plan []pipeline.Plan) (int64, error) {
	stages := table{query: "INSERT INTO plan_stages VALUES %s", width: 4}
	params := table{query: "INSERT INTO params VALUES %s", width: 4}
	wires := table{query: "INSERT INTO wires VALUES %s", width: 4}
	values := make([][]string, len(plan)) // encoded parameters

	c := newContent()
	for i, p := range plan {
		c.strings(p.Name, p.Kind)
		c.number(uint64(len(p.Params)))
		values[i] = make([]string, len(p.Params))
		for k, param := range p.Params {
			value, err := encodeValue(param.Value)
			if err != nil {
				return 0, fmt.Errorf("stage %q, parameter %q: %w", p.Name, param.Name, err)
			}
			values[i][k] = value
			c.strings(param.Name, value)
		}
		c.number(uint64(len(p.Inputs)))
		for _, w := range p.Inputs {
			c.strings(w.Name, w.Ref)
		}
	}
	digest := c.digest()

	var n int64
	switch err := tx.QueryRowContext(ctx, `SELECT n FROM plans WHERE digest = ?`, digest).Scan(&n); err {
	case nil:
		return n, nil
	case sql.ErrNoRows:
	default:
		return 0, err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO plans (digest) VALUES (?)`, digest)
	if err != nil {
		return 0, err
	}
	if n, err = res.LastInsertId(); err != nil {
		return 0, err
	}
	for i, p := range plan {
		stages.add(n, i, p.Name, p.Kind)
		for k, param := range p.Params {
			params.add(n, i, param.Name, values[i][k])
		}
		for _, w := range p.Inputs {
			wires.add(n, i, w.Name, w.Ref)
		}
	}
	for _, t := range []*table{&stages, &params, &wires} {
		if err := t.insert(ctx, tx); err != nil {
			return 0, err
		}
	}
	return n, nil
}
