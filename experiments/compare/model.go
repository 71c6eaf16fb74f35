package compare

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// A model is the least-squares fit of value = configuration + seed + noise to
// the measured cells of a design: a two-way layout without replication, with
// missing cells (Searle, Linear Models, 1971, chapter 7). Where seeds do not
// link all configurations to each other, as when two configurations share no
// seed, the seed is not in the model and its effect is part of the noise.
type model struct {
	design  *Design
	blocked bool       // by seed
	seeds   int        // that have a value
	inverse *mat.Dense // generalised inverse of the normal matrix; nil if no cell is missing
	df      int        // of the residuals
}

func newModel(d *Design) *model {
	g, n := d.size()
	m := &model{design: d}
	cells, linked := 0, newSets(g)
	perConfiguration, perSeed := make([]int, g), make([]int, n)
	for s := range n {
		first := -1
		for c := range g {
			if d.measured(c, s) {
				cells++
				perConfiguration[c]++
				perSeed[s]++
				if first < 0 {
					first = c
				}
				linked.join(first, c)
			}
		}
	}
	for _, k := range perSeed {
		if k > 0 {
			m.seeds++
		}
	}
	m.blocked = linked.one()
	if !m.blocked {
		m.df = cells - g
	} else {
		m.df = cells - g - m.seeds + 1
	}
	if m.blocked && cells == g*m.seeds {
		return m
	}
	size := g
	if m.blocked {
		size += n
	}
	normal := mat.NewDense(size, size, nil)
	for c, k := range perConfiguration {
		normal.Set(c, c, float64(k))
	}
	if m.blocked {
		for s, k := range perSeed {
			for t, l := range perSeed { // the seed effects sum to 0
				if k > 0 && l > 0 {
					normal.Set(g+s, g+t, 1)
				}
			}
			if k == 0 {
				normal.Set(g+s, g+s, 1)
			} else {
				normal.Set(g+s, g+s, float64(k)+1)
			}
			for c := range g {
				if d.measured(c, s) {
					normal.Set(c, g+s, 1)
					normal.Set(g+s, c, 1)
				}
			}
		}
	}
	m.inverse = new(mat.Dense)
	if err := m.inverse.Inverse(normal); err != nil {
		if _, conditioned := err.(mat.Condition); !conditioned {
			panic("compare: the normal matrix of a linked design is singular")
		}
	}
	return m
}

// means returns the least-squares mean of each configuration, which is that
// over the seeds where no cell is missing, and the effect of each seed. value
// gives the measured cells.
func (m *model) means(value func(c, s int) float64) (configuration, seed []float64) {
	g, n := m.design.size()
	sums := make([]float64, g+n)
	count := make([]float64, g+n)
	for c := range g {
		for s := range n {
			if m.design.measured(c, s) {
				v := value(c, s)
				sums[c] += v
				sums[g+s] += v
				count[c]++
				count[g+s]++
			}
		}
	}
	if m.inverse != nil {
		size, _ := m.inverse.Dims()
		solved := mat.NewVecDense(size, nil)
		solved.MulVec(m.inverse, mat.NewVecDense(size, sums[:size]))
		all := append(solved.RawVector().Data, make([]float64, g+n-size)...)
		return all[:g], all[g:]
	}
	configuration, seed = make([]float64, g), make([]float64, n)
	var grand float64
	for c := range g {
		configuration[c] = sums[c] / count[c]
		grand += configuration[c] / float64(g)
	}
	for s := range n {
		if count[g+s] > 0 {
			seed[s] = sums[g+s]/count[g+s] - grand
		}
	}
	return configuration, seed
}

// residualSquare returns the mean square of the residuals, NaN without degrees
// of freedom. What is below the rounding of the values is 0.
func (m *model) residualSquare(configuration, seed []float64) float64 {
	if m.df < 1 {
		return math.NaN()
	}
	var sum, most float64
	g, n := m.design.size()
	for c := range g {
		for s := range n {
			if m.design.measured(c, s) {
				v := m.design.at(c, s)
				most = max(most, math.Abs(v))
				r := v - configuration[c] - seed[s]
				sum += r * r
			}
		}
	}
	mean := sum / float64(m.df)
	if tiny := noise * most; mean <= tiny*tiny {
		return 0
	}
	return mean
}

// leverage is the variance of a weighted sum of the means in units of the
// residual variance, for the seeds at hand.
func (m *model) leverage(weights []float64) float64 {
	if m.inverse == nil {
		return sumOfSquares(weights) / float64(m.seeds)
	}
	var v, sum float64
	for i, a := range weights {
		sum += a
		for j, b := range weights {
			v += a * b * m.inverse.At(i, j)
		}
	}
	if m.blocked { // what the condition that seed effects sum to 0 has added
		v -= sum * sum / float64(m.seeds*m.seeds)
	}
	return v
}

// sets are disjoint sets of whole numbers, which can be joined.
type sets []int

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func (s sets) of(i int) int {
	for s[i] != i {
		i = s[i]
	}
	return i
}

func (s sets) join(i, j int) { s[s.of(j)] = s.of(i) }

func (s sets) one() bool {
	for i := range s {
		if s.of(i) != s.of(0) {
			return false
		}
	}
	return true
}
