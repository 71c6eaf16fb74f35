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
	c := Comparison{
		Metric: metric, A: a.Design.Configurations[x], B: a.Design.Configurations[y],
		Target: TestSet, Configurations: len(a.Means), Confidence: a.Confidence, Paired: a.Blocked,
		Note: a.NoSubjects, unit: a.Design.unit(), means: [2]float64{a.Means[x], a.Means[y]},
	}
	c.Seeds = a.commonSeeds(x, y)
	main, these := a.Pair(x, y, TestSet), a.Pair(x, y, TestSet)
	if a.units != nil {
		main = a.Pair(x, y, Subjects)
		c.Target, c.Subjects = Subjects, a.units.units
	}
	c.Difference = main.Value
	answer := a.answer(main, goal)
	c.Low, c.High, c.P, c.Verdict = answer.Low, answer.High, answer.P, answer.Verdict
	if c.Target == Subjects {
		second := a.answer(these, goal)
		c.TestSet = &second
	}
	switch {
	case !a.Testable():
		c.reason = a.untestable()
		if a.model.df < leastDF {
			c.SeedsNeeded = LeastSeeds(len(a.Means))
		}
	case len(a.Means) > 2:
		c.Plain = &Bounds{finite(main.Plain.Low), finite(main.Plain.High), finite(main.Plain.P)}
	}
	if c.Verdict == NoDifference && c.Difference != 0 {
		c.SeedsNeeded, _ = a.SeedsFor(c.Difference, x, y, c.Target, wantedPower)
	}
	if c.reason != "" {
		c.Note = c.reason
	}
	return c
}

// answer states a contrast that was tested.
func (a *Analysis) answer(k Contrast, goal stage.Goal) Answer {
	v := verdictOf(k, goal, 1-a.Confidence)
	if v == Undecided && a.mse == 0 && k.Value == 0 && a.model.df >= leastDF {
		v = NoDifference // the same in every run
	}
	return Answer{Bounds{finite(k.Adjusted.Low), finite(k.Adjusted.High), finite(k.Adjusted.P)}, v}
}

// untestable says why no test is possible.
func (a *Analysis) untestable() string {
	if a.model.df < leastDF {
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
