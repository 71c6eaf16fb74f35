package pipeline_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"whorl/pipeline"
	"whorl/pipeline/record"
	"whorl/pipeline/store"
)

// TestCollect runs random histories of runs and collections, and checks after
// each collection that everything a kept run reaches is there, whole, and that
// what no kept run reaches is gone.
func TestCollect(t *testing.T) {
	const text = `
data: numbers
stages:
  a: {kind: write}
  b: {kind: repeat, inputs: {in: a.out}}
  c: {kind: length, inputs: {in: b.out}}
  l: {kind: list, inputs: {dir: data}}
  d: {kind: dice}
`
	rapid.Check(t, func(rt *rapid.T) {
		l := newLab(t)
		eng := pipeline.NewEngine(l.store)
		var runs []*record.Run    // the oldest first
		gone := map[string]bool{} // runs that a collection did not keep
		for range rapid.IntRange(1, 8).Draw(rt, "length of the history") {
			if rapid.IntRange(0, 3).Draw(rt, "what") > 0 {
				p := l.parse(text,
					"a.text="+rapid.SampledFrom([]string{"x", "y"}).Draw(rt, "text"),
					fmt.Sprintf("b.times=%d", rapid.IntRange(0, 2).Draw(rt, "times")),
					fmt.Sprintf("data.times=%d", rapid.IntRange(0, 2).Draw(rt, "files")),
					fmt.Sprintf("seed=%d", rapid.IntRange(0, 2).Draw(rt, "seed")))
				var targets []string
				if rapid.Bool().Draw(rt, "part") {
					targets = []string{rapid.SampledFrom([]string{"b", "l", "d"}).Draw(rt, "target")}
				}
				_, res := l.run(p, pipeline.Options{Targets: targets, RunID: fmt.Sprintf("r%03d", len(runs))})
				runs = append(runs, res)
				continue
			}
			o := pipeline.CollectOptions{KeepLast: rapid.IntRange(0, 2).Draw(rt, "keep last")}
			for _, r := range runs {
				if rapid.IntRange(0, 3).Draw(rt, "keep") == 0 {
					o.Keep = append(o.Keep, r.ID)
				}
			}
			dry := o
			dry.DryRun = true
			would, err := eng.Collect(t.Context(), dry)
			if err != nil {
				rt.Fatal(err)
			}
			did, err := eng.Collect(t.Context(), o)
			if err != nil {
				rt.Fatal(err)
			}
			would.Until, did.Until = time.Time{}, time.Time{}
			if *would != *did {
				rt.Fatalf("the dry run said %+v, and it did %+v", would, did)
			}
			checkKept(rt, l, runs, o, gone)
		}
	})
}

func checkKept(t *rapid.T, l *lab, runs []*record.Run, o pipeline.CollectOptions, gone map[string]bool) {
	all := len(o.Keep) == 0 && o.KeepLast == 0
	keys := map[string]bool{}
	for i, r := range runs {
		if !all && i < len(runs)-o.KeepLast && !slices.Contains(o.Keep, r.ID) {
			gone[r.ID] = true
			continue
		}
		for _, s := range r.Stages {
			keys[s.Key] = true
			if gone[r.ID] {
				continue // what another run shares with it may be there
			}
			if m, problem, err := l.store.Lookup(s.Key); m == nil {
				t.Fatalf("run %s is kept and %s is gone: %s, %v", r.ID, s.Name, problem, err)
			}
			for _, out := range s.Outputs {
				if err := l.store.Check(out.Artifact); err != nil {
					t.Fatalf("run %s is kept: %s.%s: %v", r.ID, s.Name, out.Name, err)
				}
			}
		}
	}
	err := l.store.Manifests(func(m *store.Manifest) error {
		if !keys[m.Key] {
			return fmt.Errorf("%s of run %s was not kept and is there", m.Stage, m.Run)
		}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.store.Fsck(t.Context(), store.FsckOptions{})
	if err != nil || len(c.Damaged)+len(c.Lost) > 0 {
		t.Fatalf("fsck after gc: %+v, %v", c, err)
	}
}

func TestCollectNothingWhileRunning(t *testing.T) {
	l := newLab(t)
	g, err := l.store.Use(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer g.Release()
	if _, err := pipeline.NewEngine(l.store).Collect(t.Context(), pipeline.CollectOptions{}); !errors.Is(err, store.ErrBusy) {
		t.Errorf("collected while a run goes on: %v", err)
	}
}

// TestCollectUnknown checks that nothing is removed if a record that says what
// is to be kept cannot be read.
func TestCollectUnknown(t *testing.T) {
	l := newLab(t)
	_, res := l.run(l.parse(chain), pipeline.Options{})
	path := l.store.Dir() + "/runs/" + res.ID + ".json"
	if err := os.WriteFile(path, []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := pipeline.NewEngine(l.store).Collect(t.Context(), pipeline.CollectOptions{}); err == nil {
		t.Error("no error")
	}
	got, _ := l.run(l.parse(chain), pipeline.Options{})
	equal(t, "statuses", got, "a:cached b:cached c:cached")
}
