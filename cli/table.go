package cli

import (
	"io"
	"os"
	"strconv"
	"unicode/utf8"

	"golang.org/x/term"
)

// A textTable is a table for people. Columns that do not fit into the width are
// left out, the last ones first.
type textTable struct {
	header []string
	rows   [][]string
	least  int // columns that are always shown
}

// write writes the table in a width; 0: any. It returns the headers of the
// columns that it left out.
func (t *textTable) write(w io.Writer, width int) (left []string, err error) {
	const gap = 2
	wide := make([]int, len(t.header))
	for i, h := range t.header {
		wide[i] = utf8.RuneCountInString(h)
	}
	for _, row := range t.rows {
		for i, cell := range row {
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	shown, total := len(t.header), -gap
	for _, n := range wide {
		total += n + gap
	}
	for ; width > 0 && total > width && shown > t.least; shown-- {
		total -= wide[shown-1] + gap
	}
	var b []byte
	line := func(cells []string) {
		space := 0
		for i, cell := range cells[:shown] {
			for ; cell != "" && space > 0; space-- {
				b = append(b, ' ')
			}
			b = append(b, cell...)
			space += wide[i] + gap - utf8.RuneCountInString(cell)
		}
		b = append(b, '\n')
	}
	line(t.header)
	for _, row := range t.rows {
		line(row)
	}
	_, err = w.Write(b)
	return t.header[shown:], err
}

// width is how many columns standard output has; 0 if it is not a terminal. The
// variable COLUMNS, which shells set, comes first.
func (e *Env) width() int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	w := e.Bytes
	if o, ok := w.(*output); ok {
		w = o.w
	}
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil {
			return n
		}
	}
	return 0
}
