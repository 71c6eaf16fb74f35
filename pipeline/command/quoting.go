package command

import (
	"regexp"
	"strings"
)

var quoteNames = map[byte]string{'\'': "single quotes", '"': "double quotes"}

var heredoc = regexp.MustCompile(`^<<-?[ \t]*(['"]?)([A-Za-z_][A-Za-z0-9_]*)(['"]?)`)

// quoting returns, for each byte of a shell script, the quotes that it stands
// in: ' or ", or 0 if it stands in none. Comments and here-documents are in no
// quotes, and a command substitution within quotes begins anew.
func quoting(script string) []byte {
	s := scanner{text: script, quotes: make([]byte, len(script))}
	for s.i < len(script) {
		s.next()
	}
	return s.quotes
}

// A scanner follows the quotes of a shell script.
type scanner struct {
	text   string
	quotes []byte
	i      int
	quote  byte
	outer  []level  // of the command substitutions that i is in
	docs   []string // delimiters of the here-documents that begin on the next line
}

// A level is what a closing parenthesis or backquote returns to.
type level struct {
	quote byte
	end   byte
}

func (s *scanner) next() {
	c := s.text[s.i]
	s.quotes[s.i] = s.quote
	rest := s.text[s.i:]
	n := 1
	switch {
	case s.quote == '\'':
		if c == '\'' {
			s.quote = 0
		}
	case c == '\\':
		n = 2
	case strings.HasPrefix(rest, "$(("): // arithmetic has no quotes
		n = 3
		s.outer = append(s.outer, level{s.quote, ')'}, level{0, ')'})
		s.quote = 0
	case strings.HasPrefix(rest, "$("):
		n = 2
		s.outer = append(s.outer, level{s.quote, ')'})
		s.quote = 0
	case c == '`' && len(s.outer) > 0 && s.outer[len(s.outer)-1].end == '`', c == ')' && s.quote == 0 && len(s.outer) > 0 && s.outer[len(s.outer)-1].end == ')':
		s.quote = s.outer[len(s.outer)-1].quote
		s.outer = s.outer[:len(s.outer)-1]
	case c == '`':
		s.outer = append(s.outer, level{s.quote, '`'})
		s.quote = 0
	case s.quote == '"':
		if c == '"' {
			s.quote = 0
		}
	case c == '\'' || c == '"':
		s.quote = c
	case c == '(' && len(s.outer) > 0: // its closing parenthesis is not the substitution's
		s.outer = append(s.outer, level{0, ')'})
	case c == '#' && (s.i == 0 || strings.ContainsRune(" \t\n;&|(", rune(s.text[s.i-1]))):
		if n = strings.IndexByte(rest, '\n'); n < 0 {
			n = len(rest)
		}
	case c == '<':
		if m := heredoc.FindStringSubmatch(rest); m != nil && !strings.HasPrefix(rest, "<<<") {
			s.docs = append(s.docs, m[2])
			n = len(m[0])
		}
	case c == '\n' && len(s.docs) > 0:
		n = s.documents(rest)
	}
	s.advance(n)
}

// advance skips n bytes, which stand in the quotes of the first of them.
func (s *scanner) advance(n int) {
	q := s.quotes[s.i]
	for end := min(s.i+n, len(s.text)); s.i < end; s.i++ {
		s.quotes[s.i] = q
	}
}

// documents returns the length of the here-documents that follow.
func (s *scanner) documents(rest string) int {
	n := 1
	for _, delimiter := range s.docs {
		for n < len(rest) {
			line, _, found := strings.Cut(rest[n:], "\n")
			n += len(line)
			if found {
				n++
			}
			if strings.TrimLeft(line, "\t") == delimiter {
				n = min(n, len(rest))
				break
			}
		}
	}
	s.docs = nil
	return n
}
