package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"whorl/pipeline"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// overhead measures the first run of 200 stages that do next to nothing, each
// in an empty store, with everything durable: as time a stage.
func (r *report) overhead(ctx context.Context, dir string, rounds int) error {
	const stages = 200
	var text strings.Builder
	text.WriteString("stages:\n")
	for i := range stages {
		fmt.Fprintf(&text, "  s%d: {kind: trivial, params: {text: \"%d\"}}\n", i, i)
	}
	round := 0
	ours := function("whorl", func(ctx context.Context) error {
		round++
		reg := pipeline.NewRegistry()
		s, err := store.Open(filepath.Join(dir, fmt.Sprint(round)))
		if err := errors.Join(err, reg.Register(trivial())); err != nil {
			return err
		}
		p, err := reg.Parse("pipeline.yaml", []byte(text.String()), spec.Settings{})
		if err != nil {
			return err
		}
		_, err = pipeline.NewEngine(s).Run(ctx, p, pipeline.Options{})
		return err
	})
	if err := inTurns(ctx, rounds, ours); err != nil {
		return err
	}
	for i := range ours.seconds {
		ours.seconds[i] /= stages
	}
	r.add("overhead a stage, first run of 200", ours, nil, "5 ms", func(l row) bool { return l.Whorl <= 5 })
	return nil
}

// trivial is a kind that writes its parameter.
func trivial() stage.Kind {
	type params struct {
		Text string `param:"text" doc:"what is written"`
	}
	return stage.Kind{
		Name: "trivial", Outputs: []stage.Port{{Name: "out"}}, Params: params{},
		Run: func(_ context.Context, t *stage.Task) error {
			return t.WriteFile("out", []byte(t.Params.(params).Text))
		},
	}
}
