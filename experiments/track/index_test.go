package track_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whorl/experiments/track"
	"whorl/pipeline/record"
)

// What the index tells of a run is what its record does, in a file and in
// memory.
func TestRuns(t *testing.T) {
	l := newLab(t)
	failed := example("b", epoch.Add(time.Minute))
	failed.State, failed.Sweep, failed.Trial = record.Failed, nil, 0
	failed.Stages[1].Status, failed.Stages[0].Status = record.Skipped, record.Cached
	l.write(example("a", epoch), failed)
	if err := record.WriteLabels(l.store, "a", record.Labels{Name: "first", Tags: []string{"x", "y"}, Note: "n"}); err != nil {
		t.Fatal(err)
	}
	memory, err := track.InMemory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	file := l.index
	for _, x := range []*track.Index{file, memory} {
		l.index = x
		if got := l.sync(); got != "2 0 0 0" {
			t.Errorf("sync: %s", got)
		}
		want := []*record.Run{}
		for _, id := range []string{"a", "b"} {
			r, err := record.Read(l.store, id)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, lasting(r))
		}
		if diff := cmp.Diff(want, l.runs(track.Filter{}), cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s: -records +index:\n%s", x.Path(), diff)
		}
		for filter, want := range map[track.Filter]string{
			{State: record.Failed}: "b", {Sweep: "s-1"}: "a", {Newest: 1}: "b", {Executed: true}: "a", {}: "a b", {Sweep: "x"}: "",
		} {
			var got []string
			for _, r := range l.runs(filter) {
				got = append(got, r.ID)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%+v: %v, want %s", filter, got, want)
			}
		}
		sweeps, err := x.Sweeps(t.Context())
		if diff := cmp.Diff([]track.Sweep{{Sweep: *want[0].Sweep, Done: 1}}, sweeps); err != nil || diff != "" {
			t.Errorf("sweeps: %v\n%s", err, diff)
		}
		entries, err := x.List(t.Context())
		if err != nil || len(entries) != 2 || entries[0].ID != "b" || entries[1].Name != "first" || entries[0].Executed || !entries[1].Executed {
			t.Errorf("entries: %+v, %v", entries, err)
		}
	}
	l.index = file
}

// A synchronization takes over what has changed, and nothing else.
func TestSync(t *testing.T) {
	l := newLab(t)
	step := func(what, want string) {
		t.Helper()
		if got := l.sync(); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
		if got := l.sync(); got != "0 0 0 0" {
			t.Errorf("%s: the second time: %s", what, got)
		}
		anew, err := track.InMemory(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer anew.Close()
		if _, err := anew.Sync(t.Context(), l.store); err != nil {
			t.Fatal(err)
		}
		runs, err := anew.Runs(t.Context(), track.Filter{})
		if diff := cmp.Diff(runs, l.runs(track.Filter{}), cmpopts.EquateNaNs()); err != nil || diff != "" {
			t.Errorf("%s: %v, -made anew +synchronized:\n%s", what, err, diff)
		}
	}
	step("an empty store", "0 0 0 0")
	l.write(example("a", epoch), example("b", epoch.Add(time.Second)))
	step("two runs", "2 0 0 0")
	changed := example("a", epoch)
	changed.Stages[1].Metrics[0].Value = 3
	l.write(changed)
	step("a record that changed", "0 1 0 0")
	if err := record.WriteLabels(l.store, "b", record.Labels{Name: "x"}); err != nil {
		t.Fatal(err)
	}
	step("labels", "0 1 0 0")
	if err := l.store.RemoveRun(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	step("a removed run", "0 0 1 0")
	if err := l.store.RestoreRun(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	step("a restored run", "1 0 0 0")
	if err := os.WriteFile(filepath.Join(l.store.Dir(), "runs", "a.json"), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	step("a damaged record", "0 0 0 1")
	l.write(example("a", epoch))
	step("a record in its place", "1 0 0 0")

	// A run that goes on, ends or dies.
	live, err := l.store.Begin("live")
	if err != nil {
		t.Fatal(err)
	}
	r := example("live", epoch.Add(time.Hour))
	r.State, r.Finished = record.Running, time.Time{}
	start, err := record.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	live.Append(start)
	step("a run that goes on", "1 0 0 0")
	s := r.Stages[1]
	s.Status = record.StageRunning
	line, err := record.Outcome(&s).Line()
	if err != nil {
		t.Fatal(err)
	}
	live.Append(line)
	step("a stage that starts", "0 1 0 0")
	end, err := record.Encode(example("live", r.Started))
	if err != nil {
		t.Fatal(err)
	}
	live.Finish(end)
	step("the end of a run", "0 1 0 0")
}

// A database of another version, or of none, is made again; one of another
// program is left alone.
func TestOtherDatabases(t *testing.T) {
	l := newLab(t)
	l.write(example("a", epoch))
	l.sync()
	exec := func(query string) {
		t.Helper()
		db, err := sql.Open("sqlite3", l.path)
		if err == nil {
			_, err = db.Exec(query)
			db.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, query := range []string{"PRAGMA user_version = 2; CREATE TABLE diffs (x); DROP VIEW run_params", "PRAGMA user_version = 99"} {
		exec(query)
		l.open()
		if got := l.sync(); got != "1 0 0 0" {
			t.Errorf("after %q: %s", query, got)
		}
	}
	exec("PRAGMA application_id = 7")
	if _, err := track.Open(t.Context(), l.path); err == nil || !strings.Contains(err.Error(), "not whorl's") {
		t.Errorf("the database of another program: %v", err)
	}
}

// The documented views.
func TestViews(t *testing.T) {
	l := newLab(t)
	other := example("b", epoch)
	other.Seed = 1
	l.write(example("a", epoch), other)
	l.sync()
	db, err := sql.Open("sqlite3", l.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for query, want := range map[string]string{
		`SELECT value FROM run_params WHERE run = 'a' AND stage = 'train' AND name = 'lr'`:                       "1.0",
		`SELECT status || key FROM run_stages WHERE run = 'a' AND stage = 'train'`:                               "ran7a",
		`SELECT value FROM run_metrics WHERE run = 'a' AND name = 'accuracy' AND step = 1`:                       "0.5",
		`SELECT digest FROM run_artifacts WHERE run = 'a' AND stage = 'split'`:                                   "d1",
		`SELECT runs || ' ' || count(DISTINCT configuration) || ' ' || count(DISTINCT seed) FROM configurations`: "2 1 2",
	} {
		var got string
		if err := db.QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", query, got, err, want)
		}
	}
}

// A database that is damaged anywhere is called so by whoever meets it.
func TestDamage(t *testing.T) {
	l := newLab(t)
	for i := range 40 {
		l.write(example(fmt.Sprint("run", i), epoch.Add(time.Duration(i)*time.Second)))
	}
	l.sync()
	if err := l.index.Check(t.Context()); err != nil {
		t.Errorf("a sound database: %v", err)
	}
	l.index.Close() // which leaves all in one file
	whole, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	const lost = 8192 // bytes: some page as a whole
	for at := 0; at+lost <= len(whole); at += max(1, len(whole)/8) {
		broken := append([]byte{}, whole...)
		for i := range lost {
			broken[at+i] = 0xa5
		}
		if err := os.WriteFile(l.path, broken, 0o666); err != nil {
			t.Fatal(err)
		}
		x, err := track.Open(t.Context(), l.path)
		if err == nil {
			if _, read := x.Runs(t.Context(), track.Filter{}); read != nil && !errors.Is(read, track.ErrDamaged) {
				t.Errorf("damage at byte %d: reading: %v", at, read)
			}
			err = x.Check(t.Context())
			x.Close()
		}
		if !errors.Is(err, track.ErrDamaged) {
			t.Errorf("damage at byte %d: error %v", at, err)
		}
	}
}

// Many who synchronize one index at once, as processes do, lose nothing.
func TestConcurrentSync(t *testing.T) {
	l := newLab(t)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			x, err := track.Open(context.Background(), l.path)
			if err != nil {
				t.Error(err)
				return
			}
			defer x.Close()
			for k := range 10 {
				if err := record.Write(l.store, example(fmt.Sprint(i, "-", k), epoch)); err != nil {
					t.Error(err)
				}
				if _, err := x.Sync(context.Background(), l.store); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(l.runs(track.Filter{})); n != 40 {
		t.Errorf("%d runs, want 40", n)
	}
}
