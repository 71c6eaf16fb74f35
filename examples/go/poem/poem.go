// Package poem counts words.
package poem

import (
	"context"
	"fmt"
	"strings"

	"whorl/pipeline/stage"
)

// Params are the parameters of a count.
type Params struct {
	MinLength int    `param:"min_length" min:"1" doc:"shorter words do not count"`
	Case      string `param:"case" enum:"keep,lower" doc:"lower: Upon and upon are the same word"`
}

// Kind counts the different words of a text.
func Kind() stage.Kind {
	return stage.Define(stage.Kind{
		Name:    "count",
		Doc:     "counts the different words of a text",
		Inputs:  []stage.Port{{Name: "text", Doc: "a text file"}},
		Outputs: []stage.Port{{Name: "words", Type: stage.TypeJSON, Doc: "how many there are"}},
		Metrics: []stage.MetricInfo{{Name: "words", Title: "Different words", Goal: stage.Maximize, Primary: true}},
	}, Params{MinLength: 1, Case: "lower"}, count)
}

func count(_ context.Context, t *stage.Task, p Params) error {
	text, err := t.ReadAll("text")
	if err != nil {
		return err
	}
	words := map[string]bool{}
	for _, w := range strings.Fields(string(text)) {
		if p.Case == "lower" {
			w = strings.ToLower(w)
		}
		if len(w) >= p.MinLength {
			words[w] = true
		}
	}
	t.Logf("%d different words", len(words))
	t.Metric("words", float64(len(words)))
	return t.WriteFile("words", fmt.Appendf(nil, "%d\n", len(words)))
}
