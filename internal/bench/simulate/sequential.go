package main

import (
	"whorl/experiments/compare"
	"whorl/pipeline/stage"
)

// sequentially counts what sequential designs on equal configurations, and on
// sweeps with one better configuration, come to.
func sequentially(w world, configurations, first, last, sweeps int, seed uint64) sequentialResult {
	q := compare.Sequential{Min: first, Max: last, Confidence: confidence, Goal: stage.Minimize, Target: compare.Subjects}
	if w.AUC {
		q.Goal = stage.Maximize
	}
	results := make([]sequentialResult, sweeps)
	gather(sweeps, func(index uint64) calibration {
		r := &results[index]
		eer := make([]float64, configurations)
		for c := range eer {
			eer[c] = trueEER
		}
		d, _ := w.draw(seed, 2*index, eer, last)
		p := run(q, d)
		if len(p.Worse) > 0 {
			r.False = 1
		}
		r.SpentEqual = p.Spent
		eer[0] = betterEER
		d, _ = w.draw(seed, 2*index+1, eer, last)
		p = run(q, d)
		r.Spent = p.Spent
		for _, f := range p.Worse {
			if f.Configuration == 1 && f.Contrast.Value < 0 == w.AUC {
				r.Power = 1
			}
		}
		a, err := compare.Analyze(d, confidence)
		if err != nil {
			panic(err)
		}
		if differs(a.Pair(1, 0, compare.Subjects).Adjusted) {
			r.FixedPower = 1
		}
		return calibration{}
	})
	var sum sequentialResult
	for _, r := range results {
		sum.False += r.False
		sum.Power += r.Power
		sum.FixedPower += r.FixedPower
		sum.Spent += r.Spent
		sum.SpentEqual += r.SpentEqual
	}
	return sum
}

type sequentialResult struct {
	False, Power, FixedPower int // sweeps
	Spent, SpentEqual        int // trials
}

// run lets the design ask for trials until it is done, and gives it those of d.
func run(q compare.Sequential, d *compare.Design) *compare.Progress {
	seen := *d
	seen.Value = make([][]float64, len(d.Value))
	seen.Without = make([][][]float64, len(d.Value))
	give := func(c, n int) {
		seen.Value[c], seen.Without[c] = d.Value[c][:n], d.Without[c][:n]
	}
	for c := range d.Value {
		give(c, q.Min)
	}
	for {
		p, err := q.Progress(&seen)
		if err != nil {
			panic(err)
		}
		if p.Done {
			return p
		}
		for _, c := range p.Open {
			give(c, p.Look+1)
		}
	}
}
