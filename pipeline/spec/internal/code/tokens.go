package code

import (
	"crypto/sha256"
	"fmt"
	"go/scanner"
	"go/token"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"whorl/pipeline/store/tree"
)

// A file is what counts of a Go file.
type file struct {
	digest  tree.Digest
	imports []string // paths
	embeds  []string // patterns of //go:embed
}

// readGo digests the tokens of a Go file. Layout does not count: neither do
// comments other than directives, the order of imports, nor the commas and
// semicolons that a line break before a closing bracket asks for.
func readGo(name string, src []byte) (*file, error) {
	var (
		errs scanner.ErrorList
		s    scanner.Scanner
		fset = token.NewFileSet()
	)
	s.Init(fset.AddFile(name, -1, len(src)), src, errs.Add, scanner.ScanComments)
	f, w := new(file), &writer{hash: sha256.New()}
	var specs []string // import declarations
	inImport, depth := false, 0
	var spec []string
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.COMMENT {
			if directive, ok := strings.CutPrefix(lit, "//go:"); ok {
				w.token("//go:" + directive)
				if patterns, ok := strings.CutPrefix(directive, "embed "); ok {
					f.embeds = append(f.embeds, splitPatterns(patterns)...)
				}
			}
			continue
		}
		if tok == token.IMPORT {
			inImport, depth = true, 0
			continue
		}
		if !inImport {
			w.code(tok, lit)
			continue
		}
		switch tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		case token.SEMICOLON:
			if len(spec) > 0 {
				specs = append(specs, strings.Join(spec, " "))
			}
			spec = nil
			inImport = depth > 0
		case token.STRING:
			p, err := strconv.Unquote(lit)
			if err != nil {
				return nil, fmt.Errorf("%s: import %s: %w", name, lit, err)
			}
			f.imports = append(f.imports, p)
			spec = append(spec, strconv.Quote(p))
		default:
			spec = append(spec, tokenText(tok, lit))
		}
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	slices.Sort(specs)
	for _, spec := range specs {
		w.token("import " + spec)
	}
	if slices.Contains(f.imports, "C") {
		f.digest = tree.Sum(src) // the comment before it is code
		return f, nil
	}
	w.hash.Sum(f.digest[:0])
	return f, nil
}

// A writer hashes tokens, one a line. It holds back a comma or semicolon until
// it sees whether a bracket closes after it.
type writer struct {
	hash interface {
		io.Writer
		Sum([]byte) []byte
	}
	pending string
}

func (w *writer) code(tok token.Token, lit string) {
	switch tok {
	case token.SEMICOLON:
		lit = ";" // rather than the line break that stands for it
		fallthrough
	case token.COMMA:
		w.flush()
		w.pending = tokenText(tok, lit)
		return
	case token.RPAREN, token.RBRACE:
		w.pending = ""
	}
	w.token(tokenText(tok, lit))
}

func (w *writer) token(text string) {
	w.flush()
	io.WriteString(w.hash, text)
	io.WriteString(w.hash, "\n")
}

func (w *writer) flush() {
	if w.pending != "" {
		io.WriteString(w.hash, w.pending+"\n")
		w.pending = ""
	}
}

func tokenText(tok token.Token, lit string) string {
	if lit != "" {
		return lit
	}
	return tok.String()
}

// splitPatterns splits the patterns of a //go:embed line, which may be quoted.
func splitPatterns(s string) []string {
	var patterns []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if q, err := strconv.QuotedPrefix(s); err == nil {
			p, _ := strconv.Unquote(q)
			patterns, s = append(patterns, p), s[len(q):]
			continue
		}
		p, rest, _ := strings.Cut(s, " ")
		patterns, s = append(patterns, p), rest
	}
	return patterns
}

// foreign reports whether a file that is not Go is compiled into a package.
func foreign(name string) bool {
	switch path.Ext(name) {
	case ".s", ".S", ".c", ".cc", ".cpp", ".h", ".hh", ".hpp", ".m", ".syso":
		return true
	}
	return false
}
