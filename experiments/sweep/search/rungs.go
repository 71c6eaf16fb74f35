package search

import (
	"cmp"
	"math"
	"slices"
)

// Rungs is asynchronous successive halving (ASHA). Every configuration starts
// with little of a resource, such as epochs; of those measured on a rung, the
// best 1/Eta are promoted to the next, as soon as they are among them, and the
// most promising promotion comes before a new configuration.
//
// When there are no new configurations and no promotions left, and none has
// succeeded on the last rung, the best of the highest rung goes on. A short
// sweep too thus measures one configuration in full.
//
// Source: L. Li et al., "A System for Massively Parallel Hyperparameter
// Tuning", MLSys 2020, algorithm 2.
type Rungs struct {
	Resources []int // of each rung, rising
	Eta       int
}

// NewRungs returns the rungs least, least*eta, least*eta^2 and so on, and most
// as the last. It wants 1 <= least <= most and eta >= 2.
func NewRungs(least, most, eta int) *Rungs {
	if least < 1 || most < least || eta < 2 {
		panic("search: rungs need 1 <= least <= most and eta >= 2")
	}
	r := &Rungs{Eta: eta}
	for x := least; x < most; x *= eta {
		r.Resources = append(r.Resources, x)
		if x > most/eta {
			break
		}
	}
	r.Resources = append(r.Resources, most)
	return r
}

// top returns the known jobs of a rung that are not failed, best first, and
// how many of all those known there are the best 1/Eta.
func (r *Rungs) top(known []record, rung int) (ranked []record, n int) {
	for _, j := range known {
		if j.Rung == rung && j.told {
			n++
			if !math.IsInf(j.value, 0) {
				ranked = append(ranked, j)
			}
		}
	}
	slices.SortStableFunc(ranked, func(a, b record) int { return cmp.Compare(a.value, b.value) })
	return ranked, n / r.Eta
}

// promote returns the index of the job whose configuration is promoted next:
// the best one that may be, on the highest rung where there is one.
func (r *Rungs) promote(all, known []record) (int, bool) {
	for rung := len(r.Resources) - 2; rung >= 0; rung-- {
		ranked, n := r.top(known, rung)
		for _, j := range ranked[:min(n, len(ranked))] {
			if !issued(all, j.Configuration, rung+1) {
				return j.Number - 1, true
			}
		}
	}
	return 0, false
}

// finish returns the job whose configuration goes on when all are known and no
// configuration has succeeded on the last rung.
func (r *Rungs) finish(known []record) (int, bool) {
	last := len(r.Resources) - 1
	if ranked, _ := r.top(known, last); len(ranked) > 0 {
		return 0, false
	}
	for rung := last - 1; rung >= 0; rung-- {
		ranked, _ := r.top(known, rung)
		for _, j := range ranked {
			if !issued(known, j.Configuration, rung+1) {
				return j.Number - 1, true
			}
		}
	}
	return 0, false
}

func issued(jobs []record, configuration, rung int) bool {
	return slices.ContainsFunc(jobs, func(j record) bool { return j.Configuration == configuration && j.Rung == rung })
}
