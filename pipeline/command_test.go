package pipeline_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
)

// TestSpelling checks that what a command sees of a parameter is a function of
// what the key says of it: another spelling of the same number may not lead to
// other bytes under the same key.
func TestSpelling(t *testing.T) {
	l := newLab(t)
	text := func(params string) string {
		return "stages:\n  c: {kind: command, params: " + params + ", cmd: \"echo {params.a} {params.b} > {outputs.o}\", outputs: {o: o}}\n"
	}
	seen := map[string]string{} // by key
	for _, c := range []struct{ params, want string }{
		{"{a: true, b: [1, 2.5]}", "true 1 2.5\n"},
		{"{a: True, b: [0x1, 2.50]}", "true 1 2.5\n"},
		{"{a: 16, b: 1000}", "16 1000\n"},
		{"{a: 0x10, b: 1e3}", "16 1000.0\n"},
		{"{a: 16.0, b: 1000.0}", "16.0 1000.0\n"},
		{`{a: "16.0", b: "1e3"}`, "16.0 1e3\n"},
		{"{a: 0.001, b: 1}", "0.001 1\n"},
		{"{a: 1e-3, b: +1}", "0.001 1\n"},
	} {
		_, res := l.run(l.parse(text(c.params)), pipeline.Options{})
		got := l.content(res, "c.o")
		equal(t, c.params, got, c.want)
		if before, ok := seen[res.Stages[0].Key]; ok {
			equal(t, c.params+": under the same key", got, before)
		}
		seen[res.Stages[0].Key] = got
		_, forced := l.run(l.parse(text(c.params)), pipeline.Options{Force: true})
		equal(t, c.params+": executed again", len(forced.Stages[0].Notes), 0)
	}
	equal(t, "keys", len(seen), 6)
}

// TestEnvironmentBytes checks that two values of a variable that are no UTF-8 do
// not share a key.
func TestEnvironmentBytes(t *testing.T) {
	l := newLab(t)
	for _, value := range []string{"\xff", "\xfe", "\ufffd", `\xff`} {
		p, err := l.reg.Parse("pipeline.yaml", []byte("stages:\n  c: {kind: command, env: [X], cmd: \"printf %s \\\"$X\\\" > {outputs.o}\", outputs: {o: o}}\n"),
			spec.Settings{LookupEnv: func(string) (string, bool) { return value, true }})
		if err != nil {
			t.Fatal(err)
		}
		got, res := l.run(p, pipeline.Options{})
		equal(t, "status", got, "c:ran")
		equal(t, "what the command saw", l.content(res, "c.o"), value)
		got, _ = l.run(p, pipeline.Options{})
		equal(t, "status", got, "c:cached")
	}
}

// TestCommandFields runs a command that uses every field, twice.
func TestCommandFields(t *testing.T) {
	l := newLab(t)
	write := func(name, text string, mode os.FileMode) {
		t.Helper()
		path := filepath.Join(l.dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), mode)); err != nil {
			t.Fatal(err)
		}
	}
	write("bin/fit", "#!/bin/sh\ncat \"$1\" \"$2\"\n", 0o777)
	write("bin/version", "#!/bin/sh\necho fit 1.0\n", 0o777)
	write("raw.csv", "a,b\n", 0o666)
	const text = `
seed: 5
stages:
  fit:
    kind: command
    inputs: {table: ./raw.csv}
    params: {alpha: 1.0, depth: 3, name: "it's"}
    seed: true
    path: [./bin]
    tools: [version]
    cmd: |
      fit {inputs.table} {params} > {outputs.model}
      echo {seed} $WHORL_SEED {inputs.table} >> {outputs.model}
      printf 'step,loss\n1,0.5\n' > {series}
      echo '{"rmse": NaN, "hard": {"rmse": 2}}' > {metrics}
    outputs: {model: {file: model.svg, title: The model}}
    metrics: {file: metrics.json, series: history.csv, about: {rmse: {goal: minimize, primary: true}}}
`
	p := l.parse(text)
	got, res := l.run(p, pipeline.Options{})
	equal(t, "first run", got, "fit:ran")
	equal(t, "what the command saw", l.content(res, "fit.model"), `a,b
{
  "alpha": 1.0,
  "depth": 3,
  "name": "it's"
}
5 5 in/table/raw.csv
`)
	equal(t, "media type", res.Stages[0].Outputs[0].Type, stage.TypeSVG)
	equal(t, "metrics", fmt.Sprint(res.Stages[0].Metrics), "[{loss 1 0.5 false} {rmse -1 NaN false} {hard.rmse -1 2 false}]")
	nodes, err := p.Nodes()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "described", fmt.Sprintf("%+v", nodes[0].Metrics), "[{Name:rmse Title: Unit: Goal:minimize Primary:true Doc:}]")
	uses, err := p.UsesSeed()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "uses the seed", uses, true)
	got, _ = l.run(l.parse(text), pipeline.Options{})
	equal(t, "second run", got, "fit:cached")

	why := func(text string, set ...string) string {
		t.Helper()
		x, err := explain.Why(t.Context(), l.store, l.parse(text, set...), "fit", res.ID)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(x.Reasons)
	}
	edit := func(old, new string) string { return strings.Replace(text, old, new, 1) }
	equal(t, "a seed", why(text, "seed=6"), "[seed: 5 -> 6]")
	equal(t, "the type of a parameter", why(edit("1.0", "1")), "[fit.alpha: 1.0 -> 1]")
	equal(t, "the path", why(edit("[./bin]", "[bin]")), `[path: ["./bin"] -> ["bin"]]`)
	equal(t, "the series", why(edit("history.csv", "h.csv")), `[metrics series: "history.csv" -> "h.csv"]`)
	equal(t, "a title", why(edit("The model", "A model")), "[]")
	equal(t, "a goal", why(edit("minimize", "maximize")), "[]")
	equal(t, "a tool", why(edit("[version]", "[version, 'echo  2']")), `[tool "echo  2": (none) -> "2"]`)
	write("bin/version", "#!/bin/sh\necho fit 1.1\n", 0o777)
	equal(t, "a tool is run once in a process", why(text), "[]")
	l.reg = newLab(t).reg
	equal(t, "another version of the tool", why(text), `[tool "version": "fit 1.0" -> "fit 1.1"]`)

	p = l.parse(edit("[version]", `["version; exit 3"]`))
	_, err = pipeline.NewEngine(l.store).Run(t.Context(), p, pipeline.Options{})
	if err == nil || !strings.Contains(err.Error(), `pipeline.yaml:10:13: tool "version; exit 3": it ended with exit status 3: fit 1.1`) {
		t.Errorf("a tool that fails: %v", err)
	}
	p = l.parse(edit("./bin", "./nobin"))
	if err := p.CheckSources(l.store.Dir()); err == nil || !strings.Contains(err.Error(), `pipeline.yaml:9:12: stage "fit": path: stat `) {
		t.Errorf("a path that does not exist: %v", err)
	}
}
