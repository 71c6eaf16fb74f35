package pipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/stage"
)

// A diary is a recorder that notes what it is told.
type diary struct {
	lines  []string
	failAt string
	about  string // to be kept with the run
	late   bool   // only when it has ended

	keep func(json.RawMessage) error
}

func (d *diary) note(line string) error {
	d.lines = append(d.lines, line)
	if line == d.failAt {
		return errors.New("the book is full")
	}
	return nil
}

func (d *diary) RunStarted(_ context.Context, r pipeline.RunInfo, keep func(json.RawMessage) error) error {
	d.keep = keep
	if d.about != "" && !d.late {
		if err := keep(json.RawMessage(d.about)); err != nil {
			return err
		}
	}
	return d.note(fmt.Sprint("run started with ", len(r.Stages)))
}

func (d *diary) StageStarted(_ context.Context, _, stage string, _ time.Time) error {
	return d.note(stage + " started")
}

func (d *diary) StageFinished(_ context.Context, _ string, s pipeline.StageResult) error {
	return d.note(s.Name + " " + string(s.Status))
}

func (d *diary) RunFinished(_ context.Context, r *pipeline.Result) error {
	if d.late {
		time.Sleep(10 * time.Millisecond) // the store's record has to wait for it
		if err := d.keep(json.RawMessage(d.about)); err != nil {
			return err
		}
	}
	return d.note("run " + string(r.State))
}

// The store's record is written beside the recorder's, but not without what
// that has to say.
func TestAboutGivenAtTheEnd(t *testing.T) {
	l := newLab(t)
	d := &diary{about: `{"host":"h"}`, late: true}
	l.run(l.parse(chain), pipeline.Options{RunID: "late", Recorder: d})
	got, err := pipeline.ReadRun(l.store, "late")
	if err != nil || string(got.About) != d.about || got.State != pipeline.Done {
		t.Errorf("got %s of a run that is %s, %v", got.About, got.State, err)
	}
}

// A recorder whose offer failed, as on a full disk, may try again.
func TestAboutGivenAgain(t *testing.T) {
	l := newLab(t)
	d := &diary{about: `{"cut`}
	_, err := pipeline.NewEngine(l.store).Run(t.Context(), l.parse(chain), pipeline.Options{RunID: "again", Recorder: &retrier{d}})
	if err == nil {
		t.Error("what is no JSON was kept")
	}
	got, err := pipeline.ReadRun(l.store, "again")
	if err != nil || string(got.About) != `{"host":"h"}` {
		t.Errorf("got %s, %v", got.About, err)
	}
}

// A retrier is a diary that at the end offers what it knows once more.
type retrier struct{ *diary }

func (r *retrier) RunFinished(ctx context.Context, res *pipeline.Result) error {
	return errors.Join(r.keep(json.RawMessage(`{"host":"h"}`)), r.diary.RunFinished(ctx, res))
}

func TestRecorder(t *testing.T) {
	l := newLab(t)
	d := &diary{}
	l.run(l.parse(chain), pipeline.Options{Recorder: d})
	equal(t, "first", strings.Join(d.lines, "; "), "run started with 3; a started; a ran; b started; b ran; c started; c ran; run done")
	d = &diary{}
	l.run(l.parse(chain), pipeline.Options{Recorder: d})
	equal(t, "cached", strings.Join(d.lines, "; "), "run started with 3; a cached; b cached; c cached; run done")

	for _, at := range []string{"run started with 3", "b started", "b ran", "run done"} {
		l := newLab(t)
		d := &diary{failAt: at}
		_, err := pipeline.NewEngine(l.store).Run(t.Context(), l.parse(chain), pipeline.Options{Recorder: d})
		if err == nil || !strings.Contains(err.Error(), "the book is full") {
			t.Errorf("an error at %q is lost: %v", at, err)
		}
		if last := d.lines[len(d.lines)-1]; !strings.HasPrefix(last, "run ") {
			t.Errorf("an error at %q: the last that it was told is %q", at, last)
		}
		if l.count("c") > 0 && at != "run done" {
			t.Errorf("an error at %q did not end the run", at)
		}
	}
}

// What is kept of a run whose process died: all that had happened, and when it
// was last heard of.
func TestDeadRunIsKept(t *testing.T) {
	l := newLab(t)
	l.run(l.parse(chain), pipeline.Options{Targets: []string{"a"}})
	var notes []byte
	active := filepath.Join(l.dir, "artifacts", "active", "dead")
	l.hook = func(ctx context.Context, task *stage.Task) (err error) {
		// Copy what would be left once it is noted that b and c have started.
		for task.Stage == "c" && err == nil && strings.Count(string(notes), `"executing"`) < 2 {
			notes, err = os.ReadFile(active)
			err = errors.Join(err, ctx.Err())
		}
		return err
	}
	p := l.parse(chain)
	_, want := l.run(p, pipeline.Options{RunID: "dead", Recorder: &diary{about: `{"host":"h"}`}})
	if err := l.store.RemoveRun("dead"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(active, notes, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := pipeline.NewEngine(l.store).Recover(); err != nil {
		t.Fatal(err)
	}
	got, err := pipeline.ReadRun(l.store, "dead")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "state", got.State, pipeline.Failed)
	equal(t, "about", string(got.About), `{"host":"h"}`)
	equal(t, "spec", got.Spec, chain)
	var stages []string
	for _, s := range got.Stages {
		stages = append(stages, s.Name, string(s.Status))
	}
	equal(t, "stages", strings.Join(stages, " "), "a cached b ran c failed")
	equal(t, "key of a", got.Stages[0].Key, want.Stages[0].Key)
	equal(t, "error", fmt.Sprint(got.Stages[2].Err), pipeline.ErrDied.Error())
	if got.Finished.Before(want.Stages[2].Started.Add(-time.Second)) || got.Finished.After(want.Finished) {
		t.Errorf("it ended at %v, want between %v and %v", got.Finished, want.Stages[2].Started, want.Finished)
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
	kept, err := pipeline.ReadRun(l.store, res.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range res.RunInfo.Stages {
		for j, p := range s.Params {
			equal(t, s.Name+"."+p.Name, fmt.Sprintf("%T %v", kept.RunInfo.Stages[i].Params[j].Value, kept.RunInfo.Stages[i].Params[j].Value), fmt.Sprintf("%T %v", p.Value, p.Value))
		}
	}
	for i, s := range res.Stages {
		equal(t, s.Name, fmt.Sprintf("%v %v %v %v", kept.Stages[i].Outputs, kept.Stages[i].Metrics, kept.Stages[i].Key, kept.Stages[i].Inputs),
			fmt.Sprintf("%v %v %v %v", s.Outputs, s.Metrics, s.Key, s.Inputs))
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
