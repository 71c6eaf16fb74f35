package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
)

const chain = `
stages:
  a: {kind: write, params: {text: ab}}
  b: {kind: repeat, inputs: {in: a.out}}
  c: {kind: length, inputs: {in: b.out}}
`

func TestCaching(t *testing.T) {
	l := newLab(t)
	got, res := l.run(l.parse(chain), pipeline.Options{})
	equal(t, "first run", got, "a:ran b:ran c:ran")
	equal(t, "c.out", l.content(res, "c.out"), "4")

	got, again := l.run(l.parse(chain), pipeline.Options{})
	equal(t, "second run", got, "a:cached b:cached c:cached")
	equal(t, "replayed metrics", len(again.Stages[1].Metrics), 3)
	for i, m := range res.Stages[1].Metrics {
		equal(t, "replayed metric", again.Stages[1].Metrics[i], m)
	}
	equal(t, "cost of a cached stage", again.Stages[1].Cost, res.Stages[1].Cost)

	got, _ = l.run(l.parse(chain, "b.times=3"), pipeline.Options{})
	equal(t, "another parameter", got, "a:cached b:ran c:ran")
	got, _ = l.run(l.parse(chain, "b.times=2"), pipeline.Options{})
	equal(t, "the default made explicit", got, "a:cached b:cached c:cached")
}

func TestEarlyCutoff(t *testing.T) {
	l := newLab(t)
	l.run(l.parse(chain), pipeline.Options{})
	got, _ := l.run(l.parse(chain, "a.text=xy"), pipeline.Options{})
	equal(t, "other bytes as long", got, "a:ran b:ran c:ran")

	const two = chain + "  d: {kind: copy, inputs: {in: c.out}}\n"
	l.run(l.parse(two), pipeline.Options{})
	got, _ = l.run(l.parse(two, "a.text=pq"), pipeline.Options{})
	equal(t, "a change that ends at c", got, "a:ran b:ran c:ran d:cached")
}

func TestSeed(t *testing.T) {
	l := newLab(t)
	const text = "seed: 1\nstages:\n  d: {kind: dice}\n  a: {kind: write}\n"
	_, res := l.run(l.parse(text), pipeline.Options{})
	equal(t, "d.out", l.content(res, "d.out"), "1")
	got, res := l.run(l.parse(text, "seed=2"), pipeline.Options{})
	equal(t, "another seed", got, "d:ran a:cached")
	equal(t, "d.out", l.content(res, "d.out"), "2")
}

func TestVariant(t *testing.T) {
	l := newLab(t)
	variant := "fma"
	k := l.kind(stage.Kind{Name: "numeric", Outputs: port("out"), Variant: func() string { return variant }}, func(t *stage.Task) error {
		return t.WriteFile("out", nil)
	})
	if err := l.reg.Register(k); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ variant, want string }{{"fma", "n:ran"}, {"plain", "n:ran"}, {"fma", "n:cached"}} {
		variant = c.variant
		got, _ := l.run(l.parse("stages:\n  n: {kind: numeric}\n"), pipeline.Options{})
		equal(t, "with variant "+variant, got, c.want)
	}
}

func TestTargets(t *testing.T) {
	l := newLab(t)
	got, _ := l.run(l.parse(chain), pipeline.Options{Targets: []string{"b"}})
	equal(t, "up to b", got, "a:ran b:ran")
	_, err := pipeline.NewEngine(l.store).Run(t.Context(), l.parse(chain), pipeline.Options{Targets: []string{"bb"}})
	if err == nil || !strings.Contains(err.Error(), `unknown stage "bb" (did you mean "b"?)`) {
		t.Errorf("unknown target: %v", err)
	}
}

func TestDataSource(t *testing.T) {
	l := newLab(t)
	const text = "data: numbers\nstages:\n  l: {kind: list, inputs: {dir: data}}\n"
	got, res := l.run(l.parse(text, "data.times=2"), pipeline.Options{})
	equal(t, "statuses", got, "data:ran l:ran")
	equal(t, "l.out", l.content(res, "l.out"), "0\n1")
	got, _ = l.run(l.parse("data: {source: numbers, params: {times: 2}}\n"+strings.TrimPrefix(text, "data: numbers\n")), pipeline.Options{})
	equal(t, "the same from the file", got, "data:cached l:cached")
}

func TestSourceDirectory(t *testing.T) {
	l := newLab(t)
	dir := filepath.Join(l.dir, "in")
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	write("x", "1")
	write("deep/er/y", "2")
	const text = "stages:\n  l: {kind: list, inputs: {dir: ./in}}\n"
	l.run(l.parse(text), pipeline.Options{})
	got, _ := l.run(l.parse(text), pipeline.Options{})
	equal(t, "unchanged", got, "l:cached")

	path := filepath.Join(dir, "deep/er/y")
	info, _ := os.Stat(path)
	write("deep/er/y", "3")
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	status, err := explain.Status(t.Context(), l.store, l.parse(text))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "outlook", status[0].Forecast, explain.WillRun)
	equal(t, "reason", status[0].Reasons[0].String(), "input ./in: 1 file changed: deep/er/y")
	got, _ = l.run(l.parse(text), pipeline.Options{})
	equal(t, "edited, with its size and time kept", got, "l:ran")
}

func TestEditDuringRun(t *testing.T) {
	l := newLab(t)
	path := filepath.Join(l.dir, "in")
	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	edits := []string{"new"}
	l.hook = func(context.Context, *stage.Task) error {
		if len(edits) == 0 {
			return nil
		}
		text := edits[0]
		edits = edits[1:]
		return os.WriteFile(path, []byte(text), 0o666)
	}
	const text = "stages:\n  c: {kind: copy, inputs: {in: ./in}}\n"
	_, res := l.run(l.parse(text), pipeline.Options{})
	equal(t, "c.out", l.content(res, "c.out"), "new")
	equal(t, "executions", l.count("c"), 2)

	// All of the inputs of a stage may have been edited while it waited.
	for i := range 4 {
		if err := os.WriteFile(fmt.Sprint(path, i), []byte("old"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	four := l.parse("stages:\n  s: {kind: command, inputs: {a: ./in0, b: ./in1, c: ./in2, d: ./in3}, cmd: \"cat in/*/* > {outputs.o}\", outputs: {o: o}}\n")
	edited := false
	l.run(four, pipeline.Options{Observe: func(ev pipeline.Event) {
		for i := range 4 {
			if ev.Started && !edited {
				os.WriteFile(fmt.Sprint(path, i), []byte("new"), 0o666)
			}
		}
		edited = edited || ev.Started
	}})

	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	edits = []string{"1st", "2nd", "3rd", "4th"}
	_, err := pipeline.NewEngine(l.store).Run(t.Context(), l.parse(text), pipeline.Options{})
	var failure *pipeline.EditedError
	if !errors.As(err, &failure) {
		t.Fatalf("edited each time: %v", err)
	}
	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	got, _ := l.run(l.parse(text), pipeline.Options{})
	equal(t, "nothing was kept under the key of the old bytes", got, "c:ran")
}

// TestEditDuringTraining checks that no checkpoint made from edited bytes is
// found under the key of the bytes before.
func TestEditDuringTraining(t *testing.T) {
	l := newLab(t)
	path := filepath.Join(l.dir, "in")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	edit := true
	err := l.reg.Register(stage.Kind{
		Name: "tally", Inputs: port("in"), Outputs: port("out"), Params: trainParams{Steps: 2},
		Run: func(_ context.Context, t *stage.Task) error {
			sum := ""
			if step, r, err := t.Checkpoints.Latest(2); err != nil || step > 0 {
				b, e := io.ReadAll(r)
				return errors.Join(err, e, r.Close(), t.WriteFile("out", b))
			}
			for step := 1; step <= 2; step++ {
				if edit && step == 2 {
					edit = false
					write("new")
				}
				b, err := t.ReadAll("in")
				if err != nil {
					return err
				}
				sum += string(b)
				if err := t.Checkpoints.Save(step, func(w io.Writer) error { _, err := io.WriteString(w, sum); return err }); err != nil {
					return err
				}
			}
			return t.WriteFile("out", []byte(sum))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	const text = "stages:\n  t: {kind: tally, inputs: {in: ./in}}\n"
	write("old")
	_, res := l.run(l.parse(text), pipeline.Options{})
	equal(t, "after the edit", l.content(res, "t.out"), "newnew")
	write("old")
	_, res = l.run(l.parse(text), pipeline.Options{})
	equal(t, "with the bytes before", l.content(res, "t.out"), "old") // from the checkpoint at step 1
}

func TestFailure(t *testing.T) {
	boom := errors.New("boom")
	const text = `
stages:
  a: {kind: write}
  bad: {kind: copy, inputs: {in: a.out}}
  after: {kind: copy, inputs: {in: bad.out}}
  b: {kind: repeat, inputs: {in: a.out}}
  c: {kind: copy, inputs: {in: b.out}}
`
	for _, c := range []struct {
		keepGoing bool
		want      string
	}{
		{false, "a:ran bad:failed after:skipped b:ran c:skipped"},
		{true, "a:ran bad:failed after:skipped b:ran c:ran"},
	} {
		l := newLab(t)
		l.hook = func(_ context.Context, t *stage.Task) error {
			if t.Stage == "bad" {
				t.Logf("about to fail")
				return boom
			}
			return nil
		}
		o := pipeline.Options{KeepGoing: c.keepGoing, Jobs: 1}
		res, err := pipeline.NewEngine(l.store).Run(t.Context(), l.parse(text), o)
		if !errors.Is(err, boom) {
			t.Errorf("error: %v", err)
		}
		got := statuses(res)
		if !c.keepGoing { // b may or may not have begun
			got = strings.NewReplacer("b:skipped", "b:ran").Replace(got)
			got = strings.Replace(got, "c:ran", "c:skipped", 1)
		}
		equal(t, "statuses", got, c.want)
		equal(t, "state", res.State, record.Failed)
		log, err := os.ReadFile(res.Stages[1].Log)
		if err != nil || string(log) != "about to fail\nerror: boom\n" {
			t.Errorf("log: %q, %v", log, err)
		}
		kept, err := record.Read(l.store, res.ID)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "recorded state", kept.State, record.Failed)
		equal(t, "recorded error", kept.Stages[1].Error, "boom")
	}
}

// TestHalt checks that a stage which waits for its turn does not get it once
// another has failed.
func TestHalt(t *testing.T) {
	for range 20 {
		l := newLab(t)
		l.hook = func(context.Context, *stage.Task) error { return errors.New("boom") }
		p := l.parse("stages:\n  a: {kind: write}\n  b: {kind: write, params: {text: b}}\n  c: {kind: write, params: {text: c}}\n")
		res, err := pipeline.NewEngine(l.store).Run(t.Context(), p, pipeline.Options{Jobs: 1})
		if err == nil {
			t.Fatal("no error")
		}
		if got := statuses(res); strings.Count(got, "failed") != 1 || strings.Count(got, "skipped") != 2 {
			t.Fatalf("one failed, and of the others: %s", got)
		}
		equal(t, "state", res.State, record.Failed)
	}
}

func TestPanic(t *testing.T) {
	l := newLab(t)
	l.hook = func(context.Context, *stage.Task) error { panic("ouch") }
	res, err := pipeline.NewEngine(l.store).Run(t.Context(), l.parse(chain), pipeline.Options{})
	var p *pipeline.PanicError
	if !errors.As(err, &p) || p.Value != "ouch" {
		t.Fatalf("error: %v", err)
	}
	log, _ := os.ReadFile(res.Stages[0].Log)
	if !strings.Contains(string(log), "panic: ouch") || !strings.Contains(string(log), "engine_test.go") {
		t.Errorf("the log has no stack:\n%s", log)
	}
}

// TestGoexit checks that a stage whose code ends its goroutine fails, instead of
// being waited for.
func TestGoexit(t *testing.T) {
	l := newLab(t)
	l.hook = func(context.Context, *stage.Task) error { runtime.Goexit(); return nil }
	res, err := pipeline.NewEngine(l.store).Run(t.Context(), l.parse(chain), pipeline.Options{})
	if err == nil || !strings.Contains(err.Error(), `stage "a": its code ended the goroutine`) {
		t.Errorf("error: %v", err)
	}
	equal(t, "statuses", statuses(res), "a:failed b:skipped c:skipped")
	l.hook = nil
	got, _ := l.run(l.parse(chain), pipeline.Options{})
	equal(t, "and without", got, "a:ran b:ran c:ran")
}

func TestInterrupt(t *testing.T) {
	l := newLab(t)
	ctx, cancel := context.WithCancel(t.Context())
	l.hook = func(ctx context.Context, t *stage.Task) error {
		if t.Stage == "b" {
			cancel()
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	}
	res, err := pipeline.NewEngine(l.store).Run(ctx, l.parse(chain), pipeline.Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
	equal(t, "state", res.State, record.Interrupted)
	equal(t, "statuses", statuses(res), "a:ran b:skipped c:skipped")
	l.hook = nil
	got, _ := l.run(l.parse(chain), pipeline.Options{})
	equal(t, "what was done is kept", got, "a:cached b:ran c:ran")
}

func TestForce(t *testing.T) {
	l := newLab(t)
	l.run(l.parse(chain), pipeline.Options{})
	got, res := l.run(l.parse(chain), pipeline.Options{Force: true})
	equal(t, "forced", got, "a:ran b:ran c:ran")
	equal(t, "notes", len(res.Stages[1].Notes), 0)

	l.hook = func(_ context.Context, t *stage.Task) error {
		if t.Stage == "b" {
			t.Metric("length", 77)
		}
		return nil
	}
	var notices []string
	_, res = l.run(l.parse(chain), pipeline.Options{Force: true, Observe: func(e pipeline.Event) {
		if e.Notice != "" {
			notices = append(notices, e.Stage+": "+e.Notice)
		}
	}})
	if len(notices) != 1 || !strings.HasPrefix(notices[0], "b: NOT DETERMINISTIC") || !strings.HasSuffix(notices[0], ": its metrics") {
		t.Errorf("notices: %q", notices)
	}
	equal(t, "notes", len(res.Stages[1].Notes), 1)
}

// TestStoreWithinInput checks that a folder which holds the store is refused as
// an input, before anything runs: it would change for ever.
func TestStoreWithinInput(t *testing.T) {
	l := newLab(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(l.dir, link); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"./", ".", "./artifacts", link} {
		p := l.parse("stages:\n  l: {kind: list, inputs: {dir: " + dir + "}}\n")
		_, err := pipeline.NewEngine(l.store).Run(t.Context(), p, pipeline.Options{})
		var wrong *spec.Error
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), `pipeline.yaml:2:33: stage "l": input "dir" `) || !strings.Contains(err.Error(), "holds the artifacts") {
			t.Errorf("%s: %v", dir, err)
		}
		if _, err := explain.Status(t.Context(), l.store, p); !errors.As(err, &wrong) {
			t.Errorf("%s: status: %v", dir, err)
		}
	}
	equal(t, "executions", l.count("l"), 0)
	os.Mkdir(filepath.Join(l.dir, "artifacts2"), 0o777)
	l.run(l.parse("stages:\n  l: {kind: list, inputs: {dir: ./artifacts2}}\n"), pipeline.Options{})
}

// TestDamagedMetrics checks that a result whose metrics have rotted in a way that
// no stat shows is made again, once.
func TestDamagedMetrics(t *testing.T) {
	l := newLab(t)
	_, res := l.run(l.parse(chain), pipeline.Options{})
	m, err := l.store.Manifest(res.Stages[1].Key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(l.store.Dir(), "objects", m.Metrics[:2], m.Metrics)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(path, 0o644)
	if err := errors.Join(os.WriteFile(path, []byte("rot"), 0o644), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
	got, again := l.run(l.parse(chain), pipeline.Options{})
	equal(t, "after the damage", got, "a:cached b:ran c:cached")
	equal(t, "metrics", len(again.Stages[1].Metrics), len(res.Stages[1].Metrics))
	got, again = l.run(l.parse(chain), pipeline.Options{})
	equal(t, "and then", got, "a:cached b:cached c:cached")
	equal(t, "metrics", len(again.Stages[1].Metrics), len(res.Stages[1].Metrics))
}

func TestStatus(t *testing.T) {
	l := newLab(t)
	show := func(set ...string) string {
		t.Helper()
		status, err := explain.Status(t.Context(), l.store, l.parse(chain, set...))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, s := range status {
			b.WriteString(s.Name + " " + string(s.Forecast))
			for _, r := range s.Reasons {
				b.WriteString("; " + r.String())
			}
			b.WriteString("\n")
		}
		return b.String()
	}
	equal(t, "before any run", show(), `a run; it was never run before
b run; it was never run before; input in: a.out is to be made first
c run; it was never run before; input in: b.out is to be made first
`)
	l.run(l.parse(chain), pipeline.Options{})
	equal(t, "after one", show(), "a cached\nb cached\nc cached\n")
	equal(t, "a parameter in the middle", show("b.times=3"), `a cached
b run; b.times: 2 -> 3
c maybe; input in: b.out is to be made first
`)
	equal(t, "at the top, and one below", show("a.text=xy", "b.times=3"), `a run; a.text: "ab" -> "xy"
b run; b.times: 2 -> 3; input in: a.out is to be made first
c maybe; input in: b.out is to be made first
`)
	x, err := explain.Why(t.Context(), l.store, l.parse(chain, "a.text=xy"), "c", "")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "why", x.String(), "c: maybe, compared with run "+x.Against+`
  input in: b.out is to be made first
  because of b: input in: a.out is to be made first
  because of a: a.text: "ab" -> "xy"
`)
	l.run(l.parse(chain, "a.text=xyz"), pipeline.Options{})
	x, err = explain.Why(t.Context(), l.store, l.parse(chain, "a.text=xyz"), "c", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Reasons) != 3 || x.Reasons[0].What != "input" || x.Reasons[2].String() != `a.text: "ab" -> "xyz"` {
		t.Errorf("why, after the fact: %s", x)
	}
}

// TestNearestBaseline checks that a stage is compared with the recorded
// execution that differs least from it, not with the newest.
func TestNearestBaseline(t *testing.T) {
	l := newLab(t)
	_, near := l.run(l.parse(chain, "a.text=pq", "b.times=3"), pipeline.Options{})
	l.run(l.parse(chain, "a.text=elsewhere", "b.times=7"), pipeline.Options{})
	p := l.parse(chain, "a.text=pq", "b.times=4")

	x, err := explain.Why(t.Context(), l.store, p, "b", "")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "why", x.String(), "b: run, compared with run "+near.ID+"\n  b.times: 3 -> 4\n")
	// c waits for b, so what b differs in counts for it too.
	x, err = explain.Why(t.Context(), l.store, p, "c", "")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "run that c is compared with", x.Against, near.ID)
	status, err := explain.Status(t.Context(), l.store, p, "b")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "status", fmt.Sprint(status[1].Reasons), "[b.times: 3 -> 4]")
}
