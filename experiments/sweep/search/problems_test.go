package search

import (
	"fmt"
	"math"
	"testing"

	"whorl/experiments/sweep/space"
)

// A problem is an objective of testdata/optuna/reference.py.
type problem struct {
	params []space.Param
	loss   func(p space.Point) float64
}

var problems = map[string]problem{
	"branin": {
		params: []space.Param{{Name: "x", Min: -5, Max: 10}, {Name: "y", Min: 0, Max: 15}},
		loss: func(p space.Point) float64 {
			x, y := p[0], p[1]
			a := y - 5.1/(4*math.Pi*math.Pi)*x*x + 5/math.Pi*x - 6
			return a*a + 10*(1-1/(8*math.Pi))*math.Cos(x) + 10
		},
	},
	"mixed": {
		params: []space.Param{
			{Name: "schedule", Choices: 3},
			{Name: "rate", Min: 1e-5, Max: 1e-1, Log: true},
			{Name: "depth", Min: 1, Max: 8, Integer: true},
			{Name: "every", Min: 1, Max: 10, Integer: true, When: []space.Condition{{Param: 0, Values: []float64{1}}}},
			{Name: "factor", Min: 0.1, Max: 0.9, When: []space.Condition{{Param: 0, Values: []float64{1}}}},
			{Name: "warmup", Min: 0, Max: 1, When: []space.Condition{{Param: 0, Values: []float64{2}}}},
		},
		loss: func(p space.Point) float64 {
			loss := 0.1 + 0.3*square(math.Log10(p[1])+2.5) + 0.05*square(p[2]-5)
			switch p[0] {
			case 1:
				return loss - 0.05 + 0.02*math.Abs(p[3]-4) + 0.5*square(p[4]-0.5)
			case 2:
				return loss + 0.1 + 0.3*square(p[5]-0.2)
			}
			return loss + 0.2
		},
	},
	"rosenbrock": {
		params: func() []space.Param {
			params := make([]space.Param, 10)
			for i := range params {
				params[i] = space.Param{Name: fmt.Sprint("x", i), Min: -2.048, Max: 2.048}
			}
			return params
		}(),
		loss: func(p space.Point) float64 {
			sum := 0.0
			for i := range len(p) - 1 {
				sum += 100*square(p[i+1]-p[i]*p[i]) + square(1-p[i])
			}
			return sum
		},
	},
}

func square(x float64) float64 { return x * x }

func newSpace(t testing.TB, params []space.Param) *space.Space {
	t.Helper()
	s, err := space.New(params)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// best runs a planner to its end, one job at a time, and returns the best value.
func best(p *Planner, loss func(space.Point) float64) float64 {
	least := math.Inf(1)
	for {
		job, step := p.Next()
		if step != Go {
			return least
		}
		v := loss(job.Point)
		least = min(least, v)
		p.Tell(job.Number, v)
	}
}
