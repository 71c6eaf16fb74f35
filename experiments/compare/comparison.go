package compare

import (
	"math"

	"whorl/pipeline/stage"
)

// A Comparison of two configurations says whether A is better than B by a
// metric. Difference is A less B. Low, High and P are those of the verdict:
// adjusted for all pairs of the configurations that were analysed together.
// They are nil where no test is possible.
type Comparison struct {
	Metric     string   `json:"metric"`
	A          string   `json:"a"`
	B          string   `json:"b"`
	Difference float64  `json:"difference"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	P          *float64 `json:"p"`
	Verdict    Verdict  `json:"verdict"`
	Seeds      int      `json:"seeds"` // that both have; the smaller number where they share none
	Target     Target   `json:"target"`

	Averaged       int     `json:"averaged,omitempty"` // pairs of configurations that the difference is averaged over, if several
	Plain          *Bounds `json:"plain,omitempty"`    // of this pair alone; nil if it is the only pair
	TestSet        *Answer `json:"test_set,omitempty"` // the second answer, where Target is Subjects
	Configurations int     `json:"configurations"`     // analysed together
	Subjects       int     `json:"subjects,omitempty"` // that were tested
	Confidence     float64 `json:"confidence"`
	Paired         bool    `json:"paired"`                 // by seed
	SeedsNeeded    int     `json:"seeds_needed,omitempty"` // to test at all, or to show a difference of this size with a power of 80%; 0 if unknown
	Note           string  `json:"note,omitempty"`         // why the comparison has no answer about other subjects, or no test

	unit   string // what Subjects counts, in the singular
	means  [2]float64
	reason string // why no test is possible
}

// Bounds are an interval with its p-value.
type Bounds struct {
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
	P    *float64 `json:"p"`
}

// An Answer is the result of a comparison for one target.
type Answer struct {
	Bounds
	Verdict Verdict `json:"verdict"`
}

// wantedPower is the power of Comparison.SeedsNeeded.
const wantedPower = 0.8

// Compare compares configuration x with configuration y: about other subjects
// where the runs have leave-one-out values, and about this test set.
func (a *Analysis) Compare(metric string, x, y int, goal stage.Goal) Comparison {
	c := a.pair(metric, x, y, goal)
	if c.Verdict == NoDifference && c.Difference != 0 {
		c.SeedsNeeded, _ = a.SeedsFor(c.Difference, x, y, c.Target, wantedPower)
	}
	return c
}

// pair is Compare without the seeds that a difference would take, which cost
// more than all else.
func (a *Analysis) pair(metric string, x, y int, goal stage.Goal) Comparison {
	names := [2]string{a.Design.Configurations[x], a.Design.Configurations[y]}
	return a.compare(metric, names, [][2]int{{x, y}}, goal)
}

// compare compares the first configurations of pairs with the second, on the
// average over the pairs. One pair is tested as one of all pairs of the design;
// the average of several is the one test of its family.
func (a *Analysis) compare(metric string, names [2]string, pairs [][2]int, goal stage.Goal) Comparison {
	c := Comparison{
		Metric: metric, A: names[0], B: names[1],
		Target: TestSet, Configurations: len(a.Means), Confidence: a.Confidence, Paired: a.Blocked,
		Note: a.NoSubjects, unit: a.Design.unit(),
	}
	for i, p := range pairs {
		for side, x := range p {
			c.means[side] += a.Means[x] / float64(len(pairs))
		}
		if seeds := a.commonSeeds(p[0], p[1]); i == 0 || seeds < c.Seeds {
			c.Seeds = seeds
		}
	}
	if len(pairs) > 1 {
		c.Averaged = len(pairs)
	}
	these := a.average(pairs, TestSet)
	main := these
	if a.units != nil {
		main = a.average(pairs, Subjects)
		c.Target, c.Subjects = Subjects, a.units.units
	}
	c.Difference = main.Value
	c.reason = a.untestable()
	if c.reason == "" && c.Seeds < 2 {
		c.reason = "one seed says nothing of others"
	}
	if c.reason != "" {
		c.Verdict, c.Note = Undecided, c.reason
		if c.Seeds < 2 || a.model.df < leastDF {
			c.SeedsNeeded = LeastSeeds(len(a.Means))
		}
		if a.model.df >= leastDF && a.mse == 0 && c.Difference == 0 && c.Seeds > 1 {
			c.Verdict = NoDifference // the same in every run
		}
		if c.Target == Subjects {
			c.TestSet = &Answer{Verdict: c.Verdict}
		}
		return c
	}
	answer := a.answer(main, goal)
	c.Low, c.High, c.P, c.Verdict = answer.Low, answer.High, answer.P, answer.Verdict
	if c.Target == Subjects {
		second := a.answer(these, goal)
		c.TestSet = &second
	}
	if len(a.Means) > 2 && len(pairs) == 1 {
		c.Plain = &Bounds{finite(main.Plain.Low), finite(main.Plain.High), finite(main.Plain.P)}
	}
	return c
}

// average is the contrast of the first configurations of pairs with the second.
func (a *Analysis) average(pairs [][2]int, target Target) Contrast {
	if len(pairs) == 1 {
		return a.Pair(pairs[0][0], pairs[0][1], target)
	}
	weights := make([]float64, len(a.Means))
	for _, p := range pairs {
		weights[p[0]] += 1 / float64(len(pairs))
		weights[p[1]] -= 1 / float64(len(pairs))
	}
	k := a.Contrast(weights, target)
	k.Adjusted = k.Plain
	return k
}

// answer states a contrast that was tested.
func (a *Analysis) answer(k Contrast, goal stage.Goal) Answer {
	v := verdictOf(k, goal, 1-a.Confidence)
	return Answer{Bounds{finite(k.Adjusted.Low), finite(k.Adjusted.High), finite(k.Adjusted.P)}, v}
}

// untestable says why no test is possible; empty if one is.
func (a *Analysis) untestable() string {
	switch {
	case a.Testable():
		return ""
	case a.model.df < leastDF:
		return "too few seeds to tell how much the metric varies"
	}
	return "the metric does not vary between the seeds, so nothing tells how much it could"
}

// commonSeeds returns the number of seeds that both configurations have, or
// the smaller of their numbers where they share none.
func (a *Analysis) commonSeeds(x, y int) int {
	var both, ofX, ofY int
	for s := range a.Design.Seeds {
		inX, inY := a.Design.measured(x, s), a.Design.measured(y, s)
		if inX {
			ofX++
		}
		if inY {
			ofY++
		}
		if inX && inY {
			both++
		}
	}
	if both == 0 {
		return min(ofX, ofY)
	}
	return both
}

// finite is a pointer to the value, nil if it is not finite.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
