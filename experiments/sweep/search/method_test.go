package search

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"whorl/experiments/sweep/space"
)

// drawSpace draws a space with all there is in one, small ones among them.
func drawSpace(t *rapid.T) *space.Space {
	var params []space.Param
	for i := range rapid.IntRange(1, 4).Draw(t, "params") {
		p := space.Param{Name: string(rune('a' + i))}
		switch rapid.IntRange(0, 4).Draw(t, "form") {
		case 0:
			p.Choices = rapid.IntRange(1, 4).Draw(t, "choices")
		case 1:
			p.Min, p.Max, p.Integer = 1, float64(rapid.IntRange(1, 9).Draw(t, "max")), true
		case 2:
			p.Min, p.Max, p.Integer, p.Log = 1, float64(rapid.IntRange(1, 9).Draw(t, "max")), true, true
		case 3:
			p.Min, p.Max, p.Step = -0.5, 0.5, rapid.SampledFrom([]float64{0.1, 0.3, 2}).Draw(t, "step")
		default:
			p.Min, p.Max, p.Log = 1e-4, 10, rapid.Bool().Draw(t, "log")
		}
		if i > 0 && rapid.Bool().Draw(t, "conditional") {
			parent := rapid.IntRange(0, i-1).Draw(t, "parent")
			if n := params[parent].Count(); n > 0 {
				p.When = []space.Condition{{Param: parent, Values: []float64{params[parent].Value(rapid.IntRange(0, n-1).Draw(t, "value"))}}}
			}
		}
		params = append(params, p)
	}
	s, err := space.New(params)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every method gives different configurations of the space, as many as asked
// for or all there are, and the same ones again.
func TestMethodsStayInTheSpace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpace(t)
		budget := rapid.IntRange(1, 30).Draw(t, "budget")
		seed := rapid.Uint64().Draw(t, "seed")
		size := len(s.Points(1000)) // 0: continuous
		for name, method := range map[string]func() Method{
			"tpe":    func() Method { return &TPE{s, budget, seed} },
			"random": func() Method { return Random(s, budget, seed) },
			"halton": func() Method { return Halton(s, budget, seed) },
		} {
			loss := func(j Job) float64 { return math.Abs(j.Point[0] - 0.3) }
			run := func() []Job {
				return sequence(&Planner{Method: method(), Ahead: 2}, 2, func(int) int { return 0 }, loss, math.MaxInt)
			}
			jobs := run()
			want := budget
			if size > 0 {
				want = min(budget, size)
			}
			if len(jobs) > want || name != "halton" && len(jobs) < want {
				t.Fatalf("%s: %d configurations, want %d", name, len(jobs), want)
			}
			seen := map[string]bool{}
			for _, j := range jobs {
				checkPoint(t, s, j.Point)
				if seen[j.Point.Key()] {
					t.Fatalf("%s: %v is proposed twice", name, j.Point)
				}
				seen[j.Point.Key()] = true
			}
			for i, j := range run() {
				if key(j) != key(jobs[i]) {
					t.Fatalf("%s: job %d is %v and then %v", name, i+1, jobs[i], j)
				}
			}
		}
	})
}

func checkPoint(t *rapid.T, s *space.Space, p space.Point) {
	for i, x := range p {
		param := &s.Params[i]
		if s.Active(p, i) == math.IsNaN(x) {
			t.Fatalf("%v: parameter %d is active: %v", p, i, s.Active(p, i))
		}
		if math.IsNaN(x) {
			continue
		}
		lo, hi := param.Min, param.Max
		if param.Choices > 0 {
			lo, hi = 0, float64(param.Choices-1)
		}
		if x < lo || x > hi || (param.Integer || param.Choices > 0) && x != math.Trunc(x) {
			t.Fatalf("%v: parameter %d is outside of its values", p, i)
		}
	}
}

// A random draw depends on the seed and the number of the configuration, not
// on how many are drawn.
func TestRandomIsCounterBased(t *testing.T) {
	s := curveSpace(t)
	few, many := Random(s, 3, 7), Random(s, 9, 7)
	for i := range few {
		if few[i].Key() != many[i].Key() {
			t.Errorf("configuration %d: %v of 3, %v of 9", i+1, few[i], many[i])
		}
	}
	if Random(s, 1, 8)[0].Key() == few[0].Key() {
		t.Error("another seed gives the same configuration")
	}
}

// Halton points cover the space more evenly than random ones: none of 64
// boxes of 256 points is empty.
func TestHaltonCovers(t *testing.T) {
	s := newSpace(t, []space.Param{{Name: "a", Max: 1}, {Name: "b", Max: 1}})
	boxes := map[[2]int]int{}
	for _, p := range Halton(s, 256, 1) {
		boxes[[2]int{int(min(p[0], 0.999) * 8), int(min(p[1], 0.999) * 8)}]++
	}
	if len(boxes) != 64 {
		t.Errorf("%d of 64 boxes have a point", len(boxes))
	}
}
