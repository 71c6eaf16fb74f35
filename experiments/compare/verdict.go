package compare

import "math"

// A Goal says which values of a metric are good.
type Goal string

const (
	Minimize Goal = "minimize"
	Maximize Goal = "maximize"
)

// prefers reports whether x is a better value than y.
func (g Goal) prefers(x, y float64) bool {
	if g == Maximize {
		return x > y
	}
	return x < y
}

// A Verdict is what a comparison came to.
type Verdict string

const (
	Better       Verdict = "better"
	Worse        Verdict = "worse"
	NoDifference Verdict = "no difference shown"
	Undecided    Verdict = "undecided" // no test is possible, or seeds are still to come
)

// verdictOf is the verdict on a difference, by its adjusted test at a level
// such as 0.05.
func verdictOf(k Contrast, goal Goal, level float64) Verdict {
	switch {
	case math.IsNaN(k.Adjusted.P):
		return Undecided
	case k.Adjusted.P >= level:
		return NoDifference
	case goal.prefers(k.Value, 0):
		return Better
	}
	return Worse
}
