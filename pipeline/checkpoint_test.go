package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"whorl/pipeline"
	"whorl/pipeline/stage"
)

type trainParams struct {
	Steps int `param:"steps,progress" min:"1"`
	Rate  int `param:"rate"`
}

var errCrash = errors.New("crash")

// trainKind is a toy that computes x = 3x + rate + seed for some steps, with a
// checkpoint after each; it calls did for each step and stops if that fails.
func trainKind(did func(step int) error) stage.Kind {
	return stage.Kind{
		Name: "train", Outputs: port("weights"), Random: true, Params: trainParams{Steps: 3},
		Run: func(ctx context.Context, t *stage.Task) error {
			p := t.Params.(trainParams)
			step, r, err := t.Checkpoints.Latest(p.Steps)
			if err != nil {
				return err
			}
			x := uint64(1)
			if r != nil {
				b, err := io.ReadAll(r)
				r.Close()
				if _, e := fmt.Sscan(string(b), &x); err != nil || e != nil {
					return errors.Join(err, e)
				}
				t.Logf("continued after step %d", step)
			}
			for step++; step <= p.Steps; step++ {
				if err := errors.Join(ctx.Err(), did(step)); err != nil {
					return err
				}
				x = 3*x + uint64(p.Rate) + t.Seed
				err := t.Checkpoints.Save(step, func(w io.Writer) error {
					_, err := fmt.Fprint(w, x)
					return err
				})
				if err != nil {
					return err
				}
			}
			return t.WriteFile("weights", fmt.Append(nil, x))
		},
	}
}

func TestCheckpoints(t *testing.T) {
	steps, crashAt := 0, 0
	train := trainKind(func(step int) error {
		if step == crashAt {
			return errCrash
		}
		steps++
		return nil
	})
	const text = "stages:\n  t: {kind: train}\n"
	fresh := func() *lab {
		l := newLab(t)
		if err := l.reg.Register(train); err != nil {
			t.Fatal(err)
		}
		steps, crashAt = 0, 0
		return l
	}
	weights := func(l *lab, set ...string) string {
		t.Helper()
		_, res := l.run(l.parse(text, set...), pipeline.Options{})
		return l.content(res, "t.weights")
	}

	l := fresh()
	whole := weights(l, "t.steps=15")
	equal(t, "steps of the whole", steps, 15)

	l = fresh()
	weights(l, "t.steps=5")
	equal(t, "continued", weights(l, "t.steps=15"), whole)
	equal(t, "steps for 5 and then 15", steps, 15)
	weights(l, "t.steps=15", "t.rate=1")
	equal(t, "steps with another rate", steps, 30)
	weights(l, "t.steps=15", "seed=3")
	equal(t, "steps with another seed", steps, 45)

	// Who forces a stage wants to know whether all of it comes out the same.
	_, res := l.run(l.parse(text, "t.steps=15"), pipeline.Options{Force: true})
	equal(t, "steps when it is forced", steps, 60)
	equal(t, "forced", l.content(res, "t.weights"), whole)

	l = fresh()
	crashAt = 9
	if _, err := pipeline.NewEngine(l.store).Run(t.Context(), l.parse(text, "t.steps=15"), pipeline.Options{}); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	crashAt = 0
	equal(t, "after a crash", weights(l, "t.steps=15"), whole)
	equal(t, "steps with a crash", steps, 15)
}
