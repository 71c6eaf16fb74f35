package track

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whorl/pipeline"
)

// A database made anew from the engine's records has the same content, row for
// row: the sweep, and a diff that is no UTF-8, included.
func TestRebuild(t *testing.T) {
	dir, git, write := repository(t)
	write("latin1", "\xe9\n")
	git("add", "latin1")
	db := open(t)
	results := map[string]*pipeline.Result{"a1": example("a1", false), "a2": example("a2", true), "a3": example("a3", false)}
	skipped := results["a2"]
	skipped.State, skipped.Stages[0] = pipeline.Interrupted, pipeline.StageResult{Name: "split", Status: pipeline.Skipped}
	m := Meta{
		Command: []string{"whorl", "sweep"}, Dir: dir, Trial: 2, Version: "v", Variant: "avx2",
		Sweep: &Sweep{ID: "s1", Name: "s", File: "s.yaml", Definition: "grid: {}", Started: epoch.Add(-time.Second), Trials: 2},
	}
	mustRecord(t, db, m, results["a1"], results["a2"], results["a3"])

	anew := open(t)
	if empty, err := anew.Empty(t.Context()); !empty || err != nil {
		t.Errorf("it is empty: %v, %v", empty, err)
	}
	damaged := errors.New("damaged record")
	read := func(id string) (*pipeline.Result, error) {
		if r, ok := results[id]; ok {
			return r, nil
		}
		return nil, damaged
	}
	ids := []string{"a1", "x", "a2", "a3"}
	if n, unread, err := anew.Rebuild(t.Context(), ids, read); n != 3 || len(unread) != 1 || unread[0] != damaged || err != nil {
		t.Errorf("%d runs added, %v, %v; want 3 and that one is damaged", n, unread, err)
	}
	if n, unread, err := anew.Rebuild(t.Context(), ids[2:], read); n != 0 || unread != nil || err != nil {
		t.Errorf("again: %d runs added, %v, %v; want 0", n, unread, err)
	}
	if empty, err := anew.Empty(t.Context()); empty || err != nil {
		t.Errorf("it is empty still: %v, %v", empty, err)
	}
	want := dump(t, db)
	if diff := cmp.Diff(want, dump(t, anew)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, text := range []string{`\xe9`, "s.yaml", "stages: {}"} {
		if !strings.Contains(want, text) {
			t.Errorf("%q is not in the database", text)
		}
	}
}

// dump tells all that is in a database.
func dump(t *testing.T, db *DB) string {
	t.Helper()
	tables, err := db.r.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := collect(tables, func(scan scanner, name *string) error { return scan(name) })
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, name := range names {
		rows, err := db.r.Query(`SELECT * FROM ` + name + ` ORDER BY 1, 2`)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		lines, err := collect(rows, func(scan scanner, line *string) error {
			row, to := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				to[i] = &row[i]
			}
			err := scan(to...)
			*line = fmt.Sprintf("%s %q\n", name, row)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(strings.Join(lines, ""))
	}
	return text.String()
}

// What the database knows and the engine does not is kept with the run.
func TestAboutIsKeptWithTheRecord(t *testing.T) {
	r := example("a1", false)
	rec := open(t).Recorder(Meta{Command: []string{"whorl", "run"}, Dir: t.TempDir()})
	kept := 0
	err := errors.Join(
		rec.RunStarted(t.Context(), r.RunInfo, func(about json.RawMessage) error {
			r.About = about
			kept++
			return nil
		}),
		rec.StageStarted(t.Context(), "a1", "train", epoch),
		rec.StageFinished(t.Context(), "a1", r.Stages[1]),
	)
	if kept != 1 || err != nil {
		t.Fatalf("it is kept %d times by the end of the first stage, want 1: %v", kept, err)
	}
	if err := rec.RunFinished(t.Context(), r); kept != 1 || err != nil {
		t.Errorf("it is kept %d times, want 1: %v", kept, err)
	}
	var about Run
	if err := json.Unmarshal(r.About, &about); err != nil || len(about.Command) != 2 || about.OS == "" {
		t.Errorf("about: %s, %v", r.About, err)
	}
}
