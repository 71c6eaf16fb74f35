package reports

import (
	"fmt"
	"math"
	"slices"
)

// scoreFigure draws the distributions of genuine and impostor scores, of all
// runs over each other; nil if there are none. Scores of a network are mostly
// near 0 and 1, where only their log odds tell them apart.
func scoreFigure(trials []*trial) *figure {
	plain := func(c *curves) histogram { return c.Histogram }
	odds := func(c *curves) histogram { return c.LogOdds }
	share := axis{Name: "share of pairs", Min: 0.0, Scale: scale{Format: "percent"}}
	logShare := axis{Name: "share of pairs", Log: true, Min: leastShare(trials), Max: 1.0, Scale: scale{Format: "percent"}}
	score := axis{Name: "score", Scale: scale{Format: "number"}}
	f := &figure{
		ID: "scores", Title: "Scores",
		Note: "Thick lines: genuine pairs. Thin lines: impostor pairs. Where they overlap lie the errors.",
	}
	if with := withHistogram(trials, odds); len(with) > 0 {
		ends := filled(with, odds)
		x := axis{Name: "log odds of the score, ln s/(1 − s)", Min: ends.Min, Max: ends.Max, Scale: scale{Format: "number"}}
		f.Variants = append(f.Variants, scoreVariant("log odds", with, odds, x, share))
	}
	if with := withHistogram(trials, plain); len(with) > 0 {
		f.Variants = append(f.Variants, scoreVariant("linear", with, plain, score, share), scoreVariant("log share", with, plain, score, logShare))
	}
	if len(f.Variants) == 0 {
		return nil
	}
	f.Label = fmt.Sprintf("Histograms of the scores of genuine and impostor pairs of %s.", count(len(withHistogram(trials, plain)), "run"))
	return f
}

func withHistogram(trials []*trial, of func(*curves) histogram) []*trial {
	return slices.DeleteFunc(slices.Clone(trials), func(t *trial) bool {
		return t.curves == nil || len(of(t.curves).Edges) < 2
	})
}

func scoreVariant(name string, trials []*trial, of func(*curves) histogram, x, y axis) variant {
	area := float32(0) // under many lines it would hide them
	if len(trials) == 1 {
		area = 0.15
	}
	p := newPlot(x, y)
	for _, t := range trials {
		h := of(t.curves)
		p.line([]*trial{t}, "genuine", polygon(h.Edges, h.Genuine, y), stroke{Width: 1.75, Opacity: 1, Area: area})
		p.line([]*trial{t}, "impostor", polygon(h.Edges, h.Impostor, y), stroke{Width: 1, Opacity: 0.8})
	}
	return p.variant(name)
}

// leastShare is the power of ten at or below what one pair is of the most.
func leastShare(trials []*trial) float64 {
	low := 1.0
	for _, t := range trials {
		if t.curves == nil {
			continue
		}
		for _, counts := range [][]float64{t.curves.Histogram.Genuine, t.curves.Histogram.Impostor} {
			if total := sum(counts); total > 0 {
				low = min(low, 1/total)
			}
		}
	}
	return math.Pow(10, math.Floor(math.Log10(low)))
}

// filled is the range of the bins that any of the trials has pairs in, with an
// empty one on either side, out to whole numbers.
func filled(trials []*trial, of func(*curves) histogram) extent {
	e := extentOf(nil)
	for _, t := range trials {
		h := of(t.curves)
		for i := range h.Genuine {
			if h.Genuine[i]+h.Impostor[i] > 0 {
				e.Min = min(e.Min, h.Edges[max(0, i-1)])
				e.Max = max(e.Max, h.Edges[min(len(h.Edges)-1, i+2)])
			}
		}
	}
	if e.Min > e.Max {
		return extent{0, 1}
	}
	return extent{math.Floor(e.Min), math.Ceil(e.Max)}
}

// polygon turns counts between edges into the points of a line through the
// middles of the bins, as shares of their sum. On an axis without zero, empty
// bins lie at its end.
func polygon(edges, counts []float64, y axis) [][2]float64 {
	total := max(1, sum(counts))
	points := make([][2]float64, len(counts))
	for i, c := range counts {
		share := c / total
		if y.Log {
			share = max(share, y.Min.(float64))
		}
		points[i] = [2]float64{round(edges[i]/2 + edges[i+1]/2), round(share)}
	}
	return points
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}
