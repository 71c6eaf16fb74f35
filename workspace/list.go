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
}

// Fields returns what runs have: columns, then parameters, then metrics.
func (w *Workspace) Fields(ctx context.Context) (fields []Field, err error) {
	err = w.synced(ctx, func(x *track.Index) error {
		fields, err = x.Fields(ctx)
		return err
	})
	columns := make([]Field, len(track.Columns))
	for i, name := range track.Columns {
		columns[i] = Field{Name: name}
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

// List returns the selected runs with the fields that were asked for. The error
// is a [*RefError] if Where, Sort or Fields name what no run has, or cannot be
// read.
func (w *Workspace) List(ctx context.Context, s Selection) (fields []Field, rows []Row, err error) {
	all, err := w.Fields(ctx)
	if err != nil {
		return nil, nil, err
	}
	names := make(query.Fields, len(all))
	byKey := make(map[string]Field, len(all))
	for i, f := range all {
		names[i] = query.Field{Name: f.Key(), Title: f.Info.Title}
		if f.Info.Title == f.Name {
			names[i].Title = ""
		}
		byKey[f.Key()] = f
	}
	q, err := query.Parse(s.Where, names)
	if err != nil {
		return nil, nil, refErrorf("%v", err)
	}
	order, err := query.ParseOrder(s.Sort, names)
	if err != nil {
		return nil, nil, refErrorf("%v", err)
	}
	var keys []string // to be read, those asked for first
	for _, name := range s.Fields {
		key, err := names.Resolve(name)
		if err != nil {
			return nil, nil, refErrorf("%v", err)
		}
		keys = append(keys, key)
	}
	shown := len(keys)
	compared, any := q.Fields()
	more := slices.Concat(compared, order.Fields())
	if any {
		for _, f := range all {
			more = append(more, f.Key())
		}
	}
	for _, key := range more {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	position := make(map[string]int, len(keys))
	for i, key := range keys {
		fields = append(fields, byKey[key])
		if _, ok := position[key]; !ok {
			position[key] = i
		}
	}
	if s.Where != "" { // the newest of those that match
		s.Filter.Newest = 0
	}
	err = w.synced(ctx, func(x *track.Index) error {
		rows, err = x.Rows(ctx, s.Filter, fields)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if s.Where != "" || s.Sort != "" {
		chosen := make([]listed, 0, len(rows))
		for i := range rows {
			if l := (listed{&rows[i], position}); q.Match(l) {
				chosen = append(chosen, l)
			}
		}
		query.Sort(order, chosen)
		kept := make([]Row, len(chosen))
		for i, l := range chosen {
			kept[i] = *l.Row
		}
		rows = kept
	}
	return fields[:shown:shown], rows, nil
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
