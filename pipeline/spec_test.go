package pipeline_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/pipeline"
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
	equal(t, path, got, string(want))
}

type typedParams struct {
	Mode  string  `param:"mode" enum:"subtract,abs"`
	Rate  float64 `param:"rate" min:"0.001" max:"1"`
	Size  [2]int  `param:"size" min:"1"`
	Sizes []int   `param:"sizes"`
	Flag  bool    `param:"flag"`
}

func (p *typedParams) Validate() error {
	if p.Size[0] > p.Size[1] {
		return fmt.Errorf("parameter \"size\" wants its first number not to be beyond its second, not %v", p.Size)
	}
	return nil
}

func specLab(t *testing.T) *lab {
	l := newLab(t)
	err := l.reg.Register(l.kind(stage.Kind{
		Name: "typed", Params: typedParams{Mode: "abs", Rate: 0.5, Size: [2]int{1, 2}},
	}, func(*stage.Task) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// describe writes a pipeline out in full, with its settings resolved.
func describe(t *testing.T, p *pipeline.Pipeline) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "data %q seed %d\n", p.Data, p.Seed)
	plans, err := p.Plans()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range plans {
		fmt.Fprintf(&b, "%s (%s)\n", s.Name, s.Kind)
		for _, v := range s.Params {
			fmt.Fprintf(&b, "  %s = %v (%T)\n", v.Name, v.Value, v.Value)
		}
		for _, w := range s.Inputs {
			fmt.Fprintf(&b, "  %s <- %s\n", w.Name, w.Ref)
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
			p, err := specLab(t).reg.Load(f, pipeline.Settings{})
			got := ""
			if err != nil {
				if se := (*pipeline.SpecError)(nil); !errors.As(err, &se) {
					t.Fatalf("%T, want a *SpecError", err)
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
	p, err := specLab(t).reg.Load("testdata/spec/good.yaml", pipeline.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range pipeline.GraphFormats {
		var b bytes.Buffer
		if err := p.WriteGraph(&b, f); err != nil {
			t.Fatal(err)
		}
		golden(t, "graph."+string(f), b.String())
	}
	if err := p.WriteGraph(new(bytes.Buffer), "svg"); err == nil {
		t.Error("an unknown format was drawn")
	}
}

func TestSettings(t *testing.T) {
	const spec = `
data: {source: numbers, params: {times: 2}}
stages:
  a: {kind: write}
  l: {kind: list, inputs: {dir: data}}
  t: {kind: typed}
`
	seven := uint64(7)
	for _, c := range []struct {
		name     string
		settings pipeline.Settings
		want     string // a part of the description, or of the error
	}{
		{"string", pipeline.Settings{Set: []string{"a.text=x y=z"}}, "text = x y=z (string)"},
		{"list", pipeline.Settings{Set: []string{"t.size=[3, 4]"}}, "size = [3 4] ([]int64)"},
		{"integer for a number", pipeline.Settings{Set: []string{"t.rate=1"}}, "rate = 1 (float64)"},
		{"the last counts", pipeline.Settings{Set: []string{"a.text=x", "a.text=y"}}, "text = y (string)"},
		{"data parameter", pipeline.Settings{Set: []string{"data.times=5"}}, "times = 5 (int64)"},
		{"the file's data parameter", pipeline.Settings{}, "times = 2 (int64)"},
		{"data by name", pipeline.Settings{Data: "numbers"}, "times = 2 (int64)"},
		{"data by path", pipeline.Settings{Data: "somewhere"}, `data "somewhere"`},
		{"seed", pipeline.Settings{Seed: &seven}, "seed 7"},
		{"seed, set", pipeline.Settings{Set: []string{"seed=9"}}, "seed 9"},

		{"no value", pipeline.Settings{Set: []string{"a.text"}}, "--set a.text: want stage.param=value"},
		{"empty value", pipeline.Settings{Set: []string{"a.text="}}, `--set a.text=: stage "a": parameter "text" wants a string, not nothing`},
		{"no stage", pipeline.Settings{Set: []string{"ab.text=x"}}, `--set ab.text=x: there is no stage "ab" (did you mean "a"?)`},
		{"no parameter", pipeline.Settings{Set: []string{"a.txt=x"}}, `--set a.txt=x: stage "a": unknown parameter "txt" (did you mean "text"?)`},
		{"enumeration", pipeline.Settings{Set: []string{"t.mode=bas"}}, `--set t.mode=bas: stage "t": parameter "mode" wants one of subtract, abs, not "bas" (did you mean "abs"?)`},
		{"parameters of a path", pipeline.Settings{Data: "x", Set: []string{"data.times=5"}}, "--set data.times=5: the data is the path x, which has no parameters"},
		{"bad seed", pipeline.Settings{Set: []string{"seed=x"}}, `--set seed=x: want an integer from 0 to 2^64-1, not "x"`},
		{"no YAML", pipeline.Settings{Set: []string{"a.text=[x"}}, "--set a.text=[x: the value is no YAML"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := specLab(t).reg.Parse("pipeline.yaml", []byte(spec), c.settings)
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

// TestAbsent checks that a path which is not there is told of, with its
// position, before anything runs.
func TestAbsent(t *testing.T) {
	l := newLab(t)
	p := l.parse("stages:\n  a: {kind: write}\n  c: {kind: copy, inputs: {in: ./nowhere}}\n")
	res, err := pipeline.NewEngine(l.store).Run(t.Context(), p, pipeline.Options{})
	if res != nil || err == nil || !strings.Contains(err.Error(), `pipeline.yaml:3:32: stage "c": input "in": it cannot be read`) {
		t.Errorf("got %v, %v", res, err)
	}
	equal(t, "executions", l.count("a"), 0)

	// What --data gave is told of once, by that name.
	spec := []byte("stages:\n  c: {kind: copy, inputs: {in: data}}\n  d: {kind: copy, inputs: {in: data}}\n")
	p, err = l.reg.Parse("pipeline.yaml", spec, pipeline.Settings{Data: "nowhere"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = pipeline.NewEngine(l.store).Run(t.Context(), p, pipeline.Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "--data nowhere: the data cannot be read: ") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
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
	l := &lab{}
	reg := pipeline.NewRegistry()
	reg.Register(l.kind(stage.Kind{Name: "copy", Inputs: port("in"), Outputs: port("out")}, nil),
		l.kind(stage.Kind{Name: "typed", Params: typedParams{Mode: "abs", Rate: 0.5}}, nil))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := reg.Parse("f.yaml", text, pipeline.Settings{})
		if err != nil {
			var se *pipeline.SpecError
			if !errors.As(err, &se) || len(se.Problems) == 0 {
				t.Fatalf("error without problems: %v", err)
			}
			for _, pr := range se.Problems {
				if pr.File == "" || pr.Message == "" || pr.Line < 1 || pr.Column < 1 {
					t.Errorf("problem without a position: %+v", pr)
				}
			}
			return
		}
		for _, format := range pipeline.GraphFormats {
			if err := p.WriteGraph(new(bytes.Buffer), format); err != nil {
				t.Error(err)
			}
		}
	})
}
