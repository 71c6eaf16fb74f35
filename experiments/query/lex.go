package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is one word, operator or parenthesis of a query.
type token struct {
	kind tokenKind
	text string // of a quoted word, without the quotes
	at   int    // byte offset
}

type tokenKind int

const (
	endToken tokenKind = iota
	wordToken
	quotedToken
	operatorToken
	openToken
	closeToken
)

// symbols are what stands for itself wherever it is written, longest first; "≤"
// and the like are what people paste.
var symbols = []struct {
	text  string
	kind  tokenKind
	means string
}{
	{"==", operatorToken, "="},
	{"!=", operatorToken, "!="},
	{"<>", operatorToken, "!="},
	{"<=", operatorToken, "<="},
	{">=", operatorToken, ">="},
	{"!~", operatorToken, "!~"},
	{"≤", operatorToken, "<="},
	{"≥", operatorToken, ">="},
	{"≠", operatorToken, "!="},
	{"=", operatorToken, "="},
	{"<", operatorToken, "<"},
	{">", operatorToken, ">"},
	{"~", operatorToken, "~"},
	{"&&", wordToken, "and"},
	{"||", wordToken, "or"},
	{"(", openToken, "("},
	{")", closeToken, ")"},
}

func lex(text string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsSpace(r):
			i += size
		case r == '"' || r == '\'':
			end := strings.IndexRune(text[i+1:], r)
			if end < 0 {
				return nil, &Error{text, i, "the quote is not closed"}
			}
			tokens = append(tokens, token{quotedToken, text[i+1 : i+1+end], i})
			i += end + 2
		default:
			t, length := symbolAt(text, i)
			if length == 0 {
				t = wordAt(text, i)
				length = len(t.text)
			}
			tokens = append(tokens, t)
			i += length
		}
	}
	return append(tokens, token{endToken, "", len(text)}), nil
}

// symbolAt returns the symbol that begins at i and its length, 0 if none does.
func symbolAt(text string, i int) (token, int) {
	for _, s := range symbols {
		if strings.HasPrefix(text[i:], s.text) {
			return token{s.kind, s.means, i}, len(s.text)
		}
	}
	return token{}, 0
}

// wordAt is the word that begins at i: up to a space, quote or symbol.
func wordAt(text string, i int) token {
	end := i
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if _, symbol := symbolAt(text, end); end > i && (symbol > 0 || unicode.IsSpace(r) || r == '"' || r == '\'') {
			break
		}
		end += size
	}
	return token{wordToken, text[i:end], i}
}
