package yamlwalk

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Document returns the root mapping of a text that holds one YAML document, or
// nil if it does not. The argument want says what the mapping holds, for
// messages. A byte order mark and CRLF line ends are accepted.
func (w *Walker) Document(text []byte, want string) *yaml.Node {
	var doc, more yaml.Node
	l, err := yaml.NewLoader(bytes.NewReader(text))
	if err == nil {
		err = l.Load(&doc)
	}
	if errors.Is(err, io.EOF) {
		w.FailAt(Position{w.File, 1, 1}, "the file is empty: want %s", want)
		return nil
	}
	if err == nil {
		switch err = l.Load(&more); {
		case err == nil:
			w.Fail(&more, "a second document begins here: want one")
			return nil
		case errors.Is(err, io.EOF):
			err = nil
		}
	}
	if err != nil {
		w.syntax(text, err)
		return nil
	}
	root := &doc
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		root = doc.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		w.Fail(root, "want %s", want)
		return nil
	}
	if hasAlias(root) {
		if n := selfContained(root, map[*yaml.Node]bool{}); n != nil {
			w.Fail(n, "the alias *%s is part of what it stands for", n.Value)
			return nil
		}
	}
	return root
}

// syntax reports a text that is not YAML.
func (w *Walker) syntax(text []byte, err error) {
	at, message := Position{w.File, 1, 1}, strings.TrimPrefix(err.Error(), "yaml: ")
	if le := (*yaml.LoadError)(nil); errors.As(err, &le) {
		at.Line, at.Column, message = max(1, le.Mark.Line), max(1, le.Mark.Column), le.Message
	}
	if !utf8.Valid(text) { // YAML gives no position for it
		at = notUTF8(w.File, text)
		message = "the file is not UTF-8 from here on"
	} else if line := lineAt(text, at.Line); strings.Contains(line[:len(line)-len(strings.TrimLeft(line, " \t"))], "\t") {
		at.Column = strings.IndexByte(line, '\t') + 1
		message = "a tab is in the indentation: YAML allows only spaces there"
	}
	w.FailAt(at, "%s", message)
}

func lineAt(text []byte, line int) string {
	lines := bytes.SplitN(text, []byte("\n"), line+1)
	if line > len(lines) {
		return ""
	}
	return string(lines[line-1])
}

// notUTF8 returns the position of the first byte that is not UTF-8; the column
// counts characters.
func notUTF8(file string, text []byte) Position {
	at := Position{file, 1, 1}
	for {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at.Column++
		if r == '\n' {
			at.Line, at.Column = at.Line+1, 1
		}
		text = text[size:]
	}
}

func hasAlias(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || slices.ContainsFunc(n.Content, hasAlias)
}

// selfContained returns an alias that lies within its own anchor, or nil; done
// is false for the nodes that n lies in, and true for those seen before.
func selfContained(n *yaml.Node, done map[*yaml.Node]bool) *yaml.Node {
	finished, seen := done[n]
	switch {
	case finished:
		return nil
	case seen:
		return n
	}
	done[n] = false
	if n.Kind == yaml.AliasNode {
		if finished, seen := done[n.Alias]; seen && !finished {
			return n
		}
		if bad := selfContained(n.Alias, done); bad != nil {
			return bad
		}
	}
	for _, c := range n.Content {
		if bad := selfContained(c, done); bad != nil {
			return bad
		}
	}
	done[n] = true
	return nil
}
