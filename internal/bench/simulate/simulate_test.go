package main

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"whorl/biometrics"
)

// slack is how many standard errors a share of so many simulated cases may lie
// beyond its bound. Seeds are fixed, so a test that passes keeps passing.
const slack = 2.5

func beyond(share, bound float64, n int) bool {
	return share > bound+slack*math.Sqrt(bound*(1-bound)/float64(n))
}

// number is how many sweeps a test simulates: WHORL_LONG=1 takes more.
func number() int {
	if os.Getenv("WHORL_LONG") != "" {
		return 150
	}
	return 40
}

// TestCalibration is the short form of make simulate: false differences in at
// most 6% of sweeps, intervals that cover 93 to 97%.
func TestCalibration(t *testing.T) {
	sweeps := number()
	for _, c := range []struct{ configurations, seeds int }{{2, 3}, {2, 10}, {8, 3}} {
		r := calibrate(measured, c.configurations, c.seeds, sweeps, 1)
		if beyond(float64(r.False)/float64(sweeps), .06, sweeps) {
			t.Errorf("%+v: %d of %d sweeps of equal configurations are called different", c, r.False, sweeps)
		}
		// Pairs of a sweep are correlated: its slack is that of the sweeps.
		for target, covered := range map[string]int{"subjects": r.Covered, "test set": r.OnThese} {
			if missed := 1 - float64(covered)/float64(r.Pairs); beyond(missed, .07, sweeps) {
				t.Errorf("%+v: intervals on the %s miss the truth in %.1f%%", c, target, 100*missed)
			}
		}
	}
}

func TestSequentialCalibration(t *testing.T) {
	sweeps := number()
	for _, g := range []int{2, 4} {
		r := sequentially(measured, g, 3, 6, sweeps, 2)
		if beyond(float64(r.False)/float64(sweeps), .06, sweeps) {
			t.Errorf("%d configurations: %d of %d sweeps of equal ones are called different", g, r.False, sweeps)
		}
		if r.Spent > 6*g*sweeps || r.Power == 0 {
			t.Errorf("%d configurations: %+v", g, r)
		}
	}
}

func TestIntervalsOfOneRun(t *testing.T) {
	runs := number()
	for _, c := range []runCase{{12, 9, .1, .03}, {60, 8, .1, .05}} {
		r := covered(c, runs, 4)
		for name, hold := range map[string]int{"AUC": r.auc, "FMR": r.fmr, "FNMR": r.fnmr, "EER": r.eer} {
			if beyond(1-float64(hold)/float64(runs), .07, runs) {
				t.Errorf("%+v: %s interval holds the truth in %d of %d runs", c, name, hold, runs)
			}
		}
	}
}

// The quick figures of the simulation are those of package biometrics.
func TestFigures(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		var all scores
		var score []float64
		var genuine []bool
		var cluster []int
		for i := range 60 {
			s := drawScore(rng, i)
			all = append(all, s)
			score, genuine, cluster = append(score, s.value), append(genuine, s.genuine), append(cluster, int(s.subject))
		}
		c, err := biometrics.NewClusters(score, genuine, cluster)
		if err != nil {
			t.Fatal(err)
		}
		for auc, figure := range map[bool]biometrics.Figure{false: biometrics.EER, true: (*biometrics.Scores).AUC} {
			value, without := all.measure(5, auc)
			if want := figure(c.Scores()); math.Abs(value-want) > 1e-12 {
				t.Errorf("AUC %v: %v, want %v", auc, value, want)
			}
			for i, want := range c.LeaveOneOut(figure) {
				if math.Abs(without[i]-want) > 1e-12 {
					t.Errorf("AUC %v without %d: %v, want %v", auc, i, without[i], want)
				}
			}
		}
	}
}

// drawScore is score i of five subjects in turn, genuine ones higher.
func drawScore(rng *rand.Rand, i int) score {
	s := score{rng.NormFloat64(), int32(i/2) % 5, i%2 == 0}
	if s.genuine {
		s.value++
	}
	return s
}
