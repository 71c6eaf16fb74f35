package reports

import (
	"fmt"
	"math"
	"slices"
)

// scoreFigure draws the distributions of genuine and impostor scores, of all
// runs over each other.
func scoreFigure(trials []*trial) *figure {
	with := slices.DeleteFunc(slices.Clone(trials), func(t *trial) bool {
		return t.curves == nil || len(t.curves.Histogram.Edges) < 2
	})
	if len(with) == 0 {
		return nil
	}
	low := 1.0
	for _, t := range with {
		for _, counts := range [][]float64{t.curves.Histogram.Genuine, t.curves.Histogram.Impostor} {
			if total := sum(counts); total > 0 {
				low = min(low, 1/total)
			}
		}
	}
	x := axis{Name: "score", Scale: scale{Format: "number"}}
	area := float32(0) // under many lines it would hide them
	if len(with) == 1 {
		area = 0.15
	}
	draw := func(name string, y axis) variant {
		p := newPlot(x, y)
		for _, t := range with {
			h := t.curves.Histogram
			p.line([]*trial{t}, "genuine", polygon(h.Edges, h.Genuine, y), stroke{Width: 1.75, Opacity: 1, Area: area})
			p.line([]*trial{t}, "impostor", polygon(h.Edges, h.Impostor, y), stroke{Width: 1, Opacity: 0.8})
		}
		return p.variant(name)
	}
	share := axis{Name: "share of pairs", Min: 0.0, Scale: scale{Format: "percent"}}
	logs := axis{Name: "share of pairs", Log: true, Min: math.Pow(10, math.Floor(math.Log10(low))), Max: 1.0, Scale: scale{Format: "percent"}}
	return &figure{
		ID: "scores", Title: "Scores",
		Note:     "Thick lines: genuine pairs. Thin lines: impostor pairs. Where they overlap lie the errors.",
		Label:    fmt.Sprintf("Histograms of the scores of genuine and impostor pairs of %s.", count(len(with), "run")),
		Variants: []variant{draw("log", logs), draw("linear", share)},
	}
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
