package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"whorl/experiments/compare"
)

// A summary is the page's beginning: what was compared and what came of it.
type summary struct {
	Cards   []card
	Ranking *podium // nil if there is nothing to rank, or to rank by
}

// A card is one figure.
type card struct{ Title, Text, Small string }

func newSummary(p *page, all []metric) *summary {
	s := &summary{}
	done, cached, stages, spent, avoided := 0, 0, 0, 0.0, 0.0
	for _, t := range p.Trials {
		if t.State == "done" {
			done++
		}
		spent += t.Seconds()
		avoided += t.Saved()
		for _, st := range t.Stages {
			stages++
			if st.Status == "cached" {
				cached++
			}
		}
	}
	s.add("runs", integer(int64(len(p.Trials))), fmt.Sprintf("%d done", done))
	if n := len(p.Trials) - done; n > 0 {
		s.Cards[0].Small += fmt.Sprintf(", %d not", n)
	}
	if len(p.Groups) < len(p.Trials) {
		s.add("configurations", integer(int64(len(p.Groups))), replicateText(p.Groups))
	}
	first, ok := ranking(all, p.Metric)
	if ok {
		s.rank(newPodium(p.Groups, first))
	}
	if len(p.Trials) == 1 { // there is room for more of it
		const more = 3
		others := slices.DeleteFunc(primaryMetrics(all), func(m metric) bool { return m.Key == first.Key })
		for _, m := range others[:min(more, len(others))] {
			s.add(m.Title, m.Format(p.Trials[0].metrics[m.Key]), m.Stage)
		}
	}
	s.add("time", seconds(spent), "over all runs")
	if stages > 0 {
		s.add("saved by the cache", seconds(avoided), fmt.Sprintf("%d of %s cached", cached, count(stages, "stage execution")))
	}
	for _, r := range p.Exhibits.Rejects {
		if n := len(r.Files); n > 0 {
			s.add("input files refused", integer(int64(n)), "listed under Pipeline")
			break
		}
	}
	return s
}

// rank shows the best of several groups, or what the only one came to.
func (s *summary) rank(p *podium) {
	if p == nil {
		return
	}
	best, m := p.Places[0], p.Metric
	switch {
	case len(p.Places) > 1:
		s.Ranking = p
		s.add("best "+m.Title, m.Format(best.Summary.Median), best.Group.Name)
	case best.Summary.N > 1:
		s.add("median "+m.Title, m.Format(best.Summary.Median), m.Format(best.Summary.Min)+" to "+m.Format(best.Summary.Max))
	default:
		s.add(m.Title, m.Format(best.Summary.Median), m.Stage)
	}
}

func (s *summary) add(title, text, small string) {
	s.Cards = append(s.Cards, card{title, text, small})
}

// replicateText says how many replicates the groups have: runs of different
// seeds, for a second run of one is the same again.
func replicateText(groups []*replicates) string {
	least, most := math.MaxInt, 0
	for _, g := range groups {
		seeds := map[uint64]bool{}
		for _, t := range g.Trials {
			seeds[t.Seed] = true
		}
		least, most = min(least, len(seeds)), max(most, len(seeds))
	}
	if least == most {
		return fmt.Sprintf("%s of each", count(most, "replicate"))
	}
	return fmt.Sprintf("%d to %d replicates of each", least, most)
}

// A podium is the groups from best to worst by one metric.
type podium struct {
	Metric metric
	Places []place // one at least
	Ends   extent  // of the values of all
	Tests  int     // of a place against the first, by which the p-values are adjusted
}

// A place is a group on the podium.
type place struct {
	Group   *replicates
	Summary compare.Summary
	// Where the median and the range lie between the lowest and the highest
	// value of all, in percent.
	At, From, Width float64
	Behind          *compare.Difference // from the first; nil for itself
}

// newPodium ranks the groups by their medians; nil if none has the metric.
func newPodium(groups []*replicates, m metric) *podium {
	p := &podium{Metric: m}
	var ends []float64
	for _, g := range groups {
		if s := g.Summarize(m.Key, confidence); s.N > 0 {
			p.Places = append(p.Places, place{Group: g, Summary: s})
			ends = append(ends, s.Min, s.Max)
		}
	}
	if len(p.Places) == 0 {
		return nil
	}
	slices.SortStableFunc(p.Places, func(a, b place) int {
		switch {
		case m.beats(a.Summary.Median, b.Summary.Median):
			return -1
		case m.beats(b.Summary.Median, a.Summary.Median):
			return 1
		}
		return 0
	})
	p.Ends = extentOf(ends)
	share := func(v float64) float64 {
		if p.Ends.Max == p.Ends.Min {
			return 50
		}
		return math.Round((v-p.Ends.Min)/(p.Ends.Max-p.Ends.Min)*1000) / 10
	}
	for i := range p.Places {
		s := p.Places[i].Summary
		p.Places[i].At, p.Places[i].From = share(s.Median), share(s.Min)
		p.Places[i].Width = share(s.Max) - share(s.Min)
	}
	p.test()
	return p
}

// test compares every place with the first.
func (p *podium) test() {
	var ps []float64
	for i := range p.Places[1:] {
		d := compare.Compare(p.Places[i+1].Group.Group, p.Places[0].Group.Group, p.Metric.Key, confidence)
		p.Places[i+1].Behind = &d
		ps = append(ps, d.P)
		if !math.IsNaN(d.P) {
			p.Tests++
		}
	}
	for i, adjusted := range compare.Holm(ps) {
		p.Places[i+1].Behind.P = adjusted
	}
}

// Conclusion says in a sentence what the comparison came to.
func (p *podium) Conclusion() string {
	differ, chance, unknown := 0, 0, 0
	for _, o := range p.Places[1:] {
		switch {
		case math.IsNaN(o.Behind.P):
			unknown++
		case o.differs():
			differ++
		default:
			chance++
		}
	}
	var parts []string
	for _, part := range []struct {
		n         int
		one, more string
	}{
		{differ, "differs from it by more than chance", "differ from it by more than chance"},
		{chance, "may be as good", "may be as good"},
		{unknown, "could not be tested", "could not be tested"},
	} {
		switch {
		case part.n == 1:
			parts = append(parts, "1 "+part.one)
		case part.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.more))
		}
	}
	return fmt.Sprintf("%s comes first. Of the %s, %s.", p.Places[0].Group.Name, count(len(p.Places)-1, "other"), strings.Join(parts, ", "))
}

// Gap writes a difference of the metric with its sign: of a rate in percentage
// points.
func (m metric) Gap(v float64) string {
	if !finite(v) {
		return number(v)
	}
	sign := "+"
	if v < 0 {
		sign = "−"
	}
	if m.Percent {
		return sign + strings.TrimSuffix(percent(math.Abs(v)), "%")
	}
	return sign + number(math.Abs(v))
}

// Unit is what Gap's figures are in.
func (m metric) Unit() string {
	if m.Percent {
		return " points"
	}
	return ""
}

// differs reports whether a place that was tested differs from the first.
func (p place) differs() bool { return p.Behind.P < 1-confidence }

// Verdict says of a place whether it differs from the first.
func (p place) Verdict() string {
	switch d := p.Behind; {
	case d == nil:
		return ""
	case d.SE == 0 && d.Mean == 0:
		return "the same in every replicate"
	case d.SE == 0:
		return "no spread to tell by"
	case math.IsNaN(d.P):
		return "too few replicates to tell"
	case p.differs():
		return pvalue(d.P) + ": differs"
	default:
		return pvalue(d.P) + ": may be chance"
	}
}
