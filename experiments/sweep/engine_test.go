package sweep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whorl/pipeline"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// learnParams are those of a stage that moves x towards 1 in each epoch.
type learnParams struct {
	Epochs int     `param:"epochs,progress" min:"1"`
	Rate   float64 `param:"rate" min:"0" max:"4"`
}

// learnRegistry has a stage kind that keeps a checkpoint after every epoch and
// calls epoch before each. With a rate above 2 it diverges.
func learnRegistry(t *testing.T, epoch func()) *spec.Registry {
	t.Helper()
	reg := spec.NewRegistry()
	err := reg.Register(stage.Kind{
		Name: "learn", Outputs: []stage.Port{{Name: "weights"}}, Random: true, Params: learnParams{Epochs: 9, Rate: 0.1},
		Metrics: []stage.MetricInfo{{Name: "loss", Goal: stage.Minimize, Primary: true}},
		Run: func(ctx context.Context, task *stage.Task) error {
			p := task.Params.(learnParams)
			x := 10 + float64(task.Seed)
			done, r, err := task.Checkpoints.Latest(p.Epochs)
			if err != nil {
				return err
			}
			if r != nil {
				_, err := fmt.Fscan(r, &x)
				if err := errors.Join(err, r.Close()); err != nil {
					return err
				}
			}
			for e := done + 1; e <= p.Epochs; e++ {
				epoch()
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				if x -= p.Rate * (x - 1); p.Rate > 2 {
					return fmt.Errorf("epoch %d: the loss is not finite", e)
				}
				if err := task.Checkpoints.Save(e, func(w io.Writer) error {
					_, err := fmt.Fprint(w, x)
					return err
				}); err != nil {
					return err
				}
			}
			task.Metric("loss", math.Abs(x-1))
			return task.WriteFile("weights", fmt.Append(nil, x))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

const learning = `
pipeline: p.yaml
replicates: 2
search: {method: tpe, budget: 14, seed: 5, space: {learn.rate: {min: 0.01, max: 2.5}}}
prune: {resource: learn.epochs, max: 9}
`

// sweepOnce runs the sweep learning over a store, until killed.
func sweepOnce(t *testing.T, ctx context.Context, dir string, epoch func(), recorded map[string]TrialResult) (*Result, error) {
	t.Helper()
	st, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	reg := learnRegistry(t, epoch)
	load := func(set ...string) *spec.Pipeline {
		p, err := reg.Parse("p.yaml", []byte("stages:\n  learn: {kind: learn}\n"), spec.Settings{Set: set})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	s := parse(t, learning)
	if err := s.Resolve(load()); err != nil {
		t.Fatal(err)
	}
	engine := pipeline.NewEngine(st)
	o := Options{Recorded: func(tr Trial) (TrialResult, bool) {
		r, ok := recorded[fmt.Sprint(tr.Set())]
		return r, ok
	}}
	return s.Execute(ctx, "s-1", o, func(ctx context.Context, tr Trial) (*pipeline.Result, error) {
		r, err := engine.Run(ctx, load(tr.Set()...), pipeline.Options{Jobs: 1})
		if r != nil && r.State != pipeline.Interrupted && ctx.Err() == nil {
			recorded[fmt.Sprint(tr.Set())] = Summarize(tr, r, err)
		}
		return r, err
	})
}

// figures are what must not depend on kills: all but the ids of runs.
func figures(r *Result) (lines []string) {
	for _, t := range r.Trials {
		loss := math.NaN()
		if x := t.Metrics["learn.loss"]; x != nil {
			loss = *x
		}
		lines = append(lines, fmt.Sprint(t.Trial, t.Resource, t.State, t.Params, math.Float64bits(loss), t.Error))
	}
	return lines
}

// A promoted trial goes on from its checkpoint: each configuration and seed
// costs as many epochs as its highest rung. And a sweep that is interrupted at
// random moments, here 20, comes to the same trials with the same bits, and
// repeats at most the epoch that each interruption cut off.
func TestInterruptedOverAStore(t *testing.T) {
	var epochs atomic.Int64
	whole, err := sweepOnce(t, t.Context(), t.TempDir(), func() { epochs.Add(1) }, map[string]TrialResult{})
	if err != nil {
		t.Fatal(err)
	}
	highest := map[string]int{}
	diverged := 0
	for _, tr := range whole.Trials {
		id := fmt.Sprint(tr.Params["learn.rate"], tr.Params[Seed])
		highest[id] = max(highest[id], tr.Resource)
		if tr.State == pipeline.Failed {
			diverged++
		}
	}
	want := 0
	for _, n := range highest {
		want += n
	}
	if int(epochs.Load()) != want || want > 14*2*9/2 {
		t.Errorf("%d epochs: want %d, one for each on the highest rung of a trial, and at most half of all %d", epochs.Load(), want, 14*2*9)
	}
	if diverged == 0 || diverged == len(whole.Trials) {
		t.Errorf("%d of %d trials diverged: the sweep is to have some of both", diverged, len(whole.Trials))
	}

	dir, recorded := t.TempDir(), map[string]TrialResult{}
	random := rand.New(rand.NewPCG(1, 2))
	total, kills := 0, 0
	for {
		ctx, kill := context.WithCancel(t.Context())
		left := math.MaxInt
		if kills < 20 {
			left = random.IntN(8)
		}
		r, err := sweepOnce(t, ctx, dir, func() {
			if left--; left < 0 {
				kill()
				return
			}
			total++
		}, recorded)
		kill()
		if err != nil {
			kills++
			continue
		}
		if diff := cmp.Diff(figures(whole), figures(r)); diff != "" {
			t.Errorf("after %d kills -want +got:\n%s", kills, diff)
		}
		break
	}
	if kills < 10 || total > want+kills {
		t.Errorf("%d epochs with %d kills, want %d and at most one more for each kill", total, kills, want)
	}
}
