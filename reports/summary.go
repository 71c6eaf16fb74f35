package reports

import (
	"fmt"
	"math"
	"slices"
)

// A summary is the page's beginning: what was compared and what came of it.
type summary struct {
	Cards   []card
	Ranking *podium // nil if there is nothing to rank by
}

// A card is one figure.
type card struct{ Title, Text, Small string }

// A podium is the groups from best to worst by one metric.
type podium struct {
	Metric metric
	Places []place
}

type place struct {
	Group  *replicates
	Spread spread
	// Where the median and the range lie between the lowest and the highest
	// value of all, in percent.
	At, From, Width float64
}

func newSummary(p *page, all []metric) *summary {
	s := &summary{}
	done, cached, stages, spent, avoided := 0, 0, 0, 0.0, 0.0
	for _, t := range p.Trials {
		if t.State == "done" {
			done++
		}
		spent += t.Seconds
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
	if m, ok := ranking(all, p.Metric); ok {
		s.Ranking = newPodium(p.Groups, m)
		if s.Ranking != nil {
			best := s.Ranking.Places[0]
			s.add("best "+m.Title, m.Format(best.Spread.Median), best.Group.Name)
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

func (s *summary) add(title, text, small string) {
	s.Cards = append(s.Cards, card{title, text, small})
}

// replicateText says how many replicates the groups have.
func replicateText(groups []*replicates) string {
	least, most := math.MaxInt, 0
	for _, g := range groups {
		least, most = min(least, len(g.Trials)), max(most, len(g.Trials))
	}
	if least == most {
		return fmt.Sprintf("%s of each", count(most, "replicate"))
	}
	return fmt.Sprintf("%d to %d replicates of each", least, most)
}

// newPodium ranks the groups by their medians; nil if none has the metric.
func newPodium(groups []*replicates, m metric) *podium {
	p := &podium{Metric: m}
	low, high := math.Inf(1), math.Inf(-1)
	for _, g := range groups {
		if s := spreadOf(g.Trials, m); s.N > 0 {
			p.Places = append(p.Places, place{Group: g, Spread: s})
			low, high = min(low, s.Min), max(high, s.Max)
		}
	}
	if len(p.Places) == 0 {
		return nil
	}
	slices.SortStableFunc(p.Places, func(a, b place) int {
		switch {
		case m.beats(a.Spread.Median, b.Spread.Median):
			return -1
		case m.beats(b.Spread.Median, a.Spread.Median):
			return 1
		}
		return 0
	})
	share := func(v float64) float64 {
		if high == low {
			return 50
		}
		return math.Round((v-low)/(high-low)*1000) / 10
	}
	for i := range p.Places {
		s := p.Places[i].Spread
		p.Places[i].At, p.Places[i].From = share(s.Median), share(s.Min)
		p.Places[i].Width = share(s.Max) - share(s.Min)
	}
	return p
}
