package workspace_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whorl/pipeline"
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/workspace"
)

// lengthKind measures a word: more of size is better, less of rest.
func lengthKind() stage.Kind {
	return stage.Kind{
		Name: "length", Outputs: []stage.Port{{Name: "out"}},
		Params: struct {
			Word string `param:"word"`
		}{"hello"},
		Metrics: []stage.MetricInfo{{Name: "size", Goal: stage.Maximize, Primary: true}, {Name: "rest", Goal: stage.Minimize}},
		Run:     length,
	}
}

func length(_ context.Context, t *stage.Task) error {
	word := t.Params.(struct {
		Word string `param:"word"`
	}).Word
	if word == "bad" {
		return errors.New("bad word")
	}
	n := float64(len(word))
	t.MetricAt("size", 1, 100)
	t.MetricAt("size", 2, n)
	t.Metric("rest", 10-n)
	t.Metric("odd", n)
	return t.WriteFile("out", []byte(word))
}

const text = "stages:\n  a: {kind: length}\n"

type lab struct {
	*testing.T
	w       *workspace.Workspace
	dir     string
	notices []string
}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{T: t, dir: filepath.Join(t.TempDir(), "artifacts")}
	l.open()
	t.Cleanup(func() { l.w.Close() })
	return l
}

func (l *lab) open() {
	l.Helper()
	var err error
	l.w, err = workspace.Open(l.Context(), l.dir, workspace.Options{
		Versions: record.Versions{Program: "v1"}, Notice: func(s string) { l.notices = append(l.notices, s) },
	})
	if err != nil {
		l.Fatal(err)
	}
}

func registry(t *testing.T) *spec.Registry {
	t.Helper()
	reg := pipeline.NewRegistry()
	if err := reg.Register(lengthKind()); err != nil {
		t.Fatal(err)
	}
	return reg
}

// run runs the pipeline with a word, under an id.
func (l *lab) run(id, word string, o pipeline.Options) *record.Run {
	l.Helper()
	p, err := registry(l.T).Parse(filepath.Join(l.dir, "pipeline.yaml"), []byte(text), spec.Settings{Set: []string{"a.word=" + word}})
	if err != nil {
		l.Fatal(err)
	}
	o.RunID = id
	r, err := l.w.Run(l.Context(), p, o)
	if r == nil || (err == nil) != (word != "bad") {
		l.Fatal(r, err)
	}
	return r
}

func (l *lab) ids(f workspace.Filter) string {
	l.Helper()
	runs, err := l.w.Runs(l.Context(), f)
	if err != nil {
		l.Fatal(err)
	}
	var ids []string
	for _, r := range runs {
		ids = append(ids, r.ID)
	}
	return strings.Join(ids, " ")
}

func TestOpenExisting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	if _, err := workspace.OpenExisting(t.Context(), dir, workspace.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("it was made")
	}
}

// A run is recorded with where it comes from.
func TestRunIsRecorded(t *testing.T) {
	l := newLab(t)
	want := l.run("r", "four", pipeline.Options{Origin: record.Origin{Trial: 2}})
	got, err := l.w.Find(t.Context(), "r")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, -result +record:\n%s", err, diff)
	}
	if !slices.Equal(got.Command, os.Args) || got.Dir == "" || got.Machine.CPUs == 0 || got.Versions.Program != "v1" || got.Versions.Go == "" || got.Trial != 2 {
		t.Errorf("origin %+v", got.Origin)
	}
	points, err := l.w.Series(t.Context(), "r", "a", "size")
	if err != nil || len(points) != 2 || points[1].Value != 4 {
		t.Errorf("series %v, %v", points, err)
	}
	if info, ok := got.MetricInfo("a.size"); !ok || !info.Primary {
		t.Errorf("info %+v", info)
	}
}

func TestResolve(t *testing.T) {
	l := newLab(t)
	sweep := &record.Sweep{ID: "grid-1", Name: "grid", Trials: 2}
	l.run("20261123-aa", "four", pipeline.Options{})
	l.run("20261123-ab", "seventh", pipeline.Options{Origin: record.Origin{Sweep: sweep, Trial: 1}})
	l.run("20261124-cc", "one", pipeline.Options{Origin: record.Origin{Sweep: sweep, Trial: 2}})
	l.run("20261124-dd", "bad", pipeline.Options{})
	if err := l.w.Name(t.Context(), "20261123-aa", "base"); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{
		"20261123-aa":  "20261123-aa",
		"20261123-a":   "could be",
		"20261124-c":   "20261124-cc",
		"ab":           "20261123-ab", // an end
		"base":         "20261123-aa",
		"last":         "20261124-dd",
		"last~3":       "20261123-aa",
		"last~4":       "only 4 runs",
		"last~x":       "want last~N",
		"grid/1":       "20261123-ab",
		"last/2":       "20261124-cc",
		"grid-1/2":     "20261124-cc",
		"grid/3":       "no run of trial 3",
		"gird/1":       "no sweep",
		"best:a.size":  "20261123-ab",
		"best:a.rest":  "20261123-ab",
		"best:a.odd":   "does not say",
		"best:a.other": "measured it",
		"x":            "the newest are 20261124-dd",
		"%":            "no run",
		"":             "is empty",
	} {
		id, err := l.w.Resolve(t.Context(), ref)
		var wrong *workspace.RefError
		switch {
		case err == nil && id != want:
			t.Errorf("%s: %s, want %s", ref, id, want)
		case err != nil && (!errors.As(err, &wrong) || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %s", ref, err, want)
		}
	}
}

func TestLabels(t *testing.T) {
	l, ctx := newLab(t), t.Context()
	l.run("a", "x", pipeline.Options{})
	l.run("b", "y", pipeline.Options{})
	if err := errors.Join(
		l.w.Name(ctx, "a", "first"), l.w.Tag(ctx, "a", []string{"z", "y", "z"}, nil), l.w.Tag(ctx, "a", []string{"w"}, []string{"y"}), l.w.Note(ctx, "a", "a note"),
	); err != nil {
		t.Fatal(err)
	}
	want := record.Labels{Name: "first", Tags: []string{"w", "z"}, Note: "a note"}
	for range 2 {
		runs, err := l.w.Runs(ctx, workspace.Filter{})
		if err != nil || !cmp.Equal(runs[0].Labels, want) {
			t.Errorf("%+v, %v", runs[0].Labels, err)
		}
		os.Remove(filepath.Join(l.dir, workspace.IndexFile)) // they are not only there
		l.w.Close()
		l.open()
	}
	for _, name := range []string{"first", "a", "last", "x/y", "x y"} {
		if err := l.w.Name(ctx, "b", name); err == nil {
			t.Errorf("b was named %q", name)
		}
	}
	if err := errors.Join(l.w.Name(ctx, "a", ""), l.w.Name(ctx, "b", "first")); err != nil {
		t.Error(err)
	}
}

func TestRemoveAndRestore(t *testing.T) {
	l, ctx := newLab(t), t.Context()
	l.run("aa", "x", pipeline.Options{})
	l.run("bb", "y", pipeline.Options{})
	if err := errors.Join(l.w.Name(ctx, "aa", "n"), l.w.Remove(ctx, "aa")); err != nil {
		t.Fatal(err)
	}
	if got := l.ids(workspace.Filter{}); got != "bb" {
		t.Errorf("after removal: %s", got)
	}
	id, err := l.w.Restore(ctx, "a")
	r, e := l.w.Find(ctx, "n")
	if err != nil || e != nil || id != "aa" || r.ID != "aa" {
		t.Errorf("restored %q, %v, %v", id, err, e)
	}
	if err := l.w.Remove(ctx, "aa"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.w.Collect(ctx, pipeline.CollectOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.w.Restore(ctx, "aa"); err == nil {
		t.Error("restored after a collection")
	}
}

func TestArtifact(t *testing.T) {
	l := newLab(t)
	r := l.run("r", "four", pipeline.Options{})
	a, err := l.w.Artifact(t.Context(), r, "a.out")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(a.Path); err != nil || string(b) != "four" {
		t.Errorf("%q, %v", b, err)
	}
	for _, name := range []string{"", "a", "a.", "a.ot", "b.out", "a.out/x"} {
		var wrong *workspace.RefError
		if _, err := l.w.Artifact(t.Context(), r, name); !errors.As(err, &wrong) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestReproduce(t *testing.T) {
	l := newLab(t)
	r := l.run("r", "four", pipeline.Options{})
	rep, err := l.w.Reproduce(t.Context(), registry(t), r, pipeline.Options{})
	if err != nil || !rep.Identical || len(rep.Artifacts) != 1 || len(rep.Changes) != 0 {
		t.Errorf("%+v, %v", rep, err)
	}
	r.Stages[0].Outputs[0].Digest = strings.Repeat("0", 64)
	if rep, err = l.w.Reproduce(t.Context(), registry(t), r, pipeline.Options{}); err != nil || rep.Identical {
		t.Errorf("%+v, %v", rep, err)
	}
}

// Whatever becomes of the index, answers stay the same and runs are recorded.
func TestIndexIsOnlyAnIndex(t *testing.T) {
	l := newLab(t)
	path := filepath.Join(l.dir, workspace.IndexFile)
	n := 0
	for name, spoil := range map[string]func() error{
		"deleted":   func() error { return nil },
		"damaged":   func() error { return os.WriteFile(path, []byte(strings.Repeat("nonsense", 1000)), 0o666) },
		"empty":     func() error { return os.WriteFile(path, nil, 0o666) },
		"directory": func() error { return os.Mkdir(path, 0o777) },
	} {
		l.w.Close()
		os.RemoveAll(path)
		os.Remove(path + "-wal")
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		l.notices = nil
		l.open()
		for _, during := range []string{"before", "after"} {
			if got := len(strings.Fields(l.ids(workspace.Filter{}))); got != n {
				t.Errorf("%s, %s: %d runs, want %d", name, during, got, n)
			}
			l.run(name+during, name+during, pipeline.Options{})
			n++
		}
		if quiet := name == "deleted" || name == "empty"; (len(l.notices) == 0) != quiet {
			t.Errorf("%s: notices %q", name, l.notices)
		}
	}
}

// A run that goes on is listed as it is, and so is one whose process died.
func TestLiveRuns(t *testing.T) {
	l := newLab(t)
	active, err := l.w.Store().Begin("live")
	if err != nil {
		t.Fatal(err)
	}
	r := l.run("r", "four", pipeline.Options{})
	r.ID, r.State, r.Finished = "live", record.Running, time.Time{}
	b, err := record.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := active.Append(b); err != nil {
		t.Fatal(err)
	}
	if got := l.ids(workspace.Filter{State: record.Running}); got != "live" {
		t.Errorf("running: %q", got)
	}
	if err := l.w.Remove(t.Context(), "live"); err == nil {
		t.Error("a run that goes on was removed")
	}
	active.Abandon()
	if got := l.ids(workspace.Filter{}); got != "r" {
		t.Errorf("afterwards: %q", got)
	}
}
