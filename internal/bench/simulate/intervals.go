package main

import (
	"math"
	"math/rand/v2"

	"whorl/biometrics"
)

// A runCase is one evaluation: subjects with some probes each, every probe with
// a genuine and an impostor pair, correlated within a subject.
type runCase struct {
	subjects, probes int
	icc, eer         float64
}

var runCases = []runCase{
	{12, 9, 0, .01},
	{12, 9, 0, .03},
	{12, 9, 0, .10},
	{12, 9, .1, .03},
	{12, 9, .3, .03},
	{60, 8, .1, .01},
	{60, 8, .1, .05},
	{6, 18, .1, .03},
	{3, 36, .1, .03},
	{2, 54, .1, .03},
}

type coverage struct{ auc, fmr, fnmr, eer int }

// covered counts the runs whose intervals hold the truth. The threshold is the
// true one of equal rates, as if chosen on other data.
func covered(c runCase, runs int, seed uint64) coverage {
	shift := -2 * normalQuantile(c.eer)
	threshold := shift / 2
	results := make([]coverage, runs)
	gather(runs, func(index uint64) calibration {
		rng := rand.New(rand.NewPCG(seed, index))
		var score []float64
		var genuine []bool
		var cluster []int
		for i := range c.subjects {
			own := [2]float64{math.Sqrt(c.icc) * rng.NormFloat64(), math.Sqrt(c.icc) * rng.NormFloat64()}
			for range c.probes {
				score = append(score, own[0]+math.Sqrt(1-c.icc)*rng.NormFloat64(), shift+own[1]+math.Sqrt(1-c.icc)*rng.NormFloat64())
				genuine = append(genuine, false, true)
				cluster = append(cluster, i, i)
			}
		}
		clusters, err := biometrics.NewClusters(score, genuine, cluster)
		if err != nil {
			panic(err)
		}
		boot := biometrics.Bootstrap{Seed: index, Replicates: 200, Confidence: confidence}
		hold := func(ci biometrics.Interval, err error, truth float64) int {
			if err != nil {
				panic(err)
			}
			if ci.Low <= truth && truth <= ci.High {
				return 1
			}
			return 0
		}
		auc, err1 := clusters.AUC(confidence)
		fmr, err2 := clusters.FMR(threshold, confidence)
		fnmr, err3 := clusters.FNMR(threshold, confidence)
		eer, err4 := boot.EER(clusters)
		results[index] = coverage{
			hold(auc, err1, normalCDF(shift/math.Sqrt2)),
			hold(fmr, err2, c.eer),
			hold(fnmr, err3, c.eer),
			hold(eer, err4, c.eer),
		}
		return calibration{}
	})
	var sum coverage
	for _, r := range results {
		sum.auc += r.auc
		sum.fmr += r.fmr
		sum.fnmr += r.fnmr
		sum.eer += r.eer
	}
	return sum
}
