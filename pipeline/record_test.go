package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

// origin is how the runs of the tests come about.
var origin = record.Origin{
	Command: []string{"go", "test"}, Dir: "/tmp", Machine: record.Machine{Host: "h", CPUs: 2}, Trial: 3,
	Sweep: &record.Sweep{ID: "s-1", Name: "s", Trials: 4},
}

// The origin is in the live record from the start, and the revision of the
// source from when it is known.
func TestOrigin(t *testing.T) {
	l := newLab(t)
	want := record.Source{Commit: "abc", Dirty: true, Diff: "\xff"}
	checked := false
	l.hook = func(_ context.Context, task *stage.Task) error {
		if task.Stage != "a" {
			return nil
		}
		checked = true
		got, err := record.Read(l.store, "r")
		if diff := cmp.Diff(origin, got.Origin); err != nil || diff != "" || got.State != record.Running {
			t.Errorf("live record: %v, %v:\n%s", got.State, err, diff)
		}
		return nil
	}
	_, res := l.run(l.parse(chain), pipeline.Options{
		RunID: "r", Origin: origin, Source: func(context.Context) record.Source { return want },
	})
	got, err := record.Read(l.store, "r")
	if diff := cmp.Diff(res, got); err != nil || diff != "" || !checked || got.Source != want {
		t.Errorf("%v, %+v, -result +record:\n%s", err, got.Source, diff)
	}
}

// What is kept of a run whose process died: all that had happened, and when it
// was last heard of.
func TestDeadRunIsKept(t *testing.T) {
	l := newLab(t)
	l.run(l.parse(chain), pipeline.Options{Targets: []string{"a"}})
	var lines []byte
	active := filepath.Join(l.dir, "artifacts", "active", "dead")
	l.hook = func(ctx context.Context, task *stage.Task) (err error) {
		// Copy what would be left once it is known that b and c have started.
		for task.Stage == "c" && err == nil && strings.Count(string(lines), `"running"`) < 3 {
			lines, err = os.ReadFile(active)
			err = errors.Join(err, ctx.Err())
		}
		return err
	}
	p := l.parse(chain)
	_, want := l.run(p, pipeline.Options{RunID: "dead", Origin: origin})
	if err := l.store.RemoveRun(t.Context(), "dead"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(active, lines, 0o666); err != nil {
		t.Fatal(err)
	}
	seen, err := record.Read(l.store, "dead") // before anybody has recovered it
	if err != nil {
		t.Fatal(err)
	}
	if left, err := record.Recover(l.store); err != nil || left != nil {
		t.Fatal(left, err)
	}
	got, err := record.Read(l.store, "dead")
	if diff := cmp.Diff(seen, got); err != nil || diff != "" {
		t.Fatalf("%v, -before +after recovery:\n%s", err, diff)
	}
	equal(t, "state", got.State, record.Failed)
	equal(t, "origin", cmp.Diff(got.Origin, origin), "")
	equal(t, "spec", got.Spec, chain)
	equal(t, "stages", statuses(got), "a:cached b:ran c:failed")
	equal(t, "key of a", got.Stages[0].Key, want.Stages[0].Key)
	equal(t, "key of c", got.Stages[2].Key, want.Stages[2].Key)
	equal(t, "error", got.Stages[2].Error, record.Died)
	if got.Finished.Before(want.Stages[2].Started.Add(-time.Second)) || got.Finished.After(want.Finished) {
		t.Errorf("it ended at %v, want between %v and %v", got.Finished, want.Stages[2].Started, want.Finished)
	}
}

// A live record that cannot be understood is told of once, and blocks nobody.
func TestUnrecoverable(t *testing.T) {
	l := newLab(t)
	if err := os.WriteFile(filepath.Join(l.dir, "artifacts", "active", "odd"), []byte("{\"Version\":99}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	var notices []string
	o := pipeline.Options{Observe: func(e pipeline.Event) {
		if e.Notice != "" {
			notices = append(notices, e.Notice)
		}
	}}
	for range 2 {
		l.run(l.parse(chain), o)
	}
	if len(notices) != 1 || !strings.Contains(notices[0], "odd") || !strings.Contains(notices[0], "version 99") {
		t.Errorf("notices: %q", notices)
	}
}

func TestEvents(t *testing.T) {
	l := newLab(t)
	l.hook = func(_ context.Context, t *stage.Task) error {
		t.Progress(stage.Progress{Done: 1, Total: 2, Unit: "halves"})
		return nil
	}
	var got []string
	l.run(l.parse(chain), pipeline.Options{Targets: []string{"b"}, Observe: func(e pipeline.Event) {
		switch {
		case e.Started:
			got = append(got, e.Stage+" started")
		case e.Progress != nil:
			got = append(got, fmt.Sprintf("%s %d/%d %s", e.Stage, e.Progress.Done, e.Progress.Total, e.Progress.Unit))
		case e.Metric != nil:
			got = append(got, fmt.Sprintf("%s %s=%v", e.Stage, e.Metric.Name, e.Metric.Value))
		case e.Log != "":
			got = append(got, e.Stage+": "+e.Log)
		case e.Finished != nil:
			got = append(got, e.Stage+" "+string(e.Finished.Status))
		}
	}})
	equal(t, "events", strings.Join(got, "\n"), `a started
a 1/2 halves
a ran
b started
b 1/2 halves
b length=2
b half=1
b seconds=1.5
b: repeating "ab"
b ran`)
}

func TestRecordRoundTrip(t *testing.T) {
	l := newLab(t)
	_, res := l.run(l.parse(chain, "a.text=\"1\""), pipeline.Options{})
	kept, err := record.Read(l.store, res.ID)
	if diff := cmp.Diff(res, kept); err != nil || diff != "" {
		t.Fatalf("%v, -result +record:\n%s", err, diff)
	}
	if _, err := os.Stat(kept.Stages[1].Log); err != nil {
		t.Error(err)
	}
}

func TestDiffRuns(t *testing.T) {
	l := newLab(t)
	_, a := l.run(l.parse(chain), pipeline.Options{})
	_, b := l.run(l.parse(chain, "a.text=xyz", "b.times=3"), pipeline.Options{})
	d := explain.Diff(l.store, a, b)
	got := d.String()
	// Digests are as they are; the rest is to be told in full.
	for _, want := range []string{
		"a.text: \"ab\" -> \"xyz\"\n", "b: input a.out: its content changed (", "b.times: 2 -> 3\n",
		"c: input b.out: its content changed (", "b.length: 2 -> 3 (+1)\n", "b.half: 1 -> 1.5 (+0.5)\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%swant in it %q", got, want)
		}
	}
	equal(t, "lines", strings.Count(got, "\n"), 6)
	equal(t, "with itself", explain.Diff(l.store, a, a).String(), "no difference\n")
}
