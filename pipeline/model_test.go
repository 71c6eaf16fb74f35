package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/record"
)

// A draft is a stage of a pipeline that is drawn at random: it writes, repeats,
// copies or measures.
type draft struct {
	kind  string
	text  string // of a write
	times int    // of a repeat
	input int    // an earlier stage
}

func (d draft) yaml(i int) string {
	params := ""
	switch d.kind {
	case "write":
		return fmt.Sprintf("  s%d: {kind: write, params: {text: %q}}\n", i, d.text)
	case "repeat":
		params = fmt.Sprintf(", params: {times: %d}", d.times)
	}
	return fmt.Sprintf("  s%d: {kind: %s, inputs: {in: s%d.out}%s}\n", i, d.kind, d.input, params)
}

// output is what the stage makes of its input.
func (d draft) output(in string) string {
	switch d.kind {
	case "write":
		return d.text
	case "repeat":
		return strings.Repeat(in, d.times)
	case "length":
		return fmt.Sprint(len(in))
	}
	return in
}

// work names what the stage's result depends on.
func (d draft) work(in string) string {
	switch d.kind {
	case "write":
		return "write " + d.text
	case "repeat":
		return fmt.Sprint("repeat ", d.times, " ", in)
	}
	return d.kind + " " + in
}

func drawDraft(t *rapid.T, i int) draft {
	d := draft{kind: "write"}
	if i > 0 {
		d.kind = rapid.SampledFrom([]string{"write", "repeat", "copy", "length"}).Draw(t, "kind")
		d.input = rapid.IntRange(0, i-1).Draw(t, "input")
	}
	d.text = rapid.SampledFrom([]string{"a", "b", "cc"}).Draw(t, "text")
	d.times = rapid.IntRange(1, 2).Draw(t, "times")
	return d
}

// TestModel changes random pipelines in random ways and runs them after each
// change. Every output is what a model says; every piece of work is done once,
// and no other; and the status beforehand is true.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLab(t)
		var drafts []draft
		for i := range rapid.IntRange(1, 6).Draw(rt, "stages") {
			drafts = append(drafts, drawDraft(rt, i))
		}
		done := map[string]bool{}
		for range rapid.IntRange(1, 5).Draw(rt, "runs") {
			i := rapid.IntRange(0, len(drafts)-1).Draw(rt, "changed")
			drafts[i] = drawDraft(rt, i)
			text := "stages:\n"
			for i, d := range drafts {
				text += d.yaml(i)
			}
			p := l.parse(text)
			foretold, err := explain.Status(t.Context(), l.store, p)
			if err != nil {
				rt.Fatal(err)
			}
			_, res := l.run(p, pipeline.Options{Jobs: rapid.IntRange(1, 4).Draw(rt, "jobs")})

			outputs := make([]string, len(drafts))
			ran := map[string]int{}
			fresh := map[string]bool{}
			for i, d := range drafts {
				in := outputs[d.input]
				outputs[i] = d.output(in)
				name, work := fmt.Sprint("s", i), d.work(in)
				if got := l.content(res, name+".out"); got != outputs[i] {
					rt.Fatalf("%s: got %q, want %q in\n%s", name, got, outputs[i], text)
				}
				if !done[work] {
					fresh[work] = true
				}
				k := indexOf(res, name)
				if res.Stages[k].Status == record.Ran {
					ran[work]++
				}
				switch was := foretold[k]; {
				case was.Name != name:
					rt.Fatalf("status tells of %s in the place of %s", was.Name, name)
				case was.Forecast == explain.IsCached && fresh[work], was.Forecast == explain.WillRun && done[work]:
					rt.Fatalf("%s was foretold as %s in\n%s", name, was.Forecast, text)
				}
			}
			for work := range fresh {
				if ran[work] != 1 {
					rt.Fatalf("work %q was done %d times in\n%s", work, ran[work], text)
				}
				done[work] = true
			}
			if len(ran) != len(fresh) {
				rt.Fatalf("ran %v, want %v in\n%s", ran, fresh, text)
			}
		}
	})
}

func indexOf(res *record.Run, name string) int {
	for i := range res.Stages {
		if res.Stages[i].Name == name {
			return i
		}
	}
	return -1
}
