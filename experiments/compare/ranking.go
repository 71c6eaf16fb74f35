package compare

import (
	"math"
	"slices"

	"whorl/pipeline/stage"
)

// A Place is a configuration in a ranking by the mean.
type Place struct {
	Configuration int
	Rank          int // from 1; configurations with equal means share it
	Mean          float64
	Seeds         int        // with a value
	Behind        Comparison // of this configuration with the first, SeedsNeeded for the second place only; of no meaning for the first itself
	Tied          bool       // not shown to be worse than the first
}

// Ranking orders the configurations by the mean, which is what is tested, and
// compares each with the first. Means that differ by no more than rounding are
// equal; configurations of equal means keep their order.
func (a *Analysis) Ranking(metric string, goal stage.Goal) []Place {
	places := make([]Place, len(a.Means))
	var most float64
	for c, mean := range a.Means {
		places[c] = Place{Configuration: c, Mean: mean, Seeds: a.commonSeeds(c, c)}
		most = max(most, math.Abs(mean))
	}
	slices.SortStableFunc(places, func(x, y Place) int {
		switch {
		case math.Abs(x.Mean-y.Mean) <= noise*most:
			return 0
		case goal.Better(x.Mean, y.Mean):
			return -1
		}
		return 1
	})
	for i := range places {
		p := &places[i]
		p.Rank = i + 1
		if i > 0 && math.Abs(p.Mean-places[i-1].Mean) <= noise*most {
			p.Rank = places[i-1].Rank
		}
		p.Tied = true
		if i > 0 {
			compare := a.pair
			if i == 1 { // the pair that is quoted
				compare = a.Compare
			}
			p.Behind = compare(metric, p.Configuration, places[0].Configuration, goal)
			p.Tied = p.Behind.Verdict != Worse
		}
	}
	return places
}

// SweepJSON is what `whorl sweep --json` says of a finished sweep.
type SweepJSON struct {
	Best    *BestJSON    `json:"best"` // nil if no configuration has a value
	Effects []EffectJSON `json:"effects"`
}

// BestJSON is the configuration with the best mean, and those that were not
// shown to be worse.
type BestJSON struct {
	Configuration string   `json:"configuration"`
	Metric        string   `json:"metric"`
	Mean          float64  `json:"mean"`
	Seeds         int      `json:"seeds"`
	Ties          []string `json:"ties"`
}

// EffectJSON is the effect of a parameter.
type EffectJSON struct {
	Param      string   `json:"param"`
	From       any      `json:"from"`
	To         any      `json:"to"`
	Difference float64  `json:"difference"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	P          *float64 `json:"p"`
	Verdict    Verdict  `json:"verdict"`
	Matched    int      `json:"matched"` // pairs of configurations that it is averaged over
}

// JSON returns the ranking and the effects, which may be nil.
func (a *Analysis) JSON(metric string, places []Place, effects *Effects) SweepJSON {
	out := SweepJSON{Effects: []EffectJSON{}}
	if len(places) > 0 {
		first := places[0]
		out.Best = &BestJSON{a.Design.Configurations[first.Configuration], metric, first.Mean, first.Seeds, []string{}}
		for _, p := range places[1:] {
			if p.Tied {
				out.Best.Ties = append(out.Best.Ties, a.Design.Configurations[p.Configuration])
			}
		}
	}
	if effects == nil {
		return out
	}
	for _, e := range effects.Effects {
		t := e.Adjusted
		out.Effects = append(out.Effects, EffectJSON{
			e.Param, e.From, e.To, e.Value, finite(t.Low), finite(t.High), finite(t.P), e.Verdict, e.Matched,
		})
	}
	return out
}
