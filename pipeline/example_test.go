package pipeline_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// CountParams are the parameters of a count, with their defaults in Kind.
type CountParams struct {
	MinLength int `param:"min_length" min:"1" doc:"shorter words do not count"`
}

// countKind counts the words of a text.
func countKind() stage.Kind {
	return stage.Kind{
		Name:    "count",
		Doc:     "counts the words of a text",
		Inputs:  []stage.Port{{Name: "text"}},
		Outputs: []stage.Port{{Name: "words", Type: stage.TypeJSON}},
		Params:  CountParams{MinLength: 1},
		Run: func(ctx context.Context, t *stage.Task) error {
			text, err := t.ReadAll("text")
			if err != nil {
				return err
			}
			n := 0
			for word := range strings.FieldsSeq(string(text)) {
				if len(word) >= t.Params.(CountParams).MinLength {
					n++
				}
			}
			t.Metric("words", float64(n))
			return t.WriteFile("words", fmt.Appendf(nil, "%d\n", n))
		},
	}
}

// A program registers its own kinds and runs its own pipeline.yaml. One that
// also registers its source, with [spec.Registry.AddSource], has its stages
// identified by the packages that they reach rather than by the executable.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	text := `
stages:
  shout:
    kind: command
    inputs: {text: ./poem.txt}
    cmd: "tr a-z A-Z < {inputs.text} > {outputs.text}"
    outputs: {text: shout.txt}
  count:
    kind: count
    inputs: {text: shout.text}
    params: {min_length: 4}
`
	os.WriteFile(filepath.Join(dir, "poem.txt"), []byte("so much depends upon a red wheel barrow"), 0o666)
	os.WriteFile(filepath.Join(dir, "pipeline.yaml"), []byte(text), 0o666)

	reg := pipeline.NewRegistry()
	if err := reg.Register(countKind()); err != nil {
		log.Fatal(err)
	}
	artifacts, err := store.Open(filepath.Join(dir, "artifacts"))
	if err != nil {
		log.Fatal(err)
	}
	engine := pipeline.NewEngine(artifacts)
	for _, set := range [][]string{nil, nil, {"count.min_length=5"}} {
		p, err := reg.Load(filepath.Join(dir, "pipeline.yaml"), spec.Settings{Set: set})
		if err != nil {
			log.Fatal(err) // lists everything that is wrong, with positions
		}
		result, err := engine.Run(context.Background(), p, pipeline.Options{})
		if err != nil {
			log.Fatal(err)
		}
		for _, s := range result.Stages {
			fmt.Print(s.Name, " ", s.Status)
			for _, m := range s.Metrics {
				fmt.Printf(", %s %v", m.Name, m.Value)
			}
			fmt.Print("; ")
		}
		fmt.Println(result.State)
	}
	p, err := reg.Load(filepath.Join(dir, "pipeline.yaml"), spec.Settings{Set: []string{"count.min_length=9"}})
	if err != nil {
		log.Fatal(err)
	}
	why, err := explain.Why(context.Background(), artifacts, p, "count", "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(why.Forecast, why.Reasons)
	// Output:
	// shout ran; count ran, words 5; done
	// shout cached; count cached, words 5; done
	// shout cached; count ran, words 3; done
	// run [count.min_length: 5 -> 9]
}
