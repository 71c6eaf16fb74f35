package search

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"whorl/experiments/sweep/space"
)

// learning is a simulated learning curve: the loss of a configuration falls
// with the epochs towards a level of its own.
func learning(p space.Point, epochs int) float64 {
	level := 0.05 + 0.4*square(p[0]-0.3) + 0.1*square(p[1]-0.6)
	return level + (0.5+0.3*p[2])*math.Exp(-float64(epochs)/(2+6*p[2]))
}

func curveSpace(t testing.TB) *space.Space {
	return newSpace(t, []space.Param{{Name: "a", Max: 1}, {Name: "b", Max: 1}, {Name: "c", Max: 1}})
}

// A call for a job, or its result, in the order in which they happen.
func sequence(p *Planner, parallel int, choose func(n int) int, loss func(Job) float64, stop int) (jobs []Job) {
	var running []Job
	for {
		for len(running) < parallel {
			job, step := p.Next()
			if step != Go {
				break
			}
			jobs = append(jobs, job)
			running = append(running, job)
		}
		if len(running) == 0 || len(jobs) >= stop {
			return jobs
		}
		i := choose(len(running))
		p.Tell(running[i].Number, loss(running[i]))
		running = slices.Delete(running, i, i+1)
	}
}

func key(j Job) string {
	return space.Point{float64(j.Number), float64(j.Configuration), float64(j.Rung), float64(j.Resource)}.Key() + j.Point.Key()
}

func keys(jobs []Job) (all []string) {
	for _, j := range jobs {
		all = append(all, key(j))
	}
	return all
}

// Whatever runs at once, ends first or fails, and wherever the sweep was
// killed: a file gives the same jobs in the same order.
func TestSameJobsInTheSameOrder(t *testing.T) {
	s := curveSpace(t)
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		ahead := rapid.IntRange(1, 6).Draw(t, "ahead")
		method := rapid.SampledFrom([]string{"tpe", "random", "halton"}).Draw(t, "method")
		pruned := rapid.Bool().Draw(t, "pruned")
		failing := rapid.IntRange(0, 9).Draw(t, "failing")
		plan := func() *Planner {
			p := &Planner{Ahead: ahead}
			switch method {
			case "tpe":
				p.Method = &TPE{s, 20, seed}
			case "random":
				p.Method = Random(s, 20, seed)
			default:
				p.Method = Halton(s, 20, seed)
			}
			if pruned {
				p.Rungs = NewRungs(1, 15, 3)
			}
			return p
		}
		loss := func(j Job) float64 {
			if j.Configuration%10 < failing/3 {
				return math.NaN()
			}
			return learning(j.Point, j.Resource)
		}
		first := func(int) int { return 0 }
		want := sequence(plan(), 1, first, loss, math.MaxInt)

		parallel := rapid.IntRange(2, 9).Draw(t, "parallel")
		choose := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "ends") }
		if got := sequence(plan(), parallel, choose, loss, math.MaxInt); !slices.Equal(keys(got), keys(want)) {
			t.Fatalf("with %d at once:\n%v\nwant\n%v", parallel, got, want)
		}
		// Killed after some jobs, of which each ended or not. Another start asks
		// again and is told what is known.
		stop := rapid.IntRange(1, len(want)).Draw(t, "killed after")
		killed := sequence(plan(), parallel, choose, loss, stop)
		if !slices.Equal(keys(killed), keys(want[:len(killed)])) {
			t.Fatalf("before the kill:\n%v\nwant\n%v", killed, want)
		}
		again := plan()
		if got := sequence(again, parallel, choose, loss, math.MaxInt); !slices.Equal(keys(got), keys(want)) {
			t.Fatalf("after a kill:\n%v\nwant\n%v", got, want)
		}
		seen := map[string]bool{}
		for _, j := range want {
			k := space.Point{float64(j.Resource)}.Key() + j.Point.Key()
			if seen[k] {
				t.Fatalf("job %d is one of those before: %v", j.Number, j)
			}
			seen[k] = true
		}
	})
}

func TestEagerUsesAllResults(t *testing.T) {
	s := curveSpace(t)
	p := &Planner{Method: &TPE{s, 40, 1}, Eager: true}
	jobs := sequence(p, 8, func(n int) int { return n - 1 }, func(j Job) float64 { return learning(j.Point, 9) }, math.MaxInt)
	if len(jobs) != 40 {
		t.Errorf("%d jobs, want 40", len(jobs))
	}
}

// Jobs that may be decided ahead are; more have to wait.
func TestAhead(t *testing.T) {
	p := &Planner{Method: &TPE{curveSpace(t), 40, 1}, Ahead: 3}
	for range startup { // these rest on nothing
		if _, step := p.Next(); step != Go {
			t.Fatalf("step %v, want %v", step, Go)
		}
	}
	if _, step := p.Next(); step != Wait {
		t.Errorf("step %v, want %v: job 11 rests on job 8", step, Wait)
	}
	p = &Planner{Method: Random(curveSpace(t), 40, 1), Rungs: NewRungs(1, 9, 3), Ahead: 3}
	for range 3 {
		if _, step := p.Next(); step != Go {
			t.Fatalf("step %v, want %v", step, Go)
		}
	}
	if _, step := p.Next(); step != Wait {
		t.Errorf("step %v, want %v", step, Wait)
	}
	p.Tell(2, 1)
	if _, step := p.Next(); step != Wait {
		t.Errorf("after job 2: step %v, want %v: job 4 rests on job 1", step, Wait)
	}
	p.Tell(1, 1)
	if _, step := p.Next(); step != Go {
		t.Errorf("after job 1: step %v, want %v", step, Go)
	}
}

func TestResources(t *testing.T) {
	for _, c := range []struct {
		least, most, eta int
		want             []int
	}{
		{1, 15, 3, []int{1, 3, 9, 15}},
		{1, 27, 3, []int{1, 3, 9, 27}},
		{2, 2, 2, []int{2}},
		{5, 6, 4, []int{5, 6}},
		{1, math.MaxInt, 1 << 62, []int{1, 1 << 62, math.MaxInt}},
	} {
		if got := NewRungs(c.least, c.most, c.eta).Resources; !slices.Equal(got, c.want) {
			t.Errorf("rungs from %d to %d by %d: %v, want %v", c.least, c.most, c.eta, got, c.want)
		}
	}
}

// A promoted configuration goes on from its checkpoint, so that it costs only
// the epochs beyond those of the rung before.
func TestHalvingSpendsHalf(t *testing.T) {
	s := curveSpace(t)
	var epochs, regret []float64
	for seed := range uint64(20) {
		list := Random(s, 24, seed)
		full := math.Inf(1)
		for _, p := range list {
			full = min(full, learning(p, 15))
		}
		p := &Planner{Method: list, Rungs: NewRungs(1, 15, 3), Ahead: 2}
		spent, picked := 0, math.Inf(1)
		done := map[int]int{}
		for {
			job, step := p.Next()
			if step != Go {
				break
			}
			spent += job.Resource - done[job.Configuration]
			done[job.Configuration] = job.Resource
			v := learning(job.Point, job.Resource)
			if job.Resource == 15 {
				picked = min(picked, v)
			}
			p.Tell(job.Number, v)
		}
		if limit := 24 * 15 / 2; spent > limit {
			t.Errorf("seed %d: %d epochs, want at most %d", seed, spent, limit)
		}
		if math.IsInf(picked, 0) || picked > full+0.05 {
			t.Errorf("seed %d: picked %v, the best of all is %v", seed, picked, full)
		}
		epochs, regret = append(epochs, float64(spent)), append(regret, picked-full)
	}
	t.Logf("median of 20 seeds: %v of %d epochs, %.4f above the best", medianOf(epochs), 24*15, medianOf(regret))
	if r := medianOf(regret); r > 0.01 {
		t.Errorf("the pick is %v above the best of all in the median, want at most 0.01", r)
	}
}

// However few configurations there are, and whichever fail, one is measured in
// full unless all fail.
func TestOneConfigurationIsMeasuredInFull(t *testing.T) {
	s := curveSpace(t)
	for n := 1; n <= 9; n++ {
		for fails := 0; fails <= n; fails++ {
			p := &Planner{Method: Random(s, n, 1), Rungs: NewRungs(1, 27, 3), Ahead: 4}
			jobs := sequence(p, 2, func(int) int { return 0 }, func(j Job) float64 {
				if j.Configuration <= fails {
					return math.Inf(1)
				}
				return learning(j.Point, j.Resource)
			}, math.MaxInt)
			full := slices.ContainsFunc(jobs, func(j Job) bool { return j.Resource == 27 && j.Configuration > fails })
			if full != (fails < n) {
				t.Errorf("%d configurations, %d fail: measured in full: %v", n, fails, full)
			}
			if slices.ContainsFunc(jobs, func(j Job) bool { return j.Rung > 0 && j.Configuration <= fails }) {
				t.Errorf("%d configurations, %d fail: a failed one was promoted", n, fails)
			}
		}
	}
}
