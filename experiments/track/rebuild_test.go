package track

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whorl/pipeline"
)

// A database made anew from the engine's records says the same.
func TestRebuild(t *testing.T) {
	db := open(t)
	results := map[string]*pipeline.Result{"a1": example("a1", false), "a2": example("a2", true), "a3": example("a3", false)}
	m := Meta{Command: []string{"whorl", "sweep"}, Sweep: "s1", Trial: 2, Version: "v", Variant: "avx2"}
	mustRecord(t, db, m, results["a1"], results["a2"], results["a3"])
	want, err := db.Runs(t.Context(), Filter{})
	if err != nil {
		t.Fatal(err)
	}

	anew, err := Open(t.Context(), filepath.Join(t.TempDir(), "runs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer anew.Close()
	damaged := errors.New("damaged record")
	read := func(id string) (*pipeline.Result, error) {
		if r, ok := results[id]; ok {
			return r, nil
		}
		return nil, damaged
	}
	ids := []string{"a1", "x", "a2", "a3"}
	if n, err := anew.Rebuild(t.Context(), ids, read); n != 3 || !errors.Is(err, damaged) {
		t.Errorf("%d runs added, %v; want 3 and that one is damaged", n, err)
	}
	if n, err := anew.Rebuild(t.Context(), ids[2:], read); n != 0 || err != nil {
		t.Errorf("again: %d runs added, %v; want 0", n, err)
	}
	got, err := anew.Runs(t.Context(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	sweeps, err := anew.Sweeps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantSweeps := []Sweep{{ID: "s1", Name: "s1", Started: epoch, Trials: 2, Done: 2, Failed: 1}}
	if diff := cmp.Diff(wantSweeps, sweeps); diff != "" {
		t.Errorf("sweeps (-want +got):\n%s", diff)
	}
}

// What the database knows and the engine does not is kept with the run.
func TestAboutIsKeptWithTheRecord(t *testing.T) {
	r := example("a1", false)
	mustRecord(t, open(t), Meta{Command: []string{"whorl", "run"}}, r)
	var about Run
	if err := json.Unmarshal(r.About, &about); err != nil || len(about.Command) != 2 || about.OS == "" {
		t.Errorf("about: %s, %v", r.About, err)
	}
}
