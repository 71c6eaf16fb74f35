package compare

import (
	"fmt"
	"slices"

	"whorl/pipeline/stage"
)

// A Factor is a parameter that a sweep varies.
type Factor struct {
	Param  string
	Levels []any // its values; the first is the one that effects start from
	Of     []int // the level of each configuration, -1 if it has none
}

// An Effect is the difference that a parameter makes when it goes from one
// value to another, averaged over the configurations that are equal otherwise.
type Effect struct {
	Param    string
	From, To any
	Matched  int // pairs of configurations that it is averaged over
	Contrast
	Verdict Verdict
}

// An Interaction is how much more an effect is at one value of another
// parameter than at another value.
type Interaction struct {
	Params   [2]string
	From, To [2]any
	Matched  int // sets of four configurations that it is averaged over
	Contrast
}

// A Marginal is the mean of the configurations with a value of a parameter, of
// those sets of equal other parameters that have all its values.
type Marginal struct {
	Param   string
	Level   any
	Mean    float64
	Matched int // configurations that it is averaged over
}

// Effects are what the varied parameters of a sweep do. The family by which
// effects and interactions are adjusted is all of them together.
type Effects struct {
	Marginals    []Marginal
	Effects      []Effect
	Interactions []Interaction
}

// Effects estimates the effects of factors, each from every level to each later
// one, and their interactions in pairs. Configurations without a counterpart,
// as those of a random search mostly are, do not enter.
func (a *Analysis) Effects(factors []Factor, goal stage.Goal, target Target) (*Effects, error) {
	for _, f := range factors {
		if len(f.Of) != len(a.Means) {
			return nil, fmt.Errorf("compare: factor %s has levels of %d configurations out of %d", f.Param, len(f.Of), len(a.Means))
		}
	}
	out := &Effects{}
	for i, f := range factors {
		out.Marginals = append(out.Marginals, a.marginals(factors, i)...)
		for _, step := range f.steps() {
			weights, matched := contrastOf(factors, []int{i}, [][2]int{step})
			if matched == 0 {
				continue
			}
			out.Effects = append(out.Effects, Effect{
				Param: f.Param, From: f.Levels[step[0]], To: f.Levels[step[1]], Matched: matched,
				Contrast: a.Contrast(weights, target),
			})
		}
	}
	for i := range factors {
		for j := i + 1; j < len(factors); j++ {
			out.Interactions = append(out.Interactions, a.interactions(factors, i, j, target)...)
		}
	}
	var family []*Contrast
	for i := range out.Effects {
		family = append(family, &out.Effects[i].Contrast)
	}
	for i := range out.Interactions {
		family = append(family, &out.Interactions[i].Contrast)
	}
	bonferroni(family, a.Confidence)
	for i := range out.Effects {
		e := &out.Effects[i]
		e.Verdict = verdictOf(e.Contrast, goal, 1-a.Confidence)
	}
	return out, nil
}

func (a *Analysis) interactions(factors []Factor, i, j int, target Target) []Interaction {
	var out []Interaction
	for _, p := range factors[i].steps() {
		for _, q := range factors[j].steps() {
			weights, matched := contrastOf(factors, []int{i, j}, [][2]int{p, q})
			if matched == 0 {
				continue
			}
			f, g := factors[i], factors[j]
			out = append(out, Interaction{
				Params:   [2]string{f.Param, g.Param},
				From:     [2]any{f.Levels[p[0]], g.Levels[q[0]]},
				To:       [2]any{f.Levels[p[1]], g.Levels[q[1]]},
				Matched:  matched,
				Contrast: a.Contrast(weights, target),
			})
		}
	}
	return out
}

// steps returns the pairs of levels from one to each later one.
func (f Factor) steps() [][2]int {
	var out [][2]int
	for from := range f.Levels {
		for to := from + 1; to < len(f.Levels); to++ {
			out = append(out, [2]int{from, to})
		}
	}
	return out
}

// contrastOf returns the weights of the difference that one step makes, or of
// the difference of differences of two, averaged over the sets of
// configurations that are equal otherwise, and the number of these sets.
func contrastOf(factors []Factor, which []int, steps [][2]int) (weights []float64, matched int) {
	weights = make([]float64, len(factors[0].Of))
	size := 1 << len(which)
	var keys []string // in the order of the configurations
	sets := map[string][]int{}
	for c := range weights {
		corner, ok := 0, true
		for k, i := range which {
			switch factors[i].Of[c] {
			case steps[k][0]:
			case steps[k][1]:
				corner |= 1 << k
			default:
				ok = false
			}
		}
		if !ok {
			continue
		}
		key := otherLevels(factors, which, c)
		if sets[key] == nil {
			keys = append(keys, key)
			sets[key] = slices.Repeat([]int{-1}, size)
		}
		sets[key][corner] = c
	}
	for _, key := range keys {
		if !slices.Contains(sets[key], -1) {
			matched++
		}
	}
	for _, key := range keys {
		if slices.Contains(sets[key], -1) {
			continue
		}
		for corner, c := range sets[key] {
			sign := 1.0
			for k := range which {
				if corner&(1<<k) == 0 {
					sign = -sign
				}
			}
			weights[c] += sign / float64(matched)
		}
	}
	return weights, matched
}

// otherLevels identifies the levels of the other factors.
func otherLevels(factors []Factor, which []int, c int) string {
	var levels []int
	for i, f := range factors {
		if !slices.Contains(which, i) {
			levels = append(levels, f.Of[c])
		}
	}
	return fmt.Sprint(levels)
}

// marginals returns the means of factor i's levels over the sets of
// configurations that have all of them.
func (a *Analysis) marginals(factors []Factor, i int) []Marginal {
	f := factors[i]
	var keys []string
	sets := map[string][]int{}
	for c, level := range f.Of {
		if level < 0 {
			continue
		}
		key := otherLevels(factors, []int{i}, c)
		if sets[key] == nil {
			keys = append(keys, key)
			sets[key] = slices.Repeat([]int{-1}, len(f.Levels))
		}
		sets[key][level] = c
	}
	keys = slices.DeleteFunc(keys, func(key string) bool { return slices.Contains(sets[key], -1) })
	if len(keys) == 0 {
		return nil
	}
	out := make([]Marginal, len(f.Levels))
	for level := range out {
		out[level] = Marginal{Param: f.Param, Level: f.Levels[level], Matched: len(keys)}
		for _, key := range keys {
			out[level].Mean += a.Means[sets[key][level]] / float64(len(keys))
		}
	}
	return out
}
