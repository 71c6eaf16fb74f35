package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"whorl/experiments/compare"
)

// A world draws sweeps with known truth. The score of a comparison is
//
//	mean(configuration) if genuine + subject + configuration x subject + training(configuration, seed) + probe(seed) + rest
//
// with normal effects; the probe's is shared by the configurations of a seed.
type world struct {
	Name        string
	Subjects    int
	Probes      int     // a subject; each has one genuine and one impostor comparison
	Tested      int     // subjects that a seed tests, drawn for each seed; 0 for all
	AUC         bool    // measure AUC, else EER
	Subject     float64 // variances
	Interaction float64 // configuration x subject
	Training    float64
	Probe       float64
	Rest        float64
	Unequal     bool // training SD 3 times as large in every other configuration
}

const (
	trueEER   = 0.05
	betterEER = 0.02
)

// variance of one score about its mean.
func (w world) variance() float64 {
	return w.Subject + w.Interaction + w.Training + w.Probe + w.Rest
}

// shift is the distance of the means that gives an EER.
func (w world) shift(eer float64) float64 {
	return -2 * math.Sqrt(w.variance()) * normalQuantile(eer)
}

// draw returns a sweep of configurations with the true EERs. Its values depend
// on the seed and the index alone.
func (w world) draw(seed, index uint64, eer []float64, seeds int) (*compare.Design, [][]float64) {
	rng := rand.New(rand.NewPCG(seed, index))
	normal := func(variance float64) float64 { return math.Sqrt(variance) * rng.NormFloat64() }
	g := len(eer)
	subject := make([][2]float64, w.Subjects) // effect on impostor and genuine scores
	own := make([][][2]float64, g)
	for i := range subject {
		subject[i] = [2]float64{normal(w.Subject), normal(w.Subject)}
	}
	d := &compare.Design{Rate: true, Configurations: make([]string, g), Value: make([][]float64, g), Without: make([][][]float64, g)}
	shift := make([]float64, g)
	for c := range g {
		d.Configurations[c] = string(rune('a' + c))
		shift[c] = w.shift(eer[c])
		own[c] = make([][2]float64, w.Subjects)
		for i := range own[c] {
			own[c][i] = [2]float64{normal(w.Interaction), normal(w.Interaction)}
		}
	}
	for s := range seeds {
		d.Seeds = append(d.Seeds, uint64(s+1))
		tested := rng.Perm(w.Subjects)
		if w.Tested > 0 {
			tested = tested[:w.Tested]
		}
		probe := make([][2]float64, len(tested)*w.Probes)
		for p := range probe {
			probe[p] = [2]float64{normal(w.Probe), normal(w.Probe)}
		}
		for c := range g {
			training := w.Training
			if w.Unequal && c%2 == 1 {
				training *= 9
			}
			t := [2]float64{normal(training), normal(training)}
			var all scores
			for k, i := range tested {
				for p := range w.Probes {
					for truth := range 2 {
						v := subject[i][truth] + own[c][i][truth] + t[truth] + probe[k*w.Probes+p][truth] + normal(w.Rest)
						if truth == 1 {
							v += shift[c]
						}
						all = append(all, score{v, int32(i), truth == 1})
					}
				}
			}
			value, without := all.measure(w.Subjects, w.AUC)
			d.Value[c] = append(d.Value[c], value)
			d.Without[c] = append(d.Without[c], without)
		}
	}
	return d, w.onThese(subject, own, shift)
}

// onThese returns the shifts by configuration and subject, from which the truth
// on these subjects follows: genuine less impostor mean.
func (w world) onThese(subject [][2]float64, own [][][2]float64, shift []float64) [][]float64 {
	means := make([][]float64, len(shift))
	for c := range shift {
		for i := range subject {
			means[c] = append(means[c], subject[i][0]+own[c][i][0], shift[c]+subject[i][1]+own[c][i][1])
		}
	}
	return means
}

// truth is the expected EER of a configuration on subjects whose impostor and
// genuine means alternate, over training seeds and probes.
func (w world) truth(means []float64) float64 {
	sd := math.Sqrt(w.Probe + w.Rest)
	// The training effect on the difference of genuine and impostor scores
	// moves the EER; three-point Gauss-Hermite.
	var sum float64
	for k, x := range []float64{-math.Sqrt(3), 0, math.Sqrt(3)} {
		move := x * math.Sqrt(2*w.Training)
		sum += []float64{1. / 6, 2. / 3, 1. / 6}[k] * eerOf(means, move, sd)
	}
	return sum
}

func eerOf(means []float64, move, sd float64) float64 {
	low, high := -20.0, 30.0
	rates := func(t float64) (fmr, fnmr float64) {
		for i := 0; i < len(means); i += 2 {
			fmr += normalCDF((means[i] - t) / sd)
			fnmr += normalCDF((t - means[i+1] - move) / sd)
		}
		n := float64(len(means) / 2)
		return fmr / n, fnmr / n
	}
	for range 50 {
		m := (low + high) / 2
		if fmr, fnmr := rates(m); fmr > fnmr {
			low = m
		} else {
			high = m
		}
	}
	fmr, _ := rates(low)
	return fmr
}

type score struct {
	value   float64
	subject int32
	genuine bool
}

type scores []score

// measure returns EER or AUC of all, and without one subject at a time.
func (s scores) measure(subjects int, auc bool) (value float64, without []float64) {
	slices.SortFunc(s, func(a, b score) int {
		switch {
		case a.value > b.value:
			return -1
		case a.value < b.value:
			return 1
		}
		return 0
	})
	genuine, present := make([]int, subjects), 0
	for _, x := range s {
		if x.genuine {
			genuine[x.subject]++
			present++
		}
	}
	figure := s.eer
	if auc {
		figure = s.auc
	}
	value = figure(-1, present)
	without = make([]float64, subjects)
	for i := range without {
		without[i] = value
		if genuine[i] > 0 {
			without[i] = figure(int32(i), present-genuine[i])
		}
	}
	return value, without
}

// eer of n genuine and n impostor scores, without a subject; scores fall.
func (s scores) eer(without int32, n int) float64 {
	tp, fp := 0, 0
	for _, x := range s {
		if x.subject == without {
			continue
		}
		if x.genuine {
			tp++
		} else {
			fp++
		}
		if over := fp - (n - tp); over >= 0 {
			switch {
			case over == 0:
				return float64(fp) / float64(n)
			case x.genuine: // FMR does not move on the last step
				return float64(fp) / float64(n)
			default:
				return float64(n-tp) / float64(n)
			}
		}
	}
	return math.NaN()
}

func (s scores) auc(without int32, n int) float64 {
	above, sum := 0, 0
	for _, x := range s {
		switch {
		case x.subject == without:
		case x.genuine:
			above++
		default:
			sum += above
		}
	}
	return float64(sum) / float64(n) / float64(n)
}
