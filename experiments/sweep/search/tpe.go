package search

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"whorl/experiments/sweep/parzen"
	"whorl/experiments/sweep/space"
)

// The constants are those of Optuna's TPESampler.
const (
	startup    = 10 // configurations drawn at random first
	candidates = 24 // of which the best is proposed
	maxGood    = 25
)

// TPE is the tree-structured Parzen estimator. It splits the configurations
// seen into the best tenth (at most 25) and the rest, estimates a density of
// each, and proposes, of 24 draws from that of the best, the one with the
// highest ratio of the two. Configurations whose result may not be used yet
// count as bad ones, which keeps parallel trials apart (constant liar). In the
// density of the best, better ones have more weight, unlike in Optuna.
//
// Parameters that are always active together are estimated together, so their
// interactions count. Those under conditions are estimated from the
// configurations in which they are active.
//
// Source: J. Bergstra et al., "Algorithms for Hyper-Parameter Optimization",
// NeurIPS 2011; S. Watanabe, "Tree-Structured Parzen Estimator:
// Understanding Its Algorithm Components and Their Roles", 2023.
type TPE struct {
	Space  *space.Space
	Budget int
	Seed   uint64
}

// Adaptive implements [Method]. The first 10 configurations are drawn at random.
func (*TPE) Adaptive(number int) bool { return number > startup }

// Propose implements [Method]. It proposes no configuration twice.
func (t *TPE) Propose(seen []Observation) (space.Point, bool) {
	number := len(seen) + 1
	if number > t.Budget {
		return nil, false
	}
	taken := make(map[string]bool, len(seen))
	known := 0
	for _, o := range seen {
		taken[o.Point.Key()] = true
		if o.Known {
			known++
		}
	}
	if known >= startup {
		good, bad := split(seen, known)
		r := stream(t.Seed, "tpe", number)
		for range startup { // a small space may have been drawn from often
			if p := t.propose(r, good, bad); !taken[p.Key()] {
				return p, true
			}
		}
	}
	p := draw(t.Space, stream(t.Seed, "random", number), taken)
	return p, p != nil
}

// split returns the best tenth of the configurations, best first, and the
// others in the order seen. Those with more of the resource come first, since
// a value says less the earlier it was measured.
func split(seen []Observation, known int) (good, bad []space.Point) {
	order := make([]int, len(seen))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := seen[i], seen[j]
		if a.Known != b.Known {
			if a.Known {
				return -1
			}
			return 1
		}
		return cmp.Or(boolCompare(failed(a), failed(b)), cmp.Compare(b.Resource, a.Resource), cmp.Compare(a.Value, b.Value))
	})
	n := min(int(math.Ceil(0.1*float64(known))), maxGood)
	isGood := make([]bool, len(seen))
	for _, i := range order[:n] {
		if isGood[i] = !failed(seen[i]); isGood[i] {
			good = append(good, seen[i].Point)
		}
	}
	for i, o := range seen {
		if !isGood[i] {
			bad = append(bad, o.Point)
		}
	}
	return good, bad
}

func failed(o Observation) bool { return o.Known && (math.IsInf(o.Value, 0) || math.IsNaN(o.Value)) }

// boolCompare orders false before true.
func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (t *TPE) propose(r *rand.Rand, good, bad []space.Point) space.Point {
	p := make(space.Point, len(t.Space.Params))
	for i := range p {
		p[i] = math.NaN()
	}
	for _, group := range groups(t.Space) {
		if t.Space.Active(p, group[0]) {
			t.proposeGroup(r, group, good, bad, p)
		}
	}
	return p
}

// proposeGroup sets the parameters of a group in p.
func (t *TPE) proposeGroup(r *rand.Rand, group []int, good, bad []space.Point, p space.Point) {
	if first := &t.Space.Params[group[0]]; first.Count() == 1 {
		p[group[0]] = first.Value(0)
		return
	}
	axes := make([]parzen.Axis, len(group))
	for k, i := range group {
		param := &t.Space.Params[i]
		if axes[k].Choices = param.Choices; param.Choices == 0 {
			axes[k].Low, axes[k].High = param.Axis()
			axes[k].Step = param.Step
		}
	}
	l, g := t.project(group, good), t.project(group, bad)
	likely := parzen.New(axes, l, parzen.ByRank(len(l)))
	unlikely := parzen.New(axes, g, parzen.ByAge(len(g)))
	best := math.Inf(-1)
	for c := range candidates {
		x := likely.Sample(r)
		values := make([]float64, len(group))
		for k, i := range group {
			values[k] = x[k]
			if param := &t.Space.Params[i]; param.Choices == 0 {
				values[k] = param.FromAxis(x[k])
				x[k] = param.ToAxis(values[k])
			}
		}
		if ratio := likely.LogScore(x) - unlikely.LogScore(x); c == 0 || ratio > best {
			best = ratio
			for k, i := range group {
				p[i] = values[k]
			}
		}
	}
}

// project returns the positions, on the axes of a group, of the points in
// which the group is active.
func (t *TPE) project(group []int, points []space.Point) [][]float64 {
	var rows [][]float64
	for _, p := range points {
		if math.IsNaN(p[group[0]]) {
			continue
		}
		row := make([]float64, len(group))
		for k, i := range group {
			if row[k] = p[i]; t.Space.Params[i].Choices == 0 {
				row[k] = t.Space.Params[i].ToAxis(p[i])
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// groups returns the parameters that vary, those with the same conditions
// together, each group after those that its conditions name. A parameter with
// a single value is a group of its own, since it says nothing about others.
func groups(s *space.Space) [][]int {
	var all [][]int
	for _, i := range s.Order() {
		k := slices.IndexFunc(all, func(g []int) bool {
			return s.Params[g[0]].Count() != 1 && s.Params[i].Count() != 1 && sameConditions(s.Params[g[0]].When, s.Params[i].When)
		})
		if k < 0 {
			all = append(all, []int{i})
		} else {
			all[k] = append(all[k], i)
		}
	}
	return all
}

func sameConditions(a, b []space.Condition) bool {
	return slices.EqualFunc(a, b, func(x, y space.Condition) bool {
		return x.Param == y.Param && slices.Equal(x.Values, y.Values)
	})
}
