package track

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

// insertPlan adds the stages of a run with their parameters and references,
// unless a run before had the same, and returns the plan's number.
func insertPlan(ctx context.Context, tx *sql.Tx, plan []record.Stage) (int64, error) {
	stages := table{query: "INSERT INTO plan_stages VALUES %s", width: 5}
	params := table{query: "INSERT INTO params VALUES %s", width: 4}
	refs := table{query: "INSERT INTO refs VALUES %s", width: 4}
	abouts := make([]string, len(plan))
	values := make([][]string, len(plan)) // encoded parameters

	c := newContent()
	for i := range plan {
		p := &plan[i]
		var err error
		if abouts[i], err = encodeAbout(p.About); err != nil {
			return 0, err
		}
		c.strings(p.Name, p.Kind, abouts[i])
		c.number(uint64(len(p.Params)))
		values[i] = make([]string, len(p.Params))
		for k, param := range p.Params {
			values[i][k] = string(record.EncodeValue(param.Value))
			c.strings(param.Name, values[i][k])
		}
		c.number(uint64(len(p.Inputs)))
		for _, in := range p.Inputs {
			c.strings(in.Name, in.Ref)
		}
	}
	digest := c.digest()

	var n int64
	err := tx.QueryRowContext(ctx, `SELECT n FROM plans WHERE digest = ?`, digest).Scan(&n)
	if !errors.Is(err, sql.ErrNoRows) {
		return n, err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO plans (digest) VALUES (?)`, digest)
	if err != nil {
		return 0, err
	}
	if n, err = res.LastInsertId(); err != nil {
		return 0, err
	}
	for i := range plan {
		p := &plan[i]
		stages.add(n, i, p.Name, p.Kind, abouts[i])
		for k, param := range p.Params {
			params.add(n, i, param.Name, values[i][k])
		}
		for _, in := range p.Inputs {
			refs.add(n, i, in.Name, in.Ref)
		}
	}
	for _, t := range []*table{&stages, &params, &refs} {
		if err := t.insert(ctx, tx); err != nil {
			return 0, err
		}
	}
	return n, nil
}

func encodeAbout(infos []stage.MetricInfo) (string, error) {
	if len(infos) == 0 {
		return "", nil
	}
	b, err := json.Marshal(infos)
	return string(b), err
}

func decodeAbout(text string) (infos []stage.MetricInfo, err error) {
	if text == "" {
		return nil, nil
	}
	return infos, json.Unmarshal([]byte(text), &infos)
}
