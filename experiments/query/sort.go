package query

import (
	"fmt"
	"slices"
	"strings"
)

// An Order sorts rows by one or more fields.
type Order struct{ keys []orderKey }

type orderKey struct {
	field      string
	descending bool
}

// ParseOrder reads names separated by commas, each with - before it if larger
// values come first, such as "-evaluate.eer,started".
func ParseOrder(text string, fields Fields) (*Order, error) {
	o := new(Order)
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		name, descending := strings.CutPrefix(part, "-")
		field, err := fields.resolve(strings.TrimSpace(name))
		if err != nil {
			return nil, fmt.Errorf("sort by %q: %w", part, err)
		}
		o.keys = append(o.keys, orderKey{field, descending})
	}
	return o, nil
}

// Fields returns the fields that the rows are sorted by.
func (o *Order) Fields() []string {
	names := make([]string, len(o.keys))
	for i, k := range o.keys {
		names[i] = k.field
	}
	return names
}

// Compare orders two rows: negative if a comes first. Rows that lack a value
// come last, whatever the direction.
func (o *Order) Compare(a, b Row) int {
	for _, k := range o.keys {
		c, missing := compareValues(a.Value(k.field), b.Value(k.field))
		if k.descending && !missing {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// Sort sorts rows; equal ones keep their order.
func Sort[R Row](o *Order, rows []R) {
	slices.SortStableFunc(rows, func(a, b R) int { return o.Compare(a, b) })
}

// compareValues orders numbers before texts before what is missing or NaN;
// missing says that this alone decided.
func compareValues(a, b any) (order int, missing bool) {
	ra, rb := rank(a), rank(b)
	if ra != rb || ra == 2 {
		return ra - rb, ra == 2 || rb == 2
	}
	if ra == 0 {
		x, _ := number(a)
		y, _ := number(b)
		return compare(x, y), false
	}
	return strings.Compare(strings.ToLower(text(a)), strings.ToLower(text(b))), false
}

func rank(v any) int {
	if v == nil {
		return 2
	}
	if x, ok := number(v); ok {
		if x != x {
			return 2
		}
		return 0
	}
	return 1
}
