package compare

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// String states the comparison in sentences that can be quoted: the difference,
// both answers, and what they rest on.
func (c Comparison) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s of %s, %s of %s", c.Metric, number(c.means[0]), c.A, number(c.means[1]), c.B)
	if c.Seeds > 1 || c.Averaged > 0 {
		b.WriteString(" on average")
	}
	if c.Averaged > 0 {
		fmt.Fprintf(&b, " over %d pairs of configurations that are equal otherwise", c.Averaged)
	}
	fmt.Fprintf(&b, " (%s).\n", c.basis())
	if c.reason != "" {
		if c.Verdict == NoDifference {
			b.WriteString("No difference shown, the same in every run: ")
		} else {
			b.WriteString("No verdict: ")
		}
		fmt.Fprintf(&b, "%s.", c.reason)
		if c.SeedsNeeded > 0 {
			fmt.Fprintf(&b, " %s of each would do.", plural(c.SeedsNeeded, "seed"))
		}
		return b.String()
	}
	main := Answer{Bounds{c.Low, c.High, c.P}, c.Verdict}
	if c.Target == Subjects {
		fmt.Fprintf(&b, "On other %ss than these %d: %s.\n", c.unit, c.Subjects, c.sentence(main))
		fmt.Fprintf(&b, "On these test %ss: %s.", c.unit, c.sentence(*c.TestSet))
	} else {
		fmt.Fprintf(&b, "On this test set: %s.\n", c.sentence(main))
		fmt.Fprintf(&b, "Nothing is known about other test data: %s.", c.Note)
	}
	if c.Plain != nil {
		fmt.Fprintf(&b, "\nInterval and p are adjusted for all %d pairs of %d configurations; for this pair alone: %s.",
			c.Configurations*(c.Configurations-1)/2, c.Configurations, c.bounds(*c.Plain))
	}
	if c.Verdict == NoDifference && c.Difference != 0 {
		if c.SeedsNeeded > 0 {
			fmt.Fprintf(&b, "\nTo show a difference of this size in 4 of 5 cases takes about %s of each.", plural(c.SeedsNeeded, "seed"))
		} else if c.Target == Subjects {
			fmt.Fprintf(&b, "\nMore seeds cannot show a difference of this size; more %ss could.", c.unit)
		}
	}
	return b.String()
}

// basis says how many seeds the comparison has.
func (c Comparison) basis() string {
	if c.Paired {
		return plural(c.Seeds, "seed") + " each, paired"
	}
	return plural(c.Seeds, "seed") + " each, not paired: the configurations share no seeds"
}

// sentence states a verdict: "a is better, by 0.012 (95% interval ...)".
func (c Comparison) sentence(a Answer) string {
	size := number(math.Abs(c.Difference))
	direction := "lower"
	if c.Difference > 0 {
		direction = "higher"
	}
	switch {
	case c.Difference == 0 && a.P == nil:
		return "no difference shown, the same in every run"
	case c.Difference == 0:
		return fmt.Sprintf("no difference shown: equal means (%s)", c.bounds(a.Bounds))
	case a.Verdict == NoDifference:
		return fmt.Sprintf("no difference shown: %s is %s %s than %s (%s)", c.A, size, direction, c.B, c.bounds(a.Bounds))
	case a.Verdict == Undecided:
		return "undecided"
	case a.Verdict == Different:
		return fmt.Sprintf("%s is %s %s than %s (%s)", c.A, size, direction, c.B, c.bounds(a.Bounds))
	}
	return fmt.Sprintf("%s is %s than %s: %s %s (%s)", c.A, a.Verdict, c.B, size, direction, c.bounds(a.Bounds))
}

// bounds writes "95% interval -0.02 to -0.004, p = 0.012".
func (c Comparison) bounds(b Bounds) string {
	if b.Low == nil || b.High == nil || b.P == nil {
		return "no interval"
	}
	return fmt.Sprintf("%s%% interval %s to %s, %s", number(100*c.Confidence), signed(*b.Low), signed(*b.High), pValue(*b.P))
}

func pValue(p float64) string {
	switch {
	case p < 0.001:
		return "p < 0.001"
	case p > 0.99:
		return "p > 0.99"
	}
	return "p = " + strconv.FormatFloat(p, 'g', 2, 64)
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

func signed(v float64) string {
	if v > 0 {
		return "+" + number(v)
	}
	return number(v)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
