package compare

import (
	"math"

	"whorl/pipeline/stage"
)

// A Verdict is the result of a comparison.
type Verdict string

const (
	Better       Verdict = "better"
	Worse        Verdict = "worse"
	Different    Verdict = "different" // by a metric without a goal
	NoDifference Verdict = "no difference shown"
	Undecided    Verdict = "undecided" // no test is possible, or seeds are still to come
)

// verdictOf is the verdict on a difference, by its adjusted test at a level
// such as 0.05.
func verdictOf(k Contrast, goal stage.Goal, level float64) Verdict {
	switch {
	case math.IsNaN(k.Adjusted.P):
		return Undecided
	case k.Adjusted.P >= level:
		return NoDifference
	case goal == stage.NoGoal:
		return Different
	case goal.Better(k.Value, 0):
		return Better
	}
	return Worse
}
