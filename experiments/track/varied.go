package track

import (
	"context"
	"fmt"
)

// where is the condition on the table runs.
func (f Filter) where() (condition string, args []any) {
	condition = `(?1 = '' OR sweep = ?1) AND (?2 = '' OR state = ?2) AND executed >= ?3 AND (executed OR state != 'done' OR NOT ?4)`
	args = []any{f.Sweep, string(f.State), f.Executed, f.NoRepeats}
	if f.Newest > 0 {
		condition = `n IN (SELECT n FROM runs WHERE ` + condition + ` ORDER BY started DESC, id DESC LIMIT ?5)`
		args = append(args, f.Newest)
	}
	return condition, args
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
