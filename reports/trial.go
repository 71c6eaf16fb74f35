package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"whorl/experiments/track"
)

// A trial is a run as the page shows it: a run beside others.
type trial struct {
	*track.Run
	Index int    // its number in the script and in class names
	Label string // short and unique: "#3", or the beginning of its id
	Title string // what sets it apart: "abs · none · seed 2"
	Group *replicates
	Style style

	params  map[string]string  // by "stage.name", as written in pipeline.yaml
	metrics map[string]float64 // by "stage.name", final values
	series  map[string][]track.Metric

	curves *curves
	Lost   []loss
}

// replicates are the trials that differ at most in their seed.
type replicates struct {
	Index  int
	Name   string // what sets the group apart: "merge=abs, policy=none"
	Short  string // the values only: "abs · none"
	Trials []*trial
}

// A loss is an artifact that should be in the report and is not.
type loss struct{ Output, Reason string }

// seedKey and dataKey stand among the parameters for what a run is given
// besides them. No stage.name can be equal, having no dot.
const (
	seedKey = "seed"
	dataKey = "data"
)

func newTrials(runs []*track.Run) []*trial {
	trials := make([]*trial, len(runs))
	for i, r := range runs {
		t := &trial{Run: r, Index: i, params: map[string]string{}, metrics: map[string]float64{}}
		t.params[seedKey], t.params[dataKey] = strconv.FormatUint(r.Seed, 10), r.Data
		for _, p := range r.Params {
			t.params[p.Stage+"."+p.Name] = setting(p.Value)
		}
		for _, m := range r.Metrics {
			t.metrics[m.Stage+"."+m.Name] = m.Value
		}
		trials[i] = t
	}
	labelTrials(trials)
	differing, _ := parameters(trials)
	groupTrials(trials, differing)
	styleTrials(trials)
	return trials
}

// labelTrials labels trials of one sweep by their number, others by the
// shortest beginning of their ids that tells them apart.
func labelTrials(trials []*trial) {
	numbered := true
	seen := map[int]bool{}
	for _, t := range trials {
		numbered = numbered && t.Trial > 0 && !seen[t.Trial] && t.Sweep == trials[0].Sweep
		seen[t.Trial] = true
	}
	length := idLength(trials)
	for _, t := range trials {
		t.Label = t.ID[:min(length, len(t.ID))]
		if numbered {
			t.Label = "#" + strconv.Itoa(t.Trial)
		}
	}
}

func idLength(trials []*trial) int {
	const short = 8
	for length := short; ; length++ {
		seen, unique, longest := map[string]bool{}, true, 0
		for _, t := range trials {
			id := t.ID[:min(length, len(t.ID))]
			unique, seen[id], longest = unique && !seen[id], true, max(longest, len(t.ID))
		}
		if unique || length >= longest {
			return length
		}
	}
}

// A parameter is one that runs were given.
type parameter struct {
	Key, Stage, Name string
	Value            string // if it is the same in all
}

// parameters returns the parameters that differ between trials and those that
// do not, in the order of first appearance, seed and data last.
func parameters(trials []*trial) (differing, constant []parameter) {
	var all []parameter
	seen := map[string]bool{}
	for _, t := range trials {
		for _, p := range t.Params {
			if key := p.Stage + "." + p.Name; !seen[key] {
				seen[key] = true
				all = append(all, parameter{Key: key, Stage: p.Stage, Name: p.Name})
			}
		}
	}
	all = append(all, parameter{Key: dataKey, Name: dataKey}, parameter{Key: seedKey, Name: seedKey})
	for _, p := range all {
		p.Value = trials[0].params[p.Key]
		same := true
		for _, t := range trials {
			v, given := t.params[p.Key]
			same = same && given && v == p.Value
		}
		if same {
			constant = append(constant, p)
		} else {
			differing = append(differing, p)
		}
	}
	return differing, constant
}

// groupTrials puts replicates into groups, in the order of their first
// trials, and titles both.
func groupTrials(trials []*trial, differing []parameter) {
	seeds := slices.ContainsFunc(differing, func(p parameter) bool { return p.Key == seedKey })
	names := map[string]int{}
	for _, p := range differing {
		names[p.Name]++
	}
	groups := map[string]*replicates{}
	for _, t := range trials {
		var full, short []string
		for _, p := range differing {
			if p.Key == seedKey {
				continue
			}
			name := p.Name
			if names[name] > 1 {
				name = p.Key
			}
			v, given := t.params[p.Key]
			if !given {
				v = "unset"
			}
			full, short = append(full, name+"="+v), append(short, brief(p, v))
		}
		key := strings.Join(full, ", ")
		g := groups[key]
		if g == nil {
			g = &replicates{Index: len(groups), Name: key, Short: strings.Join(short, " · ")}
			if key == "" {
				g.Name, g.Short = "all runs", ""
			}
			groups[key] = g
		}
		g.Trials = append(g.Trials, t)
		t.Group, t.Title = g, g.Short
		if seeds {
			t.Title = strings.TrimPrefix(fmt.Sprintf("%s · seed %d", g.Short, t.Seed), " · ")
		}
	}
}

// brief is a value that can stand without its name: words can, numbers and
// switches cannot.
func brief(p parameter, v string) string {
	_, err := strconv.ParseFloat(v, 64)
	if _, notBool := strconv.ParseBool(v); err == nil || notBool == nil || v == "unset" {
		return p.Name + " " + v
	}
	const long = 40
	if r := []rune(v); len(r) > long {
		v = "…" + string(r[len(r)-long:])
	}
	return v
}

// groupsOf returns the groups of the trials in order.
func groupsOf(trials []*trial) []*replicates {
	var groups []*replicates
	for _, t := range trials {
		if t.Group.Trials[0] == t {
			groups = append(groups, t.Group)
		}
	}
	slices.SortFunc(groups, func(a, b *replicates) int { return cmp.Compare(a.Index, b.Index) })
	return groups
}
