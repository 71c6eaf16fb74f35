package query

import (
	"fmt"
	"strings"
)

// An Error says what is wrong with a query, and where.
type Error struct {
	Query string
	At    int // byte offset
	Why   string
}

func (e *Error) Error() string {
	return fmt.Sprintf("query %q, character %d: %s", e.Query, len([]rune(e.Query[:min(e.At, len(e.Query))]))+1, e.Why)
}

// A node is a part of a query.
type node interface{ match(Row) bool }

type (
	andNode  struct{ left, right node }
	orNode   struct{ left, right node }
	notNode  struct{ of node }
	wordNode struct{ word string }
	compNode struct {
		field    string // canonical
		operator string
		value    value
	}
	allNode struct{}
)

type parser struct {
	text   string
	fields Fields
	tokens []token
}

func (p *parser) peek() token { return p.tokens[0] }

func (p *parser) take() token {
	t := p.tokens[0]
	if t.kind != endToken {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) fail(t token, format string, args ...any) error {
	return &Error{p.text, t.at, fmt.Sprintf(format, args...)}
}

// is reports whether the next token is the unquoted word.
func (p *parser) is(word string) bool {
	t := p.peek()
	return t.kind == wordToken && strings.EqualFold(t.text, word)
}

func (p *parser) or() (node, error) {
	left, err := p.and()
	for err == nil && p.is("or") {
		p.take()
		var right node
		right, err = p.and()
		left = orNode{left, right}
	}
	return left, err
}

func (p *parser) and() (node, error) {
	left, err := p.not()
	for err == nil {
		if p.is("and") {
			p.take()
		} else if t := p.peek(); t.kind == endToken || t.kind == closeToken || p.is("or") {
			break
		}
		var right node
		right, err = p.not()
		left = andNode{left, right}
	}
	return left, err
}

func (p *parser) not() (node, error) {
	if p.is("not") || p.is("!") {
		p.take()
		of, err := p.not()
		return notNode{of}, err
	}
	return p.primary()
}

func (p *parser) primary() (node, error) {
	t := p.take()
	switch t.kind {
	case openToken:
		of, err := p.or()
		if err != nil {
			return nil, err
		}
		if end := p.take(); end.kind != closeToken {
			return nil, p.fail(t, "the parenthesis is not closed")
		}
		return of, nil
	case wordToken, quotedToken:
		if p.peek().kind == operatorToken {
			return p.comparison(t)
		}
		if t.kind == wordToken && (strings.EqualFold(t.text, "and") || strings.EqualFold(t.text, "or")) {
			return nil, p.fail(t, "%q needs a comparison on both sides", t.text)
		}
		return wordNode{strings.ToLower(t.text)}, nil
	case operatorToken:
		return nil, p.fail(t, "%q needs a name before it", t.text)
	case closeToken:
		return nil, p.fail(t, "no parenthesis is open")
	}
	return nil, p.fail(t, "a comparison is missing here, such as state=done")
}

func (p *parser) comparison(name token) (node, error) {
	field, err := p.fields.resolve(name.text)
	if err != nil {
		return nil, p.fail(name, "%v", err)
	}
	op := p.take()
	v := p.take()
	if v.kind != wordToken && v.kind != quotedToken {
		return nil, p.fail(v, "%s %s needs a value after it", name.text, op.text)
	}
	return compNode{field, op.text, readValue(v)}, nil
}
