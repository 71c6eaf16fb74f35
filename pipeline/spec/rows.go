package spec

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/value"
)

// readRows reads a CSV file: its header names parameters, and each row is an
// item. A field that is a number, true or false in JSON is one, and any other is
// a string.
func (p *parser) readRows(node *yaml.Node, what, file string) [][]set {
	if !isPath(file) {
		p.Fail(node, "%s: want lists of values, or the path of a CSV file, which begins with ./, not %q", what, file)
		return nil
	}
	text, err := readSmall(p.abs(file))
	if err != nil {
		if e := (*fs.PathError)(nil); errors.As(err, &e) {
			err = e.Err
		}
		p.Fail(node, "%s: %s cannot be read: %v", what, file, err)
		return nil
	}
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	at := func(field int) yamlwalk.Position {
		line, column := c.FieldPos(field)
		return yamlwalk.Position{File: p.beside(file), Line: line, Column: column}
	}
	header, err := c.Read()
	if err != nil {
		p.rowError(node, what, file, err)
		return nil
	}
	header = slices.Clone(header)
	for i, name := range header {
		switch {
		case !validName(name):
			p.FailAt(at(i), "parameter %q: %s", name, aName)
			return nil
		case slices.Contains(header[:i], name):
			p.FailAt(at(i), "column %q is given twice", name)
			return nil
		}
	}
	var items [][]set
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.rowError(node, what, file, err)
			return nil
		}
		item := make([]set, len(row))
		for i, field := range row {
			item[i] = set{param: header[i], value: fieldNode(field), text: field, pos: at(i)}
		}
		if items = append(items, item); len(items) > maxItems {
			p.Fail(node, "%s: %s has more than %d rows", what, file, maxItems)
			return nil
		}
	}
	if len(items) == 0 {
		p.Fail(node, "%s: %s has no rows below its header", what, file)
		return nil
	}
	p.unique(items, what)
	return items
}

// maxRows bounds the size of a file of rows, in bytes.
const maxRows = 64 << 20

// readSmall reads a regular file that is not larger than maxRows.
func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Size() > maxRows:
		return nil, fmt.Errorf("larger than %d MiB", maxRows>>20)
	}
	return os.ReadFile(path)
}

// beside returns the path of a file that is named relative to pipeline.yaml, for
// messages.
func (p *parser) beside(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(filepath.Dir(p.File), file)
}

func (p *parser) rowError(node *yaml.Node, what, file string, err error) {
	if e := (*csv.ParseError)(nil); errors.As(err, &e) {
		p.FailAt(yamlwalk.Position{File: p.beside(file), Line: e.Line, Column: e.Column}, "%v", e.Err)
		return
	}
	p.Fail(node, "%s: %s is empty: want a header that names parameters, and rows", what, file)
}

// fieldNode returns a field as a YAML scalar of its type.
func fieldNode(field string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: field}
	if strings.TrimSpace(field) != field {
		return n
	}
	switch v, _ := value.Parse([]byte(field)); v.(type) {
	case int64:
		n.Tag = "!!int"
	case float64:
		n.Tag = "!!float"
	case bool:
		n.Tag = "!!bool"
	}
	return n
}
