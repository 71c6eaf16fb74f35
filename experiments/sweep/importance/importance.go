package importance

import (
	"math"
	"slices"

	"whorl/experiments/sweep/parzen"
	"whorl/experiments/sweep/space"
)

// An Observation is a configuration and its value, which is to be minimized.
type Observation struct {
	Point space.Point
	Value float64
}

const (
	best  = 0.1 // share of the configurations that are the best, at least 2 of them
	cells = 50  // of a range, at most
)

// Of returns the importance of each parameter of the space, in its order.
// Values that are not finite, of configurations that failed, are the worst.
// With fewer than 3 configurations, or where no parameter tells the best from
// the others, it returns nil: nothing is known.
//
// A parameter under conditions is judged by the configurations in which it is
// active, and its divergence counts by their share.
func Of(s *space.Space, observations []Observation) []float64 {
	n := len(observations)
	if n < 3 {
		return nil
	}
	cutoff := quantile(observations, max(2, int(math.Ceil(best*float64(n)))))
	importances := make([]float64, len(s.Params))
	sum := 0.0
	for i := range s.Params {
		var top, all []float64
		for _, o := range observations {
			x := o.Point[i]
			if math.IsNaN(x) {
				continue
			}
			all = append(all, x)
			if value(o) <= cutoff {
				top = append(top, x)
			}
		}
		if s.Params[i].Count() == 1 || len(top) == 0 {
			continue
		}
		importances[i] = divergence(&s.Params[i], top, all) * float64(len(all)) / float64(n)
		sum += importances[i]
	}
	if sum == 0 {
		return nil
	}
	for i := range importances {
		importances[i] /= sum
	}
	return importances
}

func value(o Observation) float64 {
	if math.IsNaN(o.Value) || math.IsInf(o.Value, 0) {
		return math.Inf(1)
	}
	return o.Value
}

// quantile returns the k-th smallest value, k counted from 1.
func quantile(observations []Observation, k int) float64 {
	values := make([]float64, len(observations))
	for i, o := range observations {
		values[i] = value(o)
	}
	slices.Sort(values)
	return values[k-1]
}

// divergence returns the Pearson divergence of the density of the best values
// from that of all of them, on a grid of cells.
func divergence(p *space.Param, top, all []float64) float64 {
	const tiny = 1e-12
	f, g := density(p, top), density(p, all)
	sum := 0.0
	for c := range f {
		d := (f[c]+tiny)/(g[c]+tiny) - 1
		sum += (g[c] + tiny) * d * d
	}
	return sum
}

// density returns the probability of each cell: a mixture of one kernel for
// each cell that has values, weighted by their number, and of a prior of
// weight 1.
func density(p *space.Param, values []float64) []float64 {
	counts := count(p, values)
	n := len(counts)
	var components [][]float64
	var weights []float64
	if p.Choices > 0 {
		components, weights = smoothed(counts)
	} else {
		high := float64(n) - 0.5
		sigma := scott(counts)
		for c, k := range counts {
			if k > 0 {
				components = append(components, masses(parzen.Normal{Mu: float64(c), Sigma: sigma, Low: -0.5, High: high}, n))
				weights = append(weights, float64(k))
			}
		}
		components = append(components, masses(parzen.Normal{Mu: float64(n-1) / 2, Sigma: float64(n), Low: -0.5, High: high}, n))
		weights = append(weights, 1)
	}
	total := 0.0
	for _, w := range weights {
		total += w
	}
	d := make([]float64, n)
	for k, component := range components {
		for c, m := range component {
			d[c] += weights[k] / total * m
		}
	}
	return d
}

// count returns how many values lie in each cell of the parameter's axis.
func count(p *space.Param, values []float64) []int {
	if p.Choices > 0 {
		counts := make([]int, p.Choices)
		for _, x := range values {
			counts[int(x)]++
		}
		return counts
	}
	n := cells
	if k := p.Count(); k > 0 {
		n = min(n, k)
		if p.Log { // small integers are far apart on the axis: finer cells would be empty
			n = min(n, int(math.Ceil(math.Log2(float64(k))))+1)
		}
	}
	low, high := p.ToAxis(p.Min), p.ToAxis(p.Max)
	counts := make([]int, n)
	for _, x := range values {
		c := math.Round((p.ToAxis(x) - low) / (high - low) * float64(n-1))
		counts[int(max(0, min(c, float64(n-1))))]++
	}
	return counts
}

// smoothed gives each category that has values a component that is mostly that
// category.
func smoothed(counts []int) (components [][]float64, weights []float64) {
	used := 1.0
	for _, k := range counts {
		if k > 0 {
			used++
		}
	}
	component := func(c int) []float64 {
		m := make([]float64, len(counts))
		small := 1 / used
		sum := small * float64(len(m))
		if c >= 0 {
			sum++
		}
		for i := range m {
			m[i] = small / sum
		}
		if c >= 0 {
			m[c] += 1 / sum
		}
		return m
	}
	for c, k := range counts {
		if k > 0 {
			components, weights = append(components, component(c)), append(weights, float64(k))
		}
	}
	return append(components, component(-1)), append(weights, 1)
}

// scott returns the bandwidth by Scott's rule, in cells: 1.059 n^(-1/5) times
// the standard deviation or, if that is less, the interquartile range over
// 1.34. It is at least such that 90% of a kernel lies in its cell.
func scott(counts []int) float64 {
	const least = 0.5 / 1.64
	n, mean := 0.0, 0.0
	for c, k := range counts {
		n += float64(k)
		mean += float64(c) * float64(k)
	}
	mean /= n
	variance := 0.0
	for c, k := range counts {
		variance += float64(k) * (float64(c) - mean) * (float64(c) - mean)
	}
	spread := math.Sqrt(variance / max(1, n-1))
	iqr := cellOf(counts, math.Floor(n*3/4)+1) - cellOf(counts, math.Floor(n/4))
	return max(least, 1.059*min(iqr/1.34, spread)*math.Pow(n, -0.2))
}

// cellOf returns the cell at which the cumulated count reaches k.
func cellOf(counts []int, k float64) float64 {
	last := 0
	for c, m := range counts {
		if m > 0 {
			last = c
			if k -= float64(m); k <= 0 {
				break
			}
		}
	}
	return float64(last)
}

// masses returns the probability of each of n cells.
func masses(d parzen.Normal, n int) []float64 {
	m := make([]float64, n)
	for c := range m {
		m[c] = d.Mass(float64(c)-0.5, float64(c)+0.5)
	}
	return m
}
