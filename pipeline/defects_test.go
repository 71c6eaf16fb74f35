package pipeline_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whorl/pipeline"
	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// These tests repeat defects that adversarial testing found; the numbers are
// those of its list.

// object returns the path of an output in the store.
func (l *lab) object(res *record.Run, name string) string {
	l.t.Helper()
	stageName, output, _ := strings.Cut(name, ".")
	for _, s := range res.Stages {
		for _, o := range s.Outputs {
			if s.Name == stageName && o.Name == output {
				return l.store.Path(o.Artifact)
			}
		}
	}
	l.t.Fatalf("no output %s in %s", name, statuses(res))
	return ""
}

// rot edits a file of the store so that size and modification time stay.
func (l *lab) rot(path string) {
	l.t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		b[len(b)/2] ^= 1
		at := time.Unix(1, 0)
		err = errors.Join(os.Chmod(path, 0o644), os.WriteFile(path, b, 0), os.Chtimes(path, at, at), os.Chmod(path, 0o444))
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// reopen opens the store as another process does.
func (l *lab) reopen() {
	l.t.Helper()
	s, err := store.Open(l.store.Dir())
	if err != nil {
		l.t.Fatal(err)
	}
	l.store = s
}

const commands = `
stages:
  a: {kind: command, cmd: "echo 12345 > {outputs.o}", outputs: {o: o}}
  b: {kind: command, inputs: {a: a.o}, cmd: "cat {inputs.a} > {outputs.o}", outputs: {o: o}}
`

// TestRottenInput: a stage does not run on an object that is rotten and that a
// stat finds right; the object is made again (defect 1).
func TestRottenInput(t *testing.T) {
	for _, force := range []bool{false, true} {
		l := newLab(t)
		_, res := l.run(l.parse(commands), pipeline.Options{Targets: []string{"a"}})
		l.rot(l.object(res, "a.o"))
		l.reopen()
		var notices []string
		_, res = l.run(l.parse(commands), pipeline.Options{Force: force, Observe: func(ev pipeline.Event) {
			if ev.Notice != "" {
				notices = append(notices, ev.Notice)
			}
		}})
		equal(t, "b", l.content(res, "b.o"), "12345\n")
		equal(t, "a", l.content(res, "a.o"), "12345\n")
		for _, n := range notices {
			if strings.Contains(n, "DETERMINISTIC") {
				t.Error(n)
			}
		}
		if c, err := l.store.Fsck(t.Context(), store.FsckOptions{}); err != nil || !c.Sound() {
			t.Errorf("fsck: %+v, %v", c, err)
		}
	}
}

// TestTaintedResult: what was computed from damaged bytes is computed again
// (defect 1).
func TestTaintedResult(t *testing.T) {
	l := newLab(t)
	_, res := l.run(l.parse(commands), pipeline.Options{})
	l.rot(l.object(res, "a.o"))
	c, err := l.store.Fsck(t.Context(), store.FsckOptions{})
	if err != nil || len(c.Damaged) != 1 || len(c.Tainted) != 1 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
	got, _ := l.run(l.parse(commands), pipeline.Options{})
	equal(t, "after fsck", got, "a:ran b:ran")
	if c, err := l.store.Fsck(t.Context(), store.FsckOptions{}); err != nil || !c.Sound() {
		t.Errorf("fsck: %+v, %v", c, err)
	}
}

// TestExecutableInput: the permission to execute an input that is a file is part
// of the key (defect 3).
func TestExecutableInput(t *testing.T) {
	l := newLab(t)
	tool := filepath.Join(l.dir, "tool.sh")
	if err := os.WriteFile(tool, []byte("#!/bin/sh\necho yes\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := l.parse(`
stages:
  s: {kind: command, inputs: {t: ./tool.sh}, cmd: "if [ -x {inputs.t} ]; then ./{inputs.t}; else echo no; fi > {outputs.o}", outputs: {o: o}}
`)
	_, res := l.run(p, pipeline.Options{})
	equal(t, "not executable", l.content(res, "s.o"), "no\n")
	if err := os.Chmod(tool, 0o755); err != nil {
		t.Fatal(err)
	}
	_, res = l.run(p, pipeline.Options{})
	equal(t, "executable", l.content(res, "s.o"), "yes\n")
	got, _ := l.run(p, pipeline.Options{})
	equal(t, "again", got, "s:cached")
}

// TestExecutableOutput: of two outputs with the same bytes one may be executed,
// whichever came first (defect 4).
func TestExecutableOutput(t *testing.T) {
	const text = `
data: ./prog
stages:
  copy: {kind: command, inputs: {p: data}, cmd: "cat {inputs.p} > {outputs.o}", outputs: {o: o}}
  build: {kind: command, inputs: {p: data}, cmd: "cat {inputs.p} > {outputs.prog}; chmod +x {outputs.prog}", outputs: {prog: prog}}
  use: {kind: command, inputs: {prog: build.prog}, cmd: "./{inputs.prog} > {outputs.o}", outputs: {o: o}}
`
	for _, first := range []string{"copy", "use"} {
		l := newLab(t)
		if err := os.WriteFile(filepath.Join(l.dir, "prog"), []byte("#!/bin/sh\necho ran\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		l.run(l.parse(text), pipeline.Options{Targets: []string{first}})
		_, res := l.run(l.parse(text), pipeline.Options{})
		equal(t, "use", l.content(res, "use.o"), "ran\n")
		if info, err := os.Stat(l.object(res, "copy.o")); err != nil || info.Mode()&0o111 != 0 {
			t.Errorf("the copy may be executed: %v, %v", info.Mode(), err)
		}
	}
}

// TestBothResultsKept: a collection keeps the first of two different results of
// one key for as long as its run is kept (defect 6).
func TestBothResultsKept(t *testing.T) {
	l := newLab(t)
	p := l.parse(`{stages: {c: {kind: command, cmd: "date +%N > {outputs.o}", outputs: {o: o}}}}`)
	_, first := l.run(p, pipeline.Options{})
	_, second := l.run(p, pipeline.Options{Force: true})
	if _, err := pipeline.NewEngine(l.store).Collect(t.Context(), pipeline.CollectOptions{Grace: -1}); err != nil {
		t.Fatal(err)
	}
	l.content(first, "c.o")
	l.content(second, "c.o")
	if _, err := pipeline.NewEngine(l.store).Collect(t.Context(), pipeline.CollectOptions{Grace: -1, Keep: []string{first.ID}}); err != nil {
		t.Fatal(err)
	}
	l.content(first, "c.o")
}

// TestKeepLastByStart: the run that is kept as the last is the one that was started
// last, not the one that ended last (defect 8).
func TestKeepLastByStart(t *testing.T) {
	l := newLab(t)
	const text = `{stages: {a: {kind: write}}}`
	started, release := make(chan bool), make(chan bool)
	slow := l.parse(text, "a.text=slow")
	l.hook = func(context.Context, *stage.Task) error { close(started); <-release; return nil }
	done := make(chan error)
	go func() {
		_, err := pipeline.NewEngine(l.store).Run(t.Context(), slow, pipeline.Options{RunID: "1-slow"})
		done <- err
	}()
	<-started
	l.hook = nil
	_, last := l.run(l.parse(text, "a.text=quick"), pipeline.Options{RunID: "2-quick"})
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, err := pipeline.NewEngine(l.store).Collect(t.Context(), pipeline.CollectOptions{KeepLast: 1, Grace: -1}); err != nil {
		t.Fatal(err)
	}
	equal(t, "the run that was started last", l.content(last, "a.out"), "quick")
}

// TestEmptyRecord: a collection refuses when a record cannot be read, and says
// what helps (defects 13 and 14).
func TestEmptyRecord(t *testing.T) {
	l := newLab(t)
	_, res := l.run(l.parse(commands), pipeline.Options{})
	record := filepath.Join(l.store.Dir(), "runs", res.ID+".json")
	if err := os.WriteFile(record, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	eng := pipeline.NewEngine(l.store)
	if _, err := eng.Collect(t.Context(), pipeline.CollectOptions{}); err == nil || !strings.Contains(err.Error(), "whorl fsck") {
		t.Errorf("an empty record: %v", err)
	}
	if c, err := l.store.Fsck(t.Context(), store.FsckOptions{}); err != nil || len(c.Damaged) != 1 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
	var missing *store.MissingRecordsError
	if _, err := eng.Collect(t.Context(), pipeline.CollectOptions{}); !errors.As(err, &missing) {
		t.Errorf("a missing record: %v", err)
	}
	equal(t, "nothing was removed", l.content(res, "b.o"), "12345\n")
	if _, err := eng.Collect(t.Context(), pipeline.CollectOptions{ForgetMissing: true, Grace: -1}); err != nil {
		t.Error(err)
	}
}

// TestInputHoldsStore: a directory through which a link leads to the store is
// refused at once (defect 17).
func TestInputHoldsStore(t *testing.T) {
	l := newLab(t)
	d := filepath.Join(l.dir, "d")
	if err := errors.Join(os.Mkdir(d, 0o755), os.Symlink(l.store.Dir(), d+"/link")); err != nil {
		t.Fatal(err)
	}
	p := l.parse(`{stages: {s: {kind: command, inputs: {d: ./d}, cmd: "ls {inputs.d} > {outputs.o}", outputs: {o: o}}}}`)
	_, err := pipeline.NewEngine(l.store).Run(t.Context(), p, pipeline.Options{})
	if err == nil || !strings.Contains(err.Error(), "holds the artifacts") || len(err.Error()) > 500 {
		t.Errorf("got %v", err)
	}
}

// TestFileForDirectory: a file that holds the listing of a directory is not taken
// for the directory (defect 20).
func TestFileForDirectory(t *testing.T) {
	l := newLab(t)
	d := filepath.Join(l.dir, "d")
	if err := errors.Join(os.Mkdir(d, 0o755), os.WriteFile(d+"/f", []byte("x"), 0o644)); err != nil {
		t.Fatal(err)
	}
	p := l.parse(`{stages: {s: {kind: command, inputs: {d: ./d}, cmd: "[ -d {inputs.d} ] && echo directory > o || echo file > o", outputs: {o: o}}}}`)
	_, res := l.run(p, pipeline.Options{})
	equal(t, "a directory", l.content(res, "s.o"), "directory\n")
	listing, err := l.store.ReadAll(res.Stages[0].Inputs[0].Digest)
	if err == nil {
		err = errors.Join(os.RemoveAll(d), os.WriteFile(d, listing, 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
	_, res = l.run(p, pipeline.Options{})
	equal(t, "a file", l.content(res, "s.o"), "file\n")
}

// TestImmutableOutput: a stage that leaves an immutable file fails, and the store
// goes on (defect 9).
func TestImmutableOutput(t *testing.T) {
	l := newLab(t)
	p := l.parse(`{stages: {a: {kind: command, cmd: "echo x > {outputs.o}; chattr +i {outputs.o} || exit 0", outputs: {o: o}}}}`)
	for range 2 {
		if _, err := pipeline.NewEngine(l.store).Run(t.Context(), p, pipeline.Options{Force: true}); err != nil && !strings.Contains(err.Error(), "not permitted") {
			t.Errorf("got %v", err)
		}
	}
	if c, err := l.store.Fsck(t.Context(), store.FsckOptions{}); err != nil || !c.Sound() {
		t.Errorf("fsck: %+v, %v", c, err)
	}
	if left, _ := os.ReadDir(l.store.Dir() + "/tmp"); len(left) > 0 {
		t.Errorf("left in tmp: %v", left)
	}
}
