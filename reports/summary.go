package reports

import (
	"fmt"
	"math"

	"whorl/pipeline/record"
)

// A summary is the page's beginning: what was run and what it cost.
type summary struct{ Cards []card }

// A card is one figure.
type card struct{ Title, Text, Small string }

func newSummary(p *page, first metric, ranked bool) *summary {
	s := &summary{}
	done, cached, stages, spent, avoided, cores := 0, 0, 0, 0.0, 0.0, 0.0
	for _, t := range p.Trials {
		if t.State == record.Done {
			done++
		}
		spent += t.Seconds()
		avoided += t.Saved()
		for _, st := range t.Stages {
			stages++
			if st.Status == record.Cached {
				cached++
			} else {
				cores += st.Seconds * float64(t.Machine.CPUs)
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
	s.best(p, first, ranked)
	s.add("time", seconds(spent), "over all runs")
	if cores > 0 {
		s.add("core seconds", "≤ "+integer(int64(math.Ceil(cores))), "of stages that ran, by the cores of their machines")
	}
	if stages > 0 {
		s.add("saved by the cache", seconds(avoided), fmt.Sprintf("%d of %s cached", cached, count(stages, "stage execution")))
	}
	return s
}

// best shows the best configuration and the baseline, or of a single run or
// configuration what it came to.
func (s *summary) best(p *page, first metric, ranked bool) {
	if a := p.Answer; a != nil {
		s.add("best "+first.Title, first.Format(a.Best.Mean), a.Best.Group.Name)
		if a.Baseline != nil && a.Baseline != a.Best {
			s.add("baseline", first.Format(a.Baseline.Mean), a.Baseline.Group.Name)
		}
		return
	}
	if len(p.Trials) == 1 { // there is space for more of it
		const most = 4
		for i, m := range p.Shown {
			if v, ok := p.Trials[0].metrics[m.Key]; ok && i < most {
				s.add(m.Title, m.Format(v), m.Stage)
			}
		}
		return
	}
	if ranked && len(p.Groups) == 1 {
		sum := p.Groups[0].Summarize(first.Key, confidence)
		if sum.N > 0 {
			s.add("mean "+first.Title, first.Format(sum.Mean), first.Format(sum.Min)+" to "+first.Format(sum.Max))
		}
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
