package query

import (
	"slices"
	"strconv"
	"strings"
)

// A Row gives the values of one run by canonical name: float64, bool, string,
// or nil where it has none. Its method All calls yield for every value.
type Row interface {
	Value(field string) any
	All(yield func(value any) bool)
}

// A Query chooses rows.
type Query struct {
	text string
	root node
}

// Parse reads a query over rows with the given fields. An empty one chooses
// every row. The error is an [*Error].
func Parse(text string, fields Fields) (*Query, error) {
	if strings.TrimSpace(text) == "" {
		return &Query{text, allNode{}}, nil
	}
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, fields: fields, tokens: tokens}
	root, err := p.or()
	if err == nil && p.peek().kind != endToken {
		err = p.fail(p.peek(), "no parenthesis is open")
	}
	if err != nil {
		return nil, err
	}
	return &Query{text, root}, nil
}

// Match reports whether the query chooses a row.
func (q *Query) Match(r Row) bool { return q.root.match(r) }

// Fields returns the fields that the query compares, and whether it has a word
// that may be in any field.
func (q *Query) Fields() (names []string, any bool) {
	var visit func(n node)
	visit = func(n node) {
		switch n := n.(type) {
		case andNode:
			visit(n.left)
			visit(n.right)
		case orNode:
			visit(n.left)
			visit(n.right)
		case notNode:
			visit(n.of)
		case wordNode:
			any = true
		case compNode:
			if !slices.Contains(names, n.field) {
				names = append(names, n.field)
			}
		}
	}
	visit(q.root)
	return names, any
}

// String returns the text of the query.
func (q *Query) String() string { return q.text }

func (allNode) match(Row) bool     { return true }
func (n andNode) match(r Row) bool { return n.left.match(r) && n.right.match(r) }
func (n orNode) match(r Row) bool  { return n.left.match(r) || n.right.match(r) }
func (n notNode) match(r Row) bool { return !n.of.match(r) }

func (n wordNode) match(r Row) bool {
	found := false
	r.All(func(v any) bool {
		found = strings.Contains(strings.ToLower(text(v)), n.word)
		return !found
	})
	return found
}

func (n compNode) match(r Row) bool {
	v := r.Value(n.field)
	if v == nil {
		return false
	}
	have := text(v)
	switch n.operator {
	case "~":
		return strings.Contains(strings.ToLower(have), n.value.folded)
	case "!~":
		return !strings.Contains(strings.ToLower(have), n.value.folded)
	}
	order := strings.Compare(strings.ToLower(have), n.value.folded)
	if x, ok := number(v); ok && n.value.isNumber {
		if x != x { // NaN compares with nothing
			return n.operator == "!="
		}
		order = compare(x, n.value.number)
	}
	switch n.operator {
	case "=":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// A value is what a comparison compares with.
type value struct {
	folded   string // in lower case
	number   float64
	isNumber bool
}

func readValue(t token) value {
	v := value{folded: strings.ToLower(t.text)}
	if t.kind == quotedToken {
		return v
	}
	digits, percent := strings.CutSuffix(t.text, "%")
	x, err := strconv.ParseFloat(digits, 64)
	if err == nil && percent { // dividing by 100 would round a second time
		x, err = strconv.ParseFloat(digits+"e-2", 64)
	}
	v.number, v.isNumber = x, err == nil
	return v
}

// number returns a value as a number; a string counts if it is one.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	case string:
		x, err := strconv.ParseFloat(v, 64)
		return x, err == nil
	}
	return 0, false
}

// text returns a value as it is searched.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	}
	return ""
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
