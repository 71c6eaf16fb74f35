package spec_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\n got %s\nwant %s", path, got, want)
	}
}

// describe writes a pipeline out in full, with its settings resolved.
func describe(t *testing.T, p *spec.Pipeline) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "data %q seed %d\n", p.Data, p.Seed)
	nodes, err := p.Nodes()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		fmt.Fprintf(&b, "%s (%s)\n", n.Name, n.Kind.Name)
		for _, v := range n.Params {
			fmt.Fprintf(&b, "  %s = %v (%T)\n", v.Name, v.Value, v.Value)
		}
		for _, in := range n.Inputs {
			fmt.Fprintf(&b, "  %s <- %s\n", in.Name, in.Ref)
		}
	}
	return b.String()
}

func TestSpecs(t *testing.T) {
	files, err := filepath.Glob("testdata/spec/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no specs: ", err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".yaml")
		t.Run(name, func(t *testing.T) {
			p, err := registry(t).Load(f, spec.Settings{})
			got := ""
			if err != nil {
				if se := (*spec.Error)(nil); !errors.As(err, &se) {
					t.Fatalf("%T, want a *Error", err)
				}
				got = err.Error() + "\n"
			} else {
				got = describe(t, p)
			}
			golden(t, "spec/"+name+".golden", got)
		})
	}
}

func TestGraphs(t *testing.T) {
	p, err := registry(t).Load("testdata/spec/good.yaml", spec.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range spec.GraphFormats {
		var b bytes.Buffer
		if err := p.WriteGraph(&b, f); err != nil {
			t.Fatal(err)
		}
		golden(t, "graph."+string(f), b.String())
	}
	p, err = registry(t).Load("testdata/spec/commandgood.yaml", spec.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.WriteGraph(&b, spec.GraphText); err != nil {
		t.Fatal(err)
	}
	golden(t, "foreach.text", b.String())
	if err := p.WriteGraph(new(bytes.Buffer), "svg"); err == nil {
		t.Error("an unknown format was drawn")
	}
}

func TestSettings(t *testing.T) {
	const text = `
data: {source: numbers, params: {times: 2}}
stages:
  a: {kind: write}
  l: {kind: list, inputs: {dir: data}}
  t: {kind: typed}
`
	seven := uint64(7)
	for _, c := range []struct {
		name     string
		settings spec.Settings
		want     string // a part of the description, or of the error
	}{
		{"string", spec.Settings{Set: []string{"a.text=x y=z"}}, "text = x y=z (string)"},
		{"list", spec.Settings{Set: []string{"t.size=[3, 4]"}}, "size = [3 4] ([]int64)"},
		{"integer for a number", spec.Settings{Set: []string{"t.rate=1"}}, "rate = 1 (float64)"},
		{"the last counts", spec.Settings{Set: []string{"a.text=x", "a.text=y"}}, "text = y (string)"},
		{"data parameter", spec.Settings{Set: []string{"data.times=5"}}, "times = 5 (int64)"},
		{"the file's data parameter", spec.Settings{}, "times = 2 (int64)"},
		{"data by name", spec.Settings{Data: "numbers"}, "times = 2 (int64)"},
		{"data by path", spec.Settings{Data: "somewhere"}, `data "somewhere"`},
		{"seed", spec.Settings{Seed: &seven}, "seed 7"},
		{"seed, set", spec.Settings{Set: []string{"seed=9"}}, "seed 9"},

		{"without its stage", spec.Settings{Set: []string{"rate=0.5"}}, "--set rate=0.5: want stage.param=value (did you mean t.rate=0.5?)"},
		{"of no stage", spec.Settings{Set: []string{"x=0.5"}}, "--set x=0.5: want stage.param=value"},
		{"no value", spec.Settings{Set: []string{"a.text"}}, "--set a.text: want stage.param=value"},
		{"empty value", spec.Settings{Set: []string{"a.text="}}, `--set a.text=: stage "a": parameter "text" wants a string, not nothing`},
		{"no stage", spec.Settings{Set: []string{"ab.text=x"}}, `--set ab.text=x: unknown stage "ab" (did you mean "a"?)`},
		{"no parameter", spec.Settings{Set: []string{"a.txt=x"}}, `--set a.txt=x: stage "a": unknown parameter "txt" (did you mean "text"?)`},
		{"enumeration", spec.Settings{Set: []string{"t.mode=bas"}}, `--set t.mode=bas: stage "t": parameter "mode" wants one of subtract, abs, not "bas" (did you mean "abs"?)`},
		{"parameters of a path", spec.Settings{Data: "x", Set: []string{"data.times=5"}}, "--set data.times=5: the data is the path x, which has no parameters"},
		{"bad seed", spec.Settings{Set: []string{"seed=x"}}, `--set seed=x: want an integer from 0 to 2^64-1, not "x"`},
		{"no YAML", spec.Settings{Set: []string{"a.text=[x"}}, "--set a.text=[x: the value is no YAML"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := registry(t).Parse("spec.yaml", []byte(text), c.settings)
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = describe(t, p)
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("got\n%s\nwant in it\n%s", got, c.want)
			}
		})
	}
}

// TestAbsent checks that a path which does not exist is reported with its
// position.
func TestAbsent(t *testing.T) {
	dir := t.TempDir()
	check := func(text string, settings spec.Settings) string {
		t.Helper()
		p, err := registry(t).Parse(filepath.Join(dir, "pipeline.yaml"), []byte(text), settings)
		if err != nil {
			t.Fatal(err)
		}
		err = p.CheckSources(filepath.Join(dir, "artifacts"))
		if err == nil {
			t.Fatal("it was found")
		}
		return err.Error()
	}
	got := check("stages:\n  a: {kind: write}\n  c: {kind: copy, inputs: {in: ./nowhere}}\n", spec.Settings{})
	if !strings.Contains(got, `pipeline.yaml:3:32: stage "c": input "in" cannot be read`) {
		t.Error(got)
	}
	// A path that --data gave is reported once, by that name.
	const two = "stages:\n  c: {kind: copy, inputs: {in: data}}\n  d: {kind: copy, inputs: {in: data}}\n"
	got = check(two, spec.Settings{Data: "nowhere"})
	if !strings.HasPrefix(got, "--data nowhere: the data cannot be read: ") || strings.Contains(got, "\n") {
		t.Error(got)
	}
}

// FuzzSpec checks that no text makes the parser panic, that every error has a
// position, and that what is accepted can be drawn.
func FuzzSpec(f *testing.F) {
	files, _ := filepath.Glob("testdata/spec/*.yaml")
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	reg := registry(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := reg.Parse("f.yaml", text, spec.Settings{})
		if err != nil {
			var se *spec.Error
			if !errors.As(err, &se) || len(se.Problems) == 0 {
				t.Fatalf("error without yamlwalk.Problems: %v", err)
			}
			for _, pr := range se.Problems {
				if pr.File == "" || pr.Message == "" || pr.Line < 1 || pr.Column < 1 {
					t.Errorf("problem without a position: %+v", pr)
				}
			}
			return
		}
		for _, format := range spec.GraphFormats {
			if err := p.WriteGraph(new(bytes.Buffer), format); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestRegistration checks what a kind may declare.
func TestRegistration(t *testing.T) {
	kind := func(change func(k *stage.Kind)) stage.Kind {
		k := stage.Kind{Name: "k", Outputs: ports("out"), Run: nothing}
		change(&k)
		return k
	}
	for want, k := range map[string]stage.Kind{
		`kind "a b": a name is`:                          kind(func(k *stage.Kind) { k.Name = "a b" }),
		`kind "command": the name is the engine's own`:   kind(func(k *stage.Kind) { k.Name = "command" }),
		`kind "gather": the name is the engine's own`:    kind(func(k *stage.Kind) { k.Name = "gather" }),
		`kind "k": it has no Run`:                        kind(func(k *stage.Kind) { k.Run = nil }),
		`kind "k": port "out": a name is`:                kind(func(k *stage.Kind) { k.Outputs = ports("out", "out") }),
		`kind "k": port "a.b": a name is`:                kind(func(k *stage.Kind) { k.Inputs = ports("a.b") }),
		`kind "k": parameters are int: want a struct`:    kind(func(k *stage.Kind) { k.Params = 3 }),
		`kind "k": metric "m": unknown goal "low"`:       kind(func(k *stage.Kind) { k.Metrics = []stage.MetricInfo{{Name: "m", Goal: "low"}} }),
		`kind "k": metric "m" is described twice`:        kind(func(k *stage.Kind) { k.Metrics = []stage.MetricInfo{{Name: "m"}, {Name: "m"}} }),
		`kind "k": metric "m" is primary, so it needs a`: kind(func(k *stage.Kind) { k.Metrics = []stage.MetricInfo{{Name: "m", Primary: true}} }),
		`kind "k": a metric has no name`:                 kind(func(k *stage.Kind) { k.Metrics = []stage.MetricInfo{{}} }),
		`kind "k": metrics "a" and "b" are both primary`: kind(func(k *stage.Kind) {
			k.Metrics = []stage.MetricInfo{{Name: "a", Goal: stage.Minimize, Primary: true}, {Name: "b", Goal: stage.Maximize, Primary: true}}
		}),
	} {
		if err := spec.NewRegistry().Register(k); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestUsesSeed(t *testing.T) {
	p, err := registry(t).Parse("p.yaml", []byte("stages:\n  a: {kind: write}\n  d: {kind: dice}\n"), spec.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	for want, targets := range map[bool][]string{true: nil, false: {"a"}} {
		if got, err := p.UsesSeed(targets...); got != want || err != nil {
			t.Errorf("%v: got %v, %v", targets, got, err)
		}
	}
}
