package track

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Last names the newest run, where a run is asked for: the one that was first
// recorded after all others, whatever the clock said.
const Last = "last"

// ErrNoRun is what the error of a query wraps if the run that it names has
// not been recorded, or if the name could be that of several.
var ErrNoRun = errors.New("no such run")

// maxCandidates is how many runs an error message names.
const maxCandidates = 5

// find returns the row number of the run that name means: an id, a prefix of
// one only, or Last.
func find(ctx context.Context, q querier, name string) (int64, error) {
	if name == "" {
		return 0, fmt.Errorf("%w: its name is empty", ErrNoRun)
	}
	type match struct {
		n  int64
		id string
	}
	// Newest first; the bounds make the prefix search one of the index.
	query, args := `SELECT n, id FROM runs WHERE id >= ?1 AND substr(id, 1, length(?1)) = ?1
		ORDER BY id <> ?1, started DESC, n DESC LIMIT ?2`, []any{name, maxCandidates + 1}
	if name == Last {
		query, args = `SELECT n, id FROM runs ORDER BY n DESC LIMIT 1`, nil
	}
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	matches, err := collect(rows, func(scan scanner, m *match) error { return scan(&m.n, &m.id) })
	switch {
	case err != nil:
		return 0, err
	case len(matches) == 1, len(matches) > 1 && matches[0].id == name:
		return matches[0].n, nil
	case len(matches) == 0:
		return 0, unknownRun(ctx, q, name)
	}
	ids := make([]string, 0, len(matches))
	for _, m := range matches {
		ids = append(ids, m.id)
	}
	return 0, fmt.Errorf("%w: %q could be %s; give more of its id", ErrNoRun, name, list(ids, maxCandidates))
}

func unknownRun(ctx context.Context, q querier, name string) error {
	rows, err := q.QueryContext(ctx, `SELECT id FROM runs ORDER BY started DESC, n DESC LIMIT ?`, maxCandidates+1)
	if err != nil {
		return err
	}
	newest, err := collect(rows, func(scan scanner, id *string) error { return scan(id) })
	if err != nil {
		return err
	}
	if len(newest) == 0 {
		return fmt.Errorf("%w: %q: nothing has been recorded yet", ErrNoRun, name)
	}
	return fmt.Errorf("%w: %q; the newest are %s", ErrNoRun, name, list(newest, maxCandidates))
}

// list joins names for a message, at most limit of them.
func list(names []string, limit int) string {
	if len(names) > limit {
		return strings.Join(names[:limit], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}
