package spec_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
)

type writeParams struct {
	Text string `param:"text"`
}

type repeatParams struct {
	Times int `param:"times" min:"0" max:"9"`
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

func ports(names ...string) []stage.Port {
	ports := make([]stage.Port, len(names))
	for i, n := range names {
		ports[i] = stage.Port{Name: n}
	}
	return ports
}

func nothing(context.Context, *stage.Task) error { return nil }

// registry knows toy kinds, none of which does anything.
func registry(tb testing.TB) *spec.Registry {
	tb.Helper()
	r := spec.NewRegistry()
	err := errors.Join(
		r.Register(
			stage.Kind{Name: "write", Outputs: ports("out"), Params: writeParams{Text: "hello"}, Run: nothing},
			stage.Kind{Name: "copy", Inputs: ports("in"), Outputs: ports("out"), Run: nothing},
			stage.Kind{Name: "repeat", Inputs: ports("in"), Outputs: ports("out"), Params: repeatParams{Times: 2}, Run: nothing},
			stage.Kind{Name: "length", Inputs: ports("in"), Outputs: ports("out"), Run: nothing},
			stage.Kind{Name: "dice", Outputs: ports("out"), Random: true, Run: nothing},
			stage.Kind{Name: "list", Inputs: []stage.Port{{Name: "dir", Dir: true}}, Outputs: ports("out"), Run: nothing},
			stage.Kind{Name: "typed", Params: typedParams{Mode: "abs", Rate: 0.5, Size: [2]int{1, 2}}, Run: nothing},
		),
		r.RegisterData(stage.Kind{Name: "numbers", Params: repeatParams{Times: 3}, Outputs: []stage.Port{{Name: "files", Dir: true}}, Run: nothing}),
	)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}
