package reports

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"whorl/experiments/compare"
	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/leaveout"
)

// An answer is what the runs say by the metric that ranks them.
type answer struct {
	Metric   metric
	Verdict  []string // sentences that can be quoted
	Places   []place  // configurations from best to worst
	Best     *place
	Baseline *place // nil: none is named
	Effects  []effect
	Heat     *heatMap // of interactions; nil: there are none
	Skipped  []string // parameters of too many values for the table of effects
	Family   int      // effects and interactions that are adjusted together
	Ends     extent   // of all values

	analysis *compare.Analysis
}

// A place is a configuration in the ranking.
type place struct {
	compare.Place
	Group           *replicates
	Summary         compare.Summary
	At, From, Width float64 // of the mean and the range, in percent of Ends
}

// newAnswer compares the configurations; nil if nothing ranks them, or if fewer
// than two have a value. The family of a correction is all of them.
func newAnswer(groups []*replicates, m metric, baseline map[string]any, tables compare.LeaveOneOut) (*answer, error) {
	var with []*replicates
	var plain []compare.Group
	for _, g := range groups {
		if g.Summarize(m.Key, confidence).N > 0 {
			with, plain = append(with, g), append(plain, g.Group)
		}
	}
	if len(with) < 2 || m.Goal == stage.NoGoal {
		return nil, nil
	}
	d, err := compare.DesignOf(plain, m.Key, tables)
	if err != nil {
		return nil, err
	}
	for i, g := range with {
		d.Configurations[i] = g.Name
	}
	a := &answer{Metric: m, Ends: extentOf(nil)}
	if a.analysis, err = compare.Analyze(d, confidence); err != nil {
		return nil, err
	}
	for _, p := range a.analysis.Ranking(m.Key, m.Goal) {
		g := with[p.Configuration]
		s := g.Summarize(m.Key, confidence)
		a.Places = append(a.Places, place{Place: p, Group: g, Summary: s})
		a.Ends = a.Ends.with([]float64{s.Min, s.Max})
	}
	share := func(v float64) float64 {
		if a.Ends.Max == a.Ends.Min {
			return 50
		}
		return math.Max(0, math.Min(100, math.Round((v-a.Ends.Min)/(a.Ends.Max-a.Ends.Min)*1000)/10))
	}
	for i := range a.Places {
		p := &a.Places[i]
		p.At, p.From = share(p.Mean), share(p.Summary.Min)
		p.Width = share(p.Summary.Max) - p.From
	}
	a.Best = &a.Places[0]
	a.findBaseline(baseline)
	a.verdict()
	return a, a.effects(plain, baseline)
}

// findBaseline finds the configuration that has all values of the baseline.
func (a *answer) findBaseline(baseline map[string]any) {
	if len(baseline) == 0 {
		return
	}
	for i := range a.Places {
		if a.Places[i].Group.has(baseline) {
			a.Baseline = &a.Places[i]
			return
		}
	}
}

func (g *replicates) has(values map[string]any) bool {
	for _, s := range g.Settings {
		if v, given := values[s.Key]; given && setting(v) != setting(s.Value) {
			return false
		}
	}
	return true
}

// verdict compares the best configuration with the baseline, or with the second
// if it is the baseline itself or there is none.
func (a *answer) verdict() {
	other := a.Baseline
	if other == nil || other == a.Best {
		other = &a.Places[1]
	}
	c := a.analysis.Compare(a.Metric.Key, a.Best.Configuration, other.Configuration, a.Metric.Goal)
	a.Verdict = strings.Split(c.String(), "\n")
	ties := a.Ties()
	switch {
	case !a.analysis.Testable():
	case len(ties) == 0:
		a.Verdict = append(a.Verdict, "Every other configuration is shown to be worse than the first.")
	default:
		a.Verdict = append(a.Verdict, fmt.Sprintf("%s of %s not shown to be worse than the first: %s.",
			integer(int64(len(ties))), integer(int64(len(a.Places)-1)), listed(ties)))
	}
}

// Ties are the names of the configurations that may be as good as the first.
func (a *answer) Ties() []string {
	var names []string
	for _, p := range a.Places[1:] {
		if p.Tied {
			names = append(names, p.Group.Name)
		}
	}
	return names
}

const maxListed = 4

func listed(names []string) string {
	if len(names) > maxListed {
		return strings.Join(names[:maxListed], "; ") + fmt.Sprintf("; and %d more", len(names)-maxListed)
	}
	return strings.Join(names, "; ")
}

// Behind is how far a place lies from the first, with its interval and verdict.
func (a *answer) Behind(p place) string {
	if p.Configuration == a.Best.Configuration {
		return "first"
	}
	c := p.Behind
	text := a.Metric.Gap(c.Difference)
	if c.Low != nil && c.High != nil {
		text = fmt.Sprintf("%s [%s, %s]", strings.TrimSuffix(text, points), strings.TrimSuffix(a.Metric.Gap(*c.Low), points), a.Metric.Gap(*c.High))
	}
	return text
}

// Standing is the verdict on a place against the first.
func (a *answer) Standing(p place) string {
	switch {
	case p.Configuration == a.Best.Configuration:
		return ""
	case p.Behind.Verdict == compare.Undecided:
		return "no verdict"
	case p.Tied:
		return "tie: " + string(p.Behind.Verdict)
	case p.Behind.P != nil:
		return string(p.Behind.Verdict) + ", " + pvalue(*p.Behind.P)
	}
	return string(p.Behind.Verdict)
}

const maxLevels = 6 // of a parameter in the table of effects

// An effect is a row of the forest plot.
type effect struct {
	compare.Effect
	Name            string // "train.merge: abs → subtract"
	Means           string // marginal, of both levels
	At, From, Width float64
}

func (a *answer) effects(groups []compare.Group, baseline map[string]any) error {
	factors := compare.FactorsOf(groups, baseline)
	const most = 8 // with more the pairs outnumber what anybody reads
	if len(factors) == 0 || len(factors) > most {
		return nil
	}
	target := compare.TestSet
	if a.analysis.NoSubjects == "" {
		target = compare.Subjects
	}
	found, err := a.analysis.Effects(factors, a.Metric.Goal, target)
	if err != nil {
		return err
	}
	a.Family = len(found.Effects) + len(found.Interactions)
	shown := found.Effects[:0]
	for _, e := range found.Effects {
		i := slices.IndexFunc(factors, func(f compare.Factor) bool { return f.Param == e.Param })
		if len(factors[i].Levels) <= maxLevels {
			shown = append(shown, e)
		} else if !slices.Contains(a.Skipped, e.Param) {
			a.Skipped = append(a.Skipped, e.Param)
		}
	}
	found.Effects = shown
	reach := 0.0
	for _, e := range found.Effects {
		for _, v := range []float64{e.Value, e.Adjusted.Low, e.Adjusted.High} {
			if finite(v) {
				reach = max(reach, math.Abs(v))
			}
		}
	}
	place := func(v float64) float64 {
		if reach == 0 {
			return 50
		}
		return math.Round((v/reach+1)*500) / 10
	}
	for _, e := range found.Effects {
		row := effect{Effect: e, Name: e.Param + ": " + setting(e.From) + " → " + setting(e.To), At: place(e.Value)}
		if finite(e.Adjusted.Low) && finite(e.Adjusted.High) {
			row.From, row.Width = place(e.Adjusted.Low), math.Max(0, place(e.Adjusted.High)-place(e.Adjusted.Low))
		}
		var means []string
		for _, level := range []any{e.From, e.To} {
			for _, g := range found.Marginals {
				if g.Param == e.Param && setting(g.Level) == setting(level) {
					means = append(means, a.Metric.Format(g.Mean))
				}
			}
		}
		row.Means = strings.Join(means, " → ")
		a.Effects = append(a.Effects, row)
	}
	a.Heat = newHeatMap(found.Interactions, a.Metric)
	return nil
}

// A heatMap is the interactions of steps of two parameters.
type heatMap struct {
	Steps []string
	Cells [][]heat // lower triangle
}

type heat struct {
	Text, Title string
	Shade       int // percent, 0 without an interaction
	Shown       bool
}

const maxHeat = 12 // steps on a side

func newHeatMap(all []compare.Interaction, m metric) *heatMap {
	h := &heatMap{}
	at := map[string]int{}
	step := func(param string, from, to any) int {
		name := param + ": " + setting(from) + " → " + setting(to)
		if _, seen := at[name]; !seen {
			at[name] = len(h.Steps)
			h.Steps = append(h.Steps, name)
		}
		return at[name]
	}
	most := 0.0
	for _, i := range all {
		step(i.Params[0], i.From[0], i.To[0])
		step(i.Params[1], i.From[1], i.To[1])
		most = max(most, math.Abs(i.Value))
	}
	if len(all) == 0 || len(h.Steps) > maxHeat {
		return nil
	}
	h.Cells = make([][]heat, len(h.Steps))
	for i := range h.Cells {
		h.Cells[i] = make([]heat, len(h.Steps))
	}
	for _, i := range all {
		x, y := step(i.Params[0], i.From[0], i.To[0]), step(i.Params[1], i.From[1], i.To[1])
		c := heat{Text: m.Gap(i.Value), Shown: true, Title: fmt.Sprintf("averaged over %s", count(i.Matched, "set of four"))}
		if finite(i.Adjusted.P) {
			c.Title = pvalue(i.Adjusted.P) + ", " + c.Title
		}
		if most > 0 {
			c.Shade = int(math.Round(60 * math.Abs(i.Value) / most))
		}
		h.Cells[max(x, y)][min(x, y)] = c
	}
	return h
}

const points = " points" // of a rate

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
	if m.Unit == "%" {
		return sign + strings.TrimSuffix(percent(math.Abs(v)), "%") + points
	}
	return sign + number(math.Abs(v))
}

// rankGroups orders all groups: those of the answer from best to worst, then
// the others. The first six and the baseline are shown in crowded charts.
func (a *answer) rankGroups(groups []*replicates) {
	order := map[*replicates]int{}
	if a != nil {
		for i, p := range a.Places {
			order[p.Group] = i + 1
		}
	}
	position := func(g *replicates) int {
		if n := order[g]; n > 0 {
			return n
		}
		return len(groups) + 1
	}
	sorted := slices.Clone(groups)
	slices.SortStableFunc(sorted, func(x, y *replicates) int { return cmp.Compare(position(x), position(y)) })
	for i, g := range sorted {
		g.Place = i
		g.Shown = i < topShown || a != nil && a.Baseline != nil && a.Baseline.Group == g
	}
}

const topShown = 6 // configurations in crowded charts before any are chosen

// tables reads the leave-one-out tables of the runs.
func (l *loader) tables(ctx context.Context) compare.LeaveOneOut {
	parsed := map[string]*leaveout.Table{}
	return func(run *record.Run, name string) (*leaveout.Table, error) {
		s := run.Stage(name)
		if s == nil {
			return nil, nil
		}
		i := slices.IndexFunc(s.Outputs, func(o record.Output) bool { return o.Type == leaveout.MediaType })
		if i < 0 {
			return nil, nil
		}
		digest := s.Outputs[i].Digest
		if t, ok := parsed[digest]; ok {
			return t, nil
		}
		data, err := l.read(ctx, digest)
		if err != nil { // without it the comparison speaks of the test set only
			return nil, ctx.Err()
		}
		t, err := leaveout.Decode(data)
		if err != nil {
			return nil, ctx.Err()
		}
		parsed[digest] = t
		return t, nil
	}
}
