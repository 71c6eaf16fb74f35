package reports

import (
	"fmt"
	"math"
	"slices"
)

// least is the smallest rate drawn on an axis that has no zero.
const least = 1e-4

// errorFigures draws ROC, precision-recall and DET curves, each run's over the
// others'.
func errorFigures(trials []*trial) []*figure {
	with := slices.DeleteFunc(slices.Clone(trials), func(t *trial) bool { return t.curves == nil })
	if len(with) == 0 {
		return nil
	}
	return []*figure{rocFigure(with), detFigure(with), prFigure(with)}
}

var (
	fullRate    = axis{Min: 0.0, Max: 1.0, Scale: scale{Format: "percent"}}
	operatingAt = "calibrated" // the operating point that is marked
)

func rocFigure(trials []*trial) *figure {
	floor := smallest(trials, func(c *curves) []number64 { return c.ROC.FPR })
	fmr, tpr := fullRate, fullRate
	fmr.Name, tpr.Name = "false match rate (FMR)", "true match rate (1 − FNMR)"
	logFMR := fmr
	logFMR.Log, logFMR.Min = true, floor
	draw := func(name string, x axis) variant {
		p := newPlot(x, tpr)
		for _, t := range trials {
			points := pairs(t.curves.ROC.FPR, t.curves.ROC.TPR, x.place, nil)
			p.curve(t, points)
			for _, o := range t.curves.Operating {
				if o.Name == operatingAt && o.FMR.defined() && o.FNMR.defined() {
					p.dots([]*trial{t}, "calibrated threshold", "diamond", 11, [][2]float64{{round(x.place(float64(o.FMR))), round(1 - float64(o.FNMR))}})
				}
			}
		}
		if !x.Log {
			p.reference("chance", [][2]float64{{0, 0}, {1, 1}})
		}
		return p.variant(name)
	}
	return &figure{
		ID: "roc", Title: "ROC",
		Note:     "Receiver operating characteristic. Diamonds: the threshold calibrated on other probes.",
		Label:    fmt.Sprintf("Receiver operating characteristic of %s: true match rate against false match rate.", count(len(trials), "run")),
		Variants: []variant{draw("log FMR", logFMR), draw("linear", fmr)},
	}
}

func prFigure(trials []*trial) *figure {
	recall, precision := fullRate, fullRate
	recall.Name, precision.Name = "recall", "precision"
	precision.Min = nil
	p := newPlot(recall, precision)
	for _, t := range trials {
		p.curve(t, pairs(t.curves.PR.Recall, t.curves.PR.Precision, nil, nil))
	}
	return &figure{
		ID: "pr", Title: "Precision and recall",
		Note:     "Precision depends on how many of the pairs are genuine: see Decisions.",
		Label:    fmt.Sprintf("Precision against recall of %s.", count(len(trials), "run")),
		Variants: []variant{p.variant("linear")},
	}
}

// detFigure draws the detection error trade-off on normal deviates, where
// normally distributed scores give straight lines, and on logarithms.
//
// Source: Martin et al.: The DET curve in assessment of detection task
// performance, Eurospeech 1997; ISO/IEC 19795-1.
func detFigure(trials []*trial) *figure {
	floor := math.Min(
		smallest(trials, func(c *curves) []number64 { return c.DET.FMR }),
		smallest(trials, func(c *curves) []number64 { return c.DET.FNMR }))
	draw := func(name string, a axis) variant {
		x, y := a, a
		x.Name, y.Name = "false match rate (FMR)", "false non-match rate (FNMR)"
		p := newPlot(x, y)
		for _, t := range trials {
			p.curve(t, pairs(t.curves.DET.FMR, t.curves.DET.FNMR, a.place, a.place))
		}
		p.reference("FMR = FNMR", [][2]float64{{a.Min.(float64), a.Min.(float64)}, {a.Max.(float64), a.Max.(float64)}})
		return p.variant(name)
	}
	var marks []float64
	for _, rate := range []float64{1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8} {
		if rate >= floor {
			marks = append(marks, round(probit(rate)))
		}
	}
	deviates := axis{Min: round(probit(floor)), Max: round(probit(0.95)), Ticks: marks, Scale: scale{Format: "probit"}}
	logs := axis{Min: floor, Max: 1.0, Log: true, Scale: scale{Format: "percent"}}
	return &figure{
		ID: "det", Title: "DET",
		Note:     "Detection error trade-off: nearer to the lower left is better. The dashed line crosses each curve at its equal error rate.",
		Label:    fmt.Sprintf("Detection error trade-off of %s: false non-match rate against false match rate.", count(len(trials), "run")),
		Variants: []variant{draw("probit", deviates), draw("log", logs)},
	}
}

// cmcFigure draws the share of searches that find their mate among the best
// ranks; nil if no run searched.
//
// Source: ISO/IEC 19795-1, cumulative match characteristic.
func cmcFigure(trials []*trial) *figure {
	longest := 2
	ranks := axis{Name: "rank", Log: true, Min: 1.0, Scale: scale{Format: "number"}}
	found := axis{Name: "mate found", Max: 1.0, Scale: scale{Format: "percent"}}
	for _, t := range trials {
		if t.curves != nil {
			longest = max(longest, len(t.curves.CMC))
		}
	}
	ranks.Max = float64(longest)
	p := newPlot(ranks, found)
	for _, t := range trials {
		if t.curves == nil {
			continue
		}
		var points [][2]float64
		for i, share := range t.curves.CMC {
			if share.defined() {
				points = append(points, [2]float64{float64(i + 1), float64(share)})
			}
		}
		p.curve(t, points)
	}
	if len(p.trials) == 0 {
		return nil
	}
	return &figure{
		ID: "cmc", Title: "CMC",
		Note:     "Cumulative match characteristic: how often the mate is among the best that many of the gallery.",
		Label:    fmt.Sprintf("Cumulative match characteristic of %s: share of searches that find the mate, against rank.", count(len(p.trials), "run")),
		Variants: []variant{p.variant("log")},
	}
}

// place is where a rate goes on the axis: rates beyond its ends, among them
// the zeros that have no logarithm and no deviate, go to its ends.
func (a axis) place(rate float64) float64 {
	v := rate
	if a.Scale.Format == "probit" {
		v = probit(rate)
	}
	return math.Max(a.Min.(float64), math.Min(a.Max.(float64), v))
}

// probit is the standard normal quantile.
func probit(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// smallest is the power of ten at or below the smallest positive rate of all
// trials, but not below least.
func smallest(trials []*trial, rates func(*curves) []number64) float64 {
	low := 0.1
	for _, t := range trials {
		for _, r := range rates(t.curves) {
			if r > 0 {
				low = math.Min(low, float64(r))
			}
		}
	}
	return math.Max(least, math.Pow(10, math.Floor(math.Log10(low)+1e-9)))
}

// pairs zips two rates into points with ascending x, each moved to its place.
// Points without a value are left out.
func pairs(x, y []number64, placeX, placeY func(float64) float64) [][2]float64 {
	var points [][2]float64
	for i := range x {
		if !x[i].defined() || !y[i].defined() {
			continue
		}
		p := [2]float64{float64(x[i]), float64(y[i])}
		if placeX != nil {
			p[0] = placeX(p[0])
		}
		if placeY != nil {
			p[1] = placeY(p[1])
		}
		points = append(points, p)
	}
	if n := len(points); n > 1 && points[0][0] > points[n-1][0] {
		slices.Reverse(points)
	}
	return points
}

// curve adds a curve of the trial, if it has one.
func (p *plot) curve(t *trial, points [][2]float64) {
	if len(points) > 0 {
		p.line([]*trial{t}, "", points, stroke{Width: 1.75, Opacity: 1})
	}
}
