package compare

// A jackknife is what the leave-one-out values say about the units.
//
// A figure measured on the same units in every run shares their luck, which
// cancels in the difference of two configurations except for what is particular
// to a configuration and a unit. The variance of that part does not shrink with
// more seeds.
type jackknife struct {
	units   int
	means   [][]float64 // by unit left out and configuration: least-squares means
	total   float64     // variance of a mean by the units: configuration x unit part and sampling within a run
	cell    float64     // what of it is sampling within a run, and shrinks with the seeds
	part    float64     // a: the configuration x unit part
	within  float64     // sampling variance within one run
	inverse float64     // mean over configurations of 1 over the number of seeds
}

// newJackknife estimates the variance components of the units. For
// configurations c, units i and seeds s, r is the leave-one-out value centred
// over c, then over i, and
//
//	A(m) = (M-1)/M * sum r^2 / (G-1)
//	total = A of the means over seeds
//	cell = mean over seeds of A of that seed, divided by the number of seeds n
//	part = max(0, n/(n-1) * (total - cell))
//
// With missing cells the means are those of least squares, a seed counts with
// the configurations that it has, and n is the harmonic mean of the number of
// seeds of a configuration.
func newJackknife(m *model, units int) *jackknife {
	d := m.design
	g, n := d.size()
	j := &jackknife{units: units, means: make([][]float64, units)}
	for i := range units {
		j.means[i], _ = m.means(func(c, s int) float64 { return d.Without[c][s][i] })
	}
	j.total = unitVariance(j.means)

	for c := range g {
		count := 0
		for s := range n {
			if d.measured(c, s) {
				count++
			}
		}
		j.inverse += 1 / float64(count) / float64(g)
	}
	seeds := 1 / j.inverse
	var sum, used float64
	for s := range n {
		var present []int
		for c := range g {
			if d.measured(c, s) {
				present = append(present, c)
			}
		}
		if len(present) < 2 {
			continue
		}
		cell := make([][]float64, units)
		for i := range units {
			for _, c := range present {
				cell[i] = append(cell[i], d.Without[c][s][i])
			}
		}
		sum += unitVariance(cell)
		used++
	}
	if used > 0 {
		j.within = sum / used
	}
	j.cell = j.within / seeds
	if seeds > 1 {
		j.part = max(0, seeds/(seeds-1)*(j.total-j.cell))
	}
	return j
}

// unitVariance is the jackknife variance of a configuration's value relative to
// the mean of the configurations; values are by unit left out and
// configuration.
func unitVariance(values [][]float64) float64 {
	m, g := len(values), len(values[0])
	centred := make([][]float64, m)
	over := make([]float64, g) // mean over units
	for i, row := range values {
		var mean float64
		for _, v := range row {
			mean += v / float64(g)
		}
		centred[i] = make([]float64, g)
		for c, v := range row {
			centred[i][c] = v - mean
			over[c] += (v - mean) / float64(m)
		}
	}
	var sum float64
	for _, row := range centred {
		for c, v := range row {
			sum += (v - over[c]) * (v - over[c])
		}
	}
	return float64(m-1) / float64(m) * sum / float64(g-1)
}

// of returns the jackknife variance of a contrast of the means.
func (j *jackknife) of(weights []float64) float64 {
	values := make([]float64, j.units)
	var mean float64
	for i, row := range j.means {
		for c, w := range weights {
			values[i] += w * row[c]
		}
		mean += values[i] / float64(j.units)
	}
	var sum float64
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return float64(j.units-1) / float64(j.units) * sum
}
