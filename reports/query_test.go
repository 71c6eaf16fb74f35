package reports

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The filter in the browser is the language of experiments/query: both pass the
// same cases.
func TestQueryInTheBrowser(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "experiments", "query", "testdata", "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases struct {
		Cases []struct{ Query, Rows, Error string }
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	src, opts := fixture()
	b := open(t, render(t, src, opts), 1440)
	type result struct{ Rows, Error string }
	got := eval[[]result](b, `(table => table.cases.map(c => {
  try {
    const match = whorl.query.parse(c.query, table.fields);
    return { Rows: table.rows.filter(match).map(r => r.run).join(""), Error: "" };
  } catch (e) { return { Rows: "", Error: e.message }; }
}))(`+string(text)+`)`)
	for i, c := range cases.Cases {
		if (c.Error != "") != (got[i].Error != "") || !strings.Contains(got[i].Error, c.Error) || got[i].Rows != c.Rows {
			t.Errorf("%q: rows %q, error %q; want %q, %q", c.Query, got[i].Rows, got[i].Error, c.Rows, c.Error)
		}
	}
	b.quiet()
}
