package main

import (
	"math"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"

	"whorl/experiments/compare"
)

func normalCDF(x float64) float64      { return 0.5 * math.Erfc(-x/math.Sqrt2) }
func normalQuantile(p float64) float64 { return distuv.UnitNormal.Quantile(p) }

const confidence = 0.95

// A calibration counts what the verdicts of many sweeps came to.
type calibration struct {
	Sweeps         int
	False          int // sweeps of equal configurations with a false "differs", other people
	Covered, Pairs int // intervals of pairs that hold the true difference, other people
	OnThese        int // the same on these subjects
	Power          int // sweeps in which the better configuration is told from the next
	Today          int // sweeps with a false "differs" by the paired t-test against the best by median
	TodayPower     int
}

// calibrate draws sweeps of equal configurations and, for the power, as many
// with one that is better.
func calibrate(w world, configurations, seeds, sweeps int, seed uint64) calibration {
	return gather(sweeps, func(index uint64) calibration {
		eer := make([]float64, configurations)
		for c := range eer {
			eer[c] = trueEER
		}
		d, means := w.draw(seed, 2*index, eer, seeds)
		out := equal(w, d, means)
		if today(d) {
			out.Today = 1
		}
		eer[0] = betterEER
		d, _ = w.draw(seed, 2*index+1, eer, seeds)
		a, err := compare.Analyze(d, confidence)
		if err != nil {
			panic(err)
		}
		if differs(a.Pair(0, 1, compare.Subjects).Adjusted) && a.Means[0] < a.Means[1] != w.AUC {
			out.Power = 1
		}
		if todayPair(d, 0, 1, w.AUC) {
			out.TodayPower = 1
		}
		return out
	})
}

func equal(w world, d *compare.Design, means [][]float64) calibration {
	a, err := compare.Analyze(d, confidence)
	if err != nil {
		panic(err)
	}
	out := calibration{Sweeps: 1}
	truth := make([]float64, len(means))
	if !w.AUC {
		for c := range truth {
			truth[c] = w.truth(means[c])
		}
	}
	low, high := 0, 0
	for c := range a.Means {
		if a.Means[c] < a.Means[low] {
			low = c
		}
		if a.Means[c] > a.Means[high] {
			high = c
		}
	}
	if low != high && differs(a.Pair(low, high, compare.Subjects).Adjusted) {
		out.False = 1
	}
	// Of the pairs, which are alike, one of each configuration.
	for c := range a.Means[1:] {
		out.Pairs++
		if holds(a.Pair(c, c+1, compare.Subjects).Plain, 0) {
			out.Covered++
		}
		if holds(a.Pair(c, c+1, compare.TestSet).Plain, truth[c]-truth[c+1]) {
			out.OnThese++
		}
	}
	return out
}

func differs(t compare.Test) bool { return t.P < 1-confidence }

// holds reports whether the interval has the value, as one that cannot be made
// does.
func holds(t compare.Test, v float64) bool { return !(v < t.Low || v > t.High) }

// gather adds up what many sweeps came to, on all cores.
func gather(sweeps int, one func(index uint64) calibration) calibration {
	workers := runtime.GOMAXPROCS(0)
	parts := make([]calibration, workers)
	var group sync.WaitGroup
	for k := range workers {
		group.Go(func() {
			for i := k; i < sweeps; i += workers {
				parts[k].add(one(uint64(i)))
			}
		})
	}
	group.Wait()
	var sum calibration
	for _, p := range parts {
		sum.add(p)
	}
	return sum
}

func (c *calibration) add(d calibration) {
	c.Sweeps += d.Sweeps
	c.False += d.False
	c.Covered += d.Covered
	c.Pairs += d.Pairs
	c.OnThese += d.OnThese
	c.Power += d.Power
	c.Today += d.Today
	c.TodayPower += d.TodayPower
}
