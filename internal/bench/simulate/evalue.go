package main

import (
	"math"

	"whorl/experiments/compare"
	"whorl/pipeline/stage"
)

// lines runs a sequential design of two configurations on a test set beside an
// anytime-valid test on the same sweeps.
func lines(w world, first, last, sweeps int, seed uint64) (spending, evalue sequentialResult) {
	q := compare.Sequential{Min: first, Max: last, Confidence: confidence, Goal: stage.Minimize, Target: compare.TestSet}
	for index := range sweeps {
		for better, eer := range [][]float64{{trueEER, trueEER}, {betterEER, trueEER}} {
			d, _ := w.draw(seed, uint64(2*index+better), eer, last)
			p := run(q, d)
			n, rejected := first, false
			for ; n <= last; n++ {
				var differences []float64
				for s := range n {
					differences = append(differences, d.Value[0][s]-d.Value[1][s])
				}
				if rejected = mixtureE(differences, priorVariance) >= 1/(1-confidence); rejected {
					break
				}
			}
			spending.count(better == 1, len(p.Worse) > 0, p.Spent)
			evalue.count(better == 1, rejected, 2*min(n, last))
		}
	}
	return spending, evalue
}

// count enters one sweep.
func (r *sequentialResult) count(better, rejected bool, spent int) {
	if better {
		r.Spent += spent
		if rejected {
			r.Power++
		}
		return
	}
	r.SpentEqual += spent
	if rejected {
		r.False++
	}
}

// priorVariance is that of the standardised mean in mixtureE; 1 has the most
// power here among 0.25, 1 and 4.
const priorVariance = 1

// mixtureE is the e-value of paired differences against a mean of 0, with a
// normal prior of variance g on the standardised mean and the right Haar prior
// on the scale (Rouder et al. 2009). A test that rejects once it reaches 1/alpha
// errs with probability alpha at most at any stopping time (Perez-Ortiz et al.
// 2024).
func mixtureE(differences []float64, g float64) float64 {
	n := float64(len(differences))
	var mean, square float64
	for _, v := range differences {
		mean += v / n
	}
	for _, v := range differences {
		square += (v - mean) * (v - mean)
	}
	if n < 2 || square == 0 {
		return 1
	}
	t2 := n * mean * mean / (square / (n - 1))
	return math.Exp(-0.5*math.Log(1+n*g) + n/2*(math.Log(1+t2/(n-1))-math.Log(1+t2/((n-1)*(1+n*g)))))
}
