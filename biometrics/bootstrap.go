package biometrics

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// A Bootstrap finds confidence intervals by resampling clusters with
// replacement (Efron 1979): the percentile interval of a figure over the
// resamples. Resample r depends on the seed and r alone. Resamples in which
// the figure is undefined do not count.
type Bootstrap struct {
	Seed       uint64
	Replicates int     // 1000 is a usual number
	Confidence float64 // such as 0.95
}

// A Figure is a measure of scores, such as
//
//	(*biometrics.Scores).AUC
//	biometrics.EER
type Figure func(*Scores) float64

// EER is the equal error rate as a [Figure].
func EER(s *Scores) float64 { rate, _ := s.EER(); return rate }

// Intervals returns the confidence interval of each figure, all from the same
// resamples. It fails if a figure is undefined on the scores or on every
// resample.
func (b Bootstrap) Intervals(c *Clusters, figures ...Figure) ([]Interval, error) {
	if b.Replicates < 1 {
		return nil, fmt.Errorf("%d bootstrap replicates", b.Replicates)
	}
	if err := checkConfidence(b.Confidence); err != nil {
		return nil, err
	}
	for _, figure := range figures {
		if math.IsNaN(measure(figure, c.all)) {
			return nil, errors.New("the figure is undefined on these scores")
		}
	}
	defined := make([][]float64, len(figures)) // values of each figure that are not NaN
	weights := make([]int, c.Len())
	for r := range b.Replicates {
		rng := rand.New(rand.NewPCG(b.Seed, uint64(r)))
		clear(weights)
		for range weights {
			weights[rng.IntN(len(weights))]++
		}
		s := c.weighted(weights)
		for i, figure := range figures {
			if v := measure(figure, s); !math.IsNaN(v) {
				defined[i] = append(defined[i], v)
			}
		}
	}
	out := make([]Interval, len(figures))
	tail := (1 - b.Confidence) / 2
	for i, v := range defined {
		if len(v) == 0 {
			return nil, errors.New("the figure is undefined on every resample")
		}
		slices.Sort(v)
		out[i] = Interval{
			stat.Quantile(tail, stat.LinInterp, v, nil),
			stat.Quantile(1-tail, stat.LinInterp, v, nil),
		}
	}
	return out, nil
}

// EER returns the confidence interval of the equal error rate. Where few pairs
// go wrong all resamples may be free of error, so the upper end is at least
// that of zero errors in the number of pairs of the smaller class, with t(m-1) for m
// clusters. With fewer than [FewSubjects] clusters it covers less than its
// confidence.
func (b Bootstrap) EER(c *Clusters) (Interval, error) {
	ci, err := b.Intervals(c, EER)
	if err != nil {
		return Interval{}, fmt.Errorf("EER: %w", err)
	}
	n := float64(min(c.all.genuines, c.all.impostors))
	least := wilson(0, n, studentQuantile(b.Confidence, len(c.of)-1))
	return Interval{ci[0].Low, max(ci[0].High, least.High)}, nil
}
