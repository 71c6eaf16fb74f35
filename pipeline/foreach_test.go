package pipeline_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
)

// TestForeach adds, removes and reorders items: each is executed once, and what
// they come to is gathered in their order.
func TestForeach(t *testing.T) {
	l := newLab(t)
	yaml := func(items string) string {
		return `
stages:
  each:
    kind: command
    foreach: {subject: ` + items + `}
    params: {n: 1}
    cmd: "echo {params.subject} {params.n} > {outputs.o}"
    outputs: {o: o.txt}
  all:
    kind: command
    inputs: {dir: each.o, list: each.items}
    cmd: "cat {inputs.dir}/* > {outputs.o}; ls {inputs.dir} >> {outputs.o}"
    outputs: {o: o}
`
	}
	run := func(what, items, want string, set ...string) *record.Run {
		t.Helper()
		got, res := l.run(l.parse(yaml(items), set...), pipeline.Options{})
		equal(t, what, got, want)
		return res
	}
	res := run("first run", "[x, y]", "each[x]:ran each[y]:ran each:ran all:ran")
	equal(t, "gathered", l.content(res, "all.o"), "x 1\ny 1\n0001-x.txt\n0002-y.txt\n")
	equal(t, "items", l.content(res, "each.items"), `[
  {"entry": "0001-x", "params": {"subject": "x"}},
  {"entry": "0002-y", "params": {"subject": "y"}}
]
`)
	run("again", "[x, y]", "each[x]:cached each[y]:cached each:cached all:cached")
	run("one added", "[x, y, z]", "each[x]:cached each[y]:cached each[z]:ran each:ran all:ran")
	run("one removed", "[y, z]", "each[y]:cached each[z]:cached each:ran all:ran")
	res = run("reordered", "[z, y]", "each[z]:cached each[y]:cached each:ran all:ran")
	equal(t, "reordered", l.content(res, "all.o"), "z 1\ny 1\n0001-z.txt\n0002-y.txt\n")
	run("a parameter of all", "[z, y]", "each[z]:ran each[y]:ran each:ran all:ran", "each.n=2")

	x, err := explain.Why(t.Context(), l.store, l.parse(yaml("[x, y, w]")), "each", res.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"w.txt", `item 0003-w: (none) -> {"entry": "0003-w", "params": {"subject": "w"}}`} {
		if !strings.Contains(x.String(), want) {
			t.Errorf("%q is missing in\n%s", want, x)
		}
	}
	got, _ := l.run(l.parse(yaml("[x, y]")), pipeline.Options{Targets: []string{"each[y]"}})
	equal(t, "one item", got, "each[y]:cached")
}

// TestForeachRows reads the items from a file, with an input for each.
func TestForeachRows(t *testing.T) {
	l := newLab(t)
	for name, text := range map[string]string{"items.csv": "id,n\na,1\nb,2\n", "a.txt": "A", "b.txt": "B"} {
		if err := os.WriteFile(filepath.Join(l.dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	const text = `
stages:
  each:
    kind: command
    foreach: ./items.csv
    inputs: {in: "./{params.id}.txt"}
    cmd: "for i in $(seq {params.n}); do cat {inputs.in}; done > {outputs.o}; echo '{\"n\": {params.n}}' > {metrics}"
    outputs: {o: o/}
    metrics: {file: m.json}
`
	fixed := strings.NewReplacer(`> {outputs.o};`, `> {outputs.o}/x;`, `echo '{\"n\": {params.n}}'`, `echo '{\"n\": '{params.n}'}'`).Replace(text)
	got, res := l.run(l.parse(fixed), pipeline.Options{})
	equal(t, "run", got, "each[a,1]:ran each[b,2]:ran each:ran")
	equal(t, "metric", fmt.Sprint(res.Stages[1].Metrics), "[{n -1 2 false}]")
	path := l.store.Path(res.Stages[2].Outputs[1].Artifact)
	b, err := os.ReadFile(filepath.Join(path, "0002-b,2", "x"))
	if err != nil || string(b) != "BB" {
		t.Errorf("gathered %q, %v", b, err)
	}
	if _, err := l.reg.Parse(filepath.Join(l.dir, "pipeline.yaml"), []byte(text), spec.Settings{}); err == nil || !strings.Contains(err.Error(), "stands in single quotes") {
		t.Error("a parameter in quotes was accepted")
	}
}
