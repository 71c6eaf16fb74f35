package query_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whorl/experiments/query"
)

type row map[string]any

func (r row) Value(field string) any { return r[field] }

func (r row) All(yield func(any) bool) {
	for _, v := range r {
		if !yield(v) {
			return
		}
	}
}

type table struct {
	Fields query.Fields
	Rows   []row
	Cases  []struct{ Query, Rows, Error string }
}

func load(t testing.TB) (tb table) {
	t.Helper()
	b, err := os.ReadFile("testdata/cases.json")
	if err == nil {
		err = json.Unmarshal(b, &tb)
	}
	if err != nil {
		t.Fatal(err)
	}
	return tb
}

func TestCases(t *testing.T) {
	tb := load(t)
	if len(tb.Cases) < 40 {
		t.Fatalf("only %d cases", len(tb.Cases))
	}
	for _, c := range tb.Cases {
		q, err := query.Parse(c.Query, tb.Fields)
		if c.Error != "" {
			if err == nil || !strings.Contains(err.Error(), c.Error) {
				t.Errorf("%s: %v, want ...%s...", c.Query, err, c.Error)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.Query, err)
			continue
		}
		got := ""
		for _, r := range tb.Rows {
			if q.Match(r) {
				got += r["run"].(string)
			}
		}
		if got != c.Rows {
			t.Errorf("%s: %q, want %q", c.Query, got, c.Rows)
		}
	}
}

func TestErrorPosition(t *testing.T) {
	_, err := query.Parse("state=done and stat=x", load(t).Fields)
	const want = `query "state=done and stat=x", character 16: unknown field "stat" (did you mean "state"?)`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestOrder(t *testing.T) {
	tb := load(t)
	for text, want := range map[string]string{
		"":                   "abcd",
		"evaluate.eer":       "badc",
		"-evaluate.eer":      "dabc",
		"policy, -seed":      "dacb",
		"-state,run":         "dcab",
		" train.epochs ,run": "abcd",
	} {
		o, err := query.ParseOrder(text, tb.Fields)
		if err != nil {
			t.Fatal(err)
		}
		rows := append([]row(nil), tb.Rows...)
		query.Sort(o, rows)
		got := ""
		for _, r := range rows {
			got += r["run"].(string)
		}
		if got != want {
			t.Errorf("sort %q: %s, want %s", text, got, want)
		}
	}
	if _, err := query.ParseOrder("-epochz", tb.Fields); err == nil || !strings.Contains(err.Error(), "train.epochs") {
		t.Errorf("unknown field: %v", err)
	}
}

func TestComplete(t *testing.T) {
	got := load(t).Fields.Complete("e")
	if d := cmp.Diff([]string{"eer", "epochs", "evaluate.eer", "evaluate.hard.eer", "evaluate.loss"}, got); d != "" {
		t.Error(d)
	}
}

// FuzzParse checks that no text panics and that every error is about a place
// within the query.
func FuzzParse(f *testing.F) {
	tb := load(f)
	for _, c := range tb.Cases {
		f.Add(c.Query)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := query.Parse(text, tb.Fields)
		if err != nil {
			if e, ok := err.(*query.Error); !ok || e.At < 0 || e.At > len(text) || e.Error() == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		for _, r := range tb.Rows {
			q.Match(r)
		}
	})
}
