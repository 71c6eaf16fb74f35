package progress

import (
	"bytes"
	"strings"
	"text/tabwriter"
)

// Table returns the lines of a table whose columns are aligned.
func Table(header []string, rows [][]string) []string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{header}, rows...) {
		w.Write([]byte(strings.Join(row, "\t") + "\n")) // to memory: never fails
	}
	w.Flush()
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}
