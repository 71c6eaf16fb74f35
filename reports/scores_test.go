package reports

import "testing"

func TestScoreFigure(t *testing.T) {
	trials := newTrials(ablation(1).runs[:2])
	if scoreFigure(trials) != nil {
		t.Error("scores are drawn without histograms")
	}
	c := &curves{
		Histogram: histogram{[]float64{0, 0.5, 1}, []float64{1, 3}, []float64{4, 0}},
		LogOdds:   histogram{[]float64{-20, -10.5, 0, 10, 20}, []float64{0, 0, 4, 0}, []float64{0, 4, 0, 0}},
	}
	trials[0].curves = c
	trials[1].curves = &curves{Histogram: c.Histogram} // as runs before log odds were recorded
	f := scoreFigure(trials)
	var names []string
	for _, v := range f.Variants {
		names = append(names, v.Name)
	}
	if len(names) != 3 || names[0] != "log odds" || len(f.Variants[0].Trials) != 2 || len(f.Variants[1].Trials) != 4 {
		t.Errorf("variants %q of series %v", names, f.Variants[0].Trials)
	}
	if e := filled(trials[:1], func(c *curves) histogram { return c.LogOdds }); e != (extent{-20, 20}) {
		t.Errorf("the bins with pairs and their neighbours extend over %v", e)
	}
	if got := polygon(c.Histogram.Edges, c.Histogram.Genuine, axis{}); got[0] != [2]float64{0.25, 0.25} || got[1] != [2]float64{0.75, 0.75} {
		t.Errorf("polygon %v", got)
	}
	if got := leastShare(trials); got != 0.1 {
		t.Errorf("least share %g, want 0.1 for one of four", got)
	}
}
