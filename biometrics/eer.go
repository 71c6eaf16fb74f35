package biometrics

import "math"

// EER returns the equal error rate, at which the false match rate and the
// false non-match rate are the same, and a threshold for it. Both are NaN
// unless there are both genuine and impostor pairs.
//
// Between two neighbouring operating points both rates, and the threshold,
// are interpolated linearly. Where an operating point has equal rates, every
// threshold above the next lower score and up to its own makes the same
// decisions; the middle of that range is returned, which has the same
// distance to the scores on both sides.
func (s *Scores) EER() (rate, threshold float64) {
	if s.genuines == 0 || s.impostors == 0 {
		return math.NaN(), math.NaN()
	}
	points := s.OperatingPoints()
	for i := 1; ; i++ { // ends at the latest at the last point: FMR 1, FNMR 0
		p := points[i]
		after := excess(p)
		if after < 0 {
			continue
		}
		if after == 0 {
			return p.FMR(), middle(points, i)
		}
		before := excess(points[i-1])
		t := float64(-before) / float64(after-before) // 0 <= t <= 1
		rate = interpolate(points[i-1].FMR(), p.FMR(), t)
		if i == 1 { // the threshold before is infinite
			return rate, p.Threshold
		}
		return rate, interpolate(points[i-1].Threshold, p.Threshold, t)
	}
}

// excess is FMR - FNMR times the number of genuine and of impostor pairs:
// whole numbers, so that equal rates are found exactly.
func excess(p OperatingPoint) int {
	return p.FP*(p.TP+p.FN) - p.FN*(p.FP+p.TN)
}

// middle returns the middle of the thresholds that make the decisions of
// point i.
func middle(points []OperatingPoint, i int) float64 {
	high := points[i].Threshold
	if i+1 == len(points) {
		return high
	}
	low := points[i+1].Threshold
	if m := low + (high-low)/2; m > low {
		return m
	}
	return high // low and high are neighbouring floats
}

// interpolate is a at t = 0 and b at t = 1. The conversions keep compilers
// from fusing the multiplications into the sum on some machines only.
func interpolate(a, b, t float64) float64 {
	return float64((1-t)*a) + float64(t*b)
}
