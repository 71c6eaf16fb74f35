package sweep

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

const searched = `
pipeline: p.yaml
replicates: 2
search:
  method: tpe
  budget: 18
  seed: 3
  ahead: 3
  space:
    a.kind: [u, v]
    a.lr: {min: 1e-4, max: 1, scale: log}
    a.depth: {min: 1, max: 6, when: {a.kind: v}}
objective: {metric: e.loss, goal: minimize}
prune: {resource: a.epochs, max: 9}
`

// train is an objective with everything that searched varies. Small rates with
// the kind u diverge.
func train(t Trial) (*record.Run, error) {
	x := map[string]any{}
	for _, s := range t.Settings {
		x[s.Key] = s.Value
	}
	lr := math.Log10(x["a.lr"].(float64))
	if x["a.kind"] == "u" && lr < -3.5 {
		return nil, errors.New("diverged")
	}
	loss := (lr+2)*(lr+2) + 3/float64(x["a.epochs"].(int)) + 0.1*float64(x["seed"].(int))
	if d, ok := x["a.depth"].(int); ok {
		loss += 0.1*float64(d) - 0.5
	}
	return done("e", "loss", loss), nil
}

func done(stageName, metric string, value float64) *record.Run {
	r := &record.Run{State: record.Done}
	r.ID = "run"
	r.Stages = []record.Stage{{Name: stageName, Metrics: []stage.Metric{{Name: metric, Step: stage.NoStep, Value: value}}}}
	return r
}

func plainly(_ context.Context, t Trial) (*record.Run, error) { return train(t) }

func execute(t testing.TB, text string, o Options, run RunFunc) *Result {
	t.Helper()
	s, err := Parse("s.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Execute(t.Context(), "s-1", o, run)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func text(r *Result) (lines []string) {
	for _, t := range r.Trials {
		v := math.NaN()
		if x := t.Metrics["e.loss"]; x != nil {
			v = *x
		}
		lines = append(lines, fmt.Sprint(t.Trial, t.Configuration, t.Replicate, t.Resource, t.State, t.Params, v))
	}
	return lines
}

func TestSearchRuns(t *testing.T) {
	r := execute(t, searched, Options{}, plainly)
	full, diverged, n := 0, 0, 0
	for _, tr := range r.Trials {
		if tr.Resource == 9 {
			full++
		}
		if tr.Error == "diverged" {
			diverged++
		}
		n = max(n, tr.Configuration)
	}
	if n != 18 || full < 2 || full > 8 || diverged == 0 || diverged > 12 {
		t.Errorf("%d configurations, %d full trials, %d diverged: want 18, a few and some", n, full, diverged)
	}
}

// However many trials run at once, whichever ends first, and wherever the
// sweep was killed: the same trials with the same results, and none is run
// twice.
func TestSameTrialsAfterKills(t *testing.T) {
	want := text(execute(t, searched, Options{}, plainly))
	rapid.Check(t, func(rt *rapid.T) {
		parallel := rapid.IntRange(1, 8).Draw(rt, "parallel")
		kills := rapid.SliceOfN(rapid.IntRange(0, 12), 0, 3).Draw(rt, "trials before each kill")
		order := rapid.Uint64().Draw(rt, "order")
		var mu sync.Mutex
		recorded := map[string]TrialResult{}
		ran := map[string]int{}
		known := func(tr Trial) (TrialResult, bool) {
			mu.Lock()
			defer mu.Unlock()
			r, ok := recorded[fmt.Sprint(tr.Set())]
			return r, ok
		}
		for i := 0; ; i++ {
			left := int64(math.MaxInt64)
			if i < len(kills) {
				left = int64(kills[i])
			}
			var budget atomic.Int64
			budget.Store(left)
			ctx, kill := context.WithCancel(t.Context())
			s, err := Parse("s.yaml", []byte(searched))
			if err != nil {
				rt.Fatal(err)
			}
			r, err := s.Execute(ctx, "s-1", Options{Parallel: parallel, Recorded: known}, func(ctx context.Context, tr Trial) (*record.Run, error) {
				if budget.Add(-1) < 0 {
					kill()
					return nil, context.Cause(ctx)
				}
				for range (order >> (tr.Number % 60)) & 7 {
					runtime.Gosched() // let others go first
				}
				res, err := train(tr)
				mu.Lock()
				defer mu.Unlock()
				ran[fmt.Sprint(tr.Set())]++
				recorded[fmt.Sprint(tr.Set())] = Summarize(tr, res, err)
				return res, err
			})
			kill()
			if err != nil && i < len(kills) {
				continue
			}
			if err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(want, text(r)); diff != "" {
				rt.Fatalf("-want +got:\n%s", diff)
			}
			break
		}
		for set, n := range ran {
			if n > 1 {
				rt.Fatalf("%s is run %d times", set, n)
			}
		}
	})
}

// While a trial computes in the only place, those that are cached end.
func TestCachedTrialsDoNotWait(t *testing.T) {
	cached := make(chan int, 10)
	var order []int
	r := execute(t, `{pipeline: p.yaml, grid: {a.x: [1, 2, 3, 4, 5, 6]}}`, Options{
		Cached: func(_ context.Context, tr Trial) bool { return tr.Number%2 == 0 },
		Observe: func(e Event) {
			if e.Result != nil {
				order = append(order, e.Trial.Number)
			}
		},
	}, func(_ context.Context, tr Trial) (*record.Run, error) {
		switch {
		case tr.Number == 1:
			for range 3 { // deadlocks if a cached trial waits for this one
				<-cached
			}
		case tr.Number%2 == 0:
			cached <- tr.Number
		}
		return done("e", "loss", 1), nil
	})
	if want := []int{2, 4, 6, 1, 3, 5}; !slices.Equal(order[:3], want[:3]) || len(order) != 6 {
		t.Errorf("ended in the order %v, want %v", order, want)
	}
	for i, tr := range r.Trials {
		if tr.Trial != i+1 {
			t.Errorf("result %d is of trial %d", i+1, tr.Trial)
		}
	}
}

func TestParallelIsABound(t *testing.T) {
	var now, most atomic.Int64
	var first sync.WaitGroup
	first.Add(3)
	execute(t, `{pipeline: p.yaml, grid: {a.x: [1, 2, 3, 4, 5, 6]}}`, Options{Parallel: 3}, func(_ context.Context, tr Trial) (*record.Run, error) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if tr.Number <= 3 { // deadlocks unless these run at once
			first.Done()
			first.Wait()
		}
		return done("e", "loss", 1), nil
	})
	if most.Load() != 3 {
		t.Errorf("%d trials at once, want 3", most.Load())
	}
}

// Replicates are added to undecided configurations, in rounds, up to the most.
func TestUntilDecided(t *testing.T) {
	rounds := 0
	r := execute(t, `{pipeline: p.yaml, replicates: {until: decided, min: 2, max: 4}, grid: {a.x: [1, 2, 3]}}`, Options{
		Decide: func(results []ConfigurationResult) []int {
			rounds++
			for _, c := range results {
				if want := 2; c.Number == 1 && len(c.Trials) != want {
					t.Errorf("configuration 1 has %d replicates, want %d", len(c.Trials), want)
				}
			}
			if rounds == 1 {
				return []int{3, 2}
			}
			return []int{3}
		},
	}, func(context.Context, Trial) (*record.Run, error) { return done("e", "loss", 1), nil })
	var got []string
	for _, tr := range r.Trials[6:] {
		got = append(got, fmt.Sprintf("%d of %d: seed %v", tr.Replicate, tr.Configuration, tr.Params[Seed]))
	}
	// The run's own seed wins in Params; this fake run has none.
	if want := []string{"3 of 2: seed 0", "3 of 3: seed 0", "4 of 3: seed 0"}; !slices.Equal(got, want) {
		t.Errorf("added %q, want %q", got, want)
	}
	if rounds != 3 {
		t.Errorf("%d rounds, want 3: the last finds no seeds left", rounds)
	}
}

func TestSearchWithoutObjective(t *testing.T) {
	s := parse(t, `{pipeline: p.yaml, search: {method: tpe, budget: 3, space: {a.x: [1, 2]}}}`)
	if !s.NeedsObjective() {
		t.Error("it does not say that it needs an objective")
	}
	if _, err := s.Execute(t.Context(), "s-1", Options{}, plainly); !errors.Is(err, errNoObjective) {
		t.Errorf("error %v, want %v", err, errNoObjective)
	}
	s.Objective = Objective{"e.loss", stage.Minimize}
	if s.NeedsObjective() {
		t.Error("it still needs an objective")
	}
}

// The search improves a metric that is to be maximized too.
func TestMaximize(t *testing.T) {
	const file = `{pipeline: p.yaml, search: {method: tpe, budget: 40, space: {a.x: {min: 0.0, max: 1}}}, objective: {metric: e.auc, goal: maximize}}`
	r := execute(t, file, Options{}, func(_ context.Context, tr Trial) (*record.Run, error) {
		return done("e", "auc", tr.Settings[0].Value.(float64)), nil
	})
	late := 0.0
	for _, tr := range r.Trials[20:] {
		late += *tr.Metrics["e.auc"] / 20
	}
	if late < 0.75 {
		t.Errorf("the mean of the last 20 trials is %v, want more", late)
	}
}

// An eager sweep goes on with the configurations that it had begun, and runs
// none of their trials twice.
func TestEagerGoesOn(t *testing.T) {
	var mu sync.Mutex
	recorded := map[string]TrialResult{}
	params := map[int]map[string]any{}
	ran := map[string]int{}
	start := func(trials int) *Result {
		ctx, kill := context.WithCancel(t.Context())
		defer kill()
		s := parse(t, searched)
		r, err := s.Execute(ctx, "s-1", Options{
			Parallel: 3, Eager: true,
			Recorded: func(tr Trial) (TrialResult, bool) {
				mu.Lock()
				defer mu.Unlock()
				r, ok := recorded[fmt.Sprint(tr.Set())]
				return r, ok
			},
			Begun: func(n int) (map[string]any, bool) { p, ok := params[n]; return p, ok },
		}, func(ctx context.Context, tr Trial) (*record.Run, error) {
			mu.Lock()
			defer mu.Unlock()
			p := map[string]any{"a.depth": int64(1), "other": 1} // a run that begins is recorded, with what is not active too
			for _, x := range tr.Settings {
				p[x.Key] = x.Value
			}
			params[tr.Configuration.Number] = p
			if trials--; trials < 0 {
				kill()
				return nil, context.Cause(ctx)
			}
			r, err := train(tr)
			ran[fmt.Sprint(tr.Set())]++
			recorded[fmt.Sprint(tr.Set())] = Summarize(tr, r, err)
			return r, err
		})
		if err != nil && trials >= 0 {
			t.Fatal(err)
		}
		return r
	}
	start(20)
	before := len(params)
	r := start(math.MaxInt)
	for set, n := range ran {
		if n > 1 {
			t.Errorf("%s is run %d times", set, n)
		}
	}
	if before < 5 || len(params) != 18 || len(r.Trials) != len(ran) {
		t.Errorf("%d configurations before the kill, %d in all, %d trials, %d of them run: want all to be used", before, len(params), len(r.Trials), len(ran))
	}
}

func TestPlanned(t *testing.T) {
	for file, want := range map[string]int{
		four: 4,
		`{pipeline: p.yaml, replicates: 3, baseline: {a.z: 1}, search: {method: tpe, budget: 13, space: {a.x: {min: 0.0, max: 1}}}, objective: {metric: e.loss, goal: minimize}}`: 42,
		`{pipeline: p.yaml, search: {method: tpe, budget: 13, space: {a.x: [1, 2, 3]}}, objective: {metric: e.loss, goal: minimize}}`:                                             3,
	} {
		s := parse(t, file)
		n, exact := s.Planned()
		r := execute(t, file, Options{Parallel: 3}, func(context.Context, Trial) (*record.Run, error) { return done("e", "loss", 1), nil })
		if n != want || !exact || len(r.Trials) != want {
			t.Errorf("%s: planned %d (exact: %v), ran %d, want %d", file, n, exact, len(r.Trials), want)
		}
	}
	if n, exact := parse(t, searched).Planned(); n != 36 || exact {
		t.Errorf("planned %d (exact: %v) with pruning, want at least 36", n, exact)
	}
}

// The cost of planning and starting 10,000 trials, without the trials.
func BenchmarkExecute(b *testing.B) {
	for b.Loop() {
		execute(b, `{pipeline: p.yaml, replicates: 10, search: {method: random, budget: 1000, space: {a.x: {min: 0.0, max: 1}}}}`, Options{Parallel: 4},
			func(context.Context, Trial) (*record.Run, error) { return done("e", "loss", 1), nil })
	}
}

func TestImportances(t *testing.T) {
	s := parse(t, `{pipeline: p.yaml, search: {method: random, budget: 60, space: {a.x: {min: 0.0, max: 1}, a.y: {min: 0.0, max: 1}}}, objective: {metric: e.loss, goal: minimize}}`)
	r, err := s.Run(t.Context(), "s-1", func(_ context.Context, tr Trial) (*record.Run, error) {
		return done("e", "loss", math.Abs(tr.Settings[0].Value.(float64)-0.5)), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Importances(s.Configurations(r)); got["a.x"] < 0.6 {
		t.Errorf("importances %v: want most for a.x", got)
	}
}
