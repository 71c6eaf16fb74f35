package workspace

import (
	"context"
	"slices"
	"time"

	"whorl/experiments/query"
	"whorl/experiments/track"
	"whorl/pipeline/value"
)

// A Field is something that runs have, by which they are chosen, sorted and
// listed.
type Field = track.Field

// A Row is a run with the values of some fields.
type Row = track.Row

// A Selection says which runs are listed, in which order, with which fields.
type Selection struct {
	Filter
	Where  string   // in the language of package query; empty: all
	Sort   string   // names with commas between them, - before one for larger values first; empty: oldest first
	Fields []string // names as in Where
	Limit  int      // the first so many if Sort orders them, else the newest; 0: all
}

// Fields returns what runs have: columns, then parameters, then metrics.
func (w *Workspace) Fields(ctx context.Context) (fields []Field, err error) {
	err = w.synced(ctx, func(x *track.Index) error {
		fields, err = x.Fields(ctx)
		return err
	})
	var columns []Field
	for _, name := range track.Columns() {
		columns = append(columns, Field{Name: name})
	}
	return append(columns, fields...), err
}

// Varied returns the keys of the parameters that do not have one value in all
// runs of a filter.
func (w *Workspace) Varied(ctx context.Context, f Filter) (keys map[string]bool, err error) {
	err = w.synced(ctx, func(x *track.Index) error {
		keys, err = x.Varied(ctx, f)
		return err
	})
	return keys, err
}

// Count returns how many runs a filter chooses.
func (w *Workspace) Count(ctx context.Context, f Filter) (n int, err error) {
	err = w.synced(ctx, func(x *track.Index) error {
		n, err = x.Count(ctx, f)
		return err
	})
	return n, err
}

// A Listing is the selected runs.
type Listing struct {
	Fields []Field
	Rows   []Row
	Left   int // runs that Limit left out
}

// List returns the selected runs with the fields that were asked for. The error
// is a [*RefError] if Where, Sort or Fields name what no run has, or cannot be
// read.
func (w *Workspace) List(ctx context.Context, s Selection) (*Listing, error) {
	all, err := w.Fields(ctx)
	if err != nil {
		return nil, err
	}
	names := make(query.Fields, len(all))
	byKey := make(map[string]Field, len(all))
	for i, f := range all {
		names[i] = query.Field{Name: f.Key(), Title: f.Info.Title}
		byKey[f.Key()] = f
	}
	q, err := query.Parse(s.Where, names)
	if err != nil {
		return nil, refErrorf("%v", err)
	}
	order, err := query.ParseOrder(s.Sort, names)
	if err != nil {
		return nil, refErrorf("%v", err)
	}
	l := &Listing{}
	for _, name := range s.Fields {
		key, err := names.Resolve(name)
		if err != nil {
			return nil, refErrorf("%v", err)
		}
		l.Fields = append(l.Fields, byKey[key])
	}
	compared, anywhere := q.Fields()
	if anywhere {
		for _, f := range all {
			compared = append(compared, f.Key())
		}
	}
	var first []Field // what decides which runs are listed
	for _, key := range append(compared, order.Fields()...) {
		if f := byKey[key]; !slices.Contains(first, f) {
			first = append(first, f)
		}
	}
	err = w.synced(ctx, func(x *track.Index) error { return l.read(ctx, x, s, q, order, first) })
	return l, err
}

// read reads the runs: first what the query and the order need of all, then the
// fields of those that are listed.
func (l *Listing) read(ctx context.Context, x *track.Index, s Selection, q *query.Query, order *query.Order, first []Field) (err error) {
	if len(first) == 0 {
		f := s.Filter
		if s.Limit > 0 && (f.Newest == 0 || s.Limit < f.Newest) {
			n, err := x.Count(ctx, f)
			if err != nil {
				return err
			}
			f.Newest, l.Left = s.Limit, max(0, n-s.Limit)
		}
		l.Rows, err = x.Rows(ctx, f, l.Fields)
		return err
	}
	rows, err := x.Rows(ctx, s.Filter, first)
	if err != nil {
		return err
	}
	position := make(map[string]int, len(first))
	for i, f := range first {
		position[f.Key()] = i
	}
	chosen := make([]listed, 0, len(rows))
	for i := range rows {
		if r := (listed{&rows[i], position}); q.Match(r) {
			chosen = append(chosen, r)
		}
	}
	query.Sort(order, chosen)
	if s.Limit > 0 && len(chosen) > s.Limit {
		l.Left = len(chosen) - s.Limit
		if s.Sort == "" {
			chosen = chosen[l.Left:]
		} else {
			chosen = chosen[:s.Limit]
		}
	}
	kept := make([]Row, len(chosen))
	for i, r := range chosen {
		kept[i] = *r.Row
	}
	l.Rows, err = x.Extend(ctx, kept, l.Fields)
	return err
}

// listed is a row as the query language sees it.
type listed struct {
	*Row
	position map[string]int // of the fields in Values
}

// Value implements [query.Row].
func (l listed) Value(field string) any { return plain(l.Values[l.position[field]]) }

// All implements [query.Row].
func (l listed) All(yield func(any) bool) {
	for _, v := range l.Values {
		if !yield(plain(v)) {
			return
		}
	}
}

// plain is a value as queries compare it: times as they are listed, and lists as
// they are written.
func plain(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Local().Format(time.DateTime)
	case []any:
		return value.Text(v)
	}
	return v
}
