package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"whorl/biometrics"
	"whorl/experiments/compare"
	"whorl/pipeline/record"
)

// A trial is a run as the page shows it: a run beside others.
type trial struct {
	*record.Run
	Index int    // its number in the script and in class names
	Label string // short and unique: "#3"
	Title string // what sets it apart: "abs · none · seed 2"
	Group *replicates
	Style style

	params  map[string]string  // by "stage.name", as written in pipeline.yaml
	metrics map[string]float64 // by "stage.name", final values
	series  map[string]record.Metrics

	intervals map[string]biometrics.Interval // of some metrics, by "stage.name"

	Lost []loss
}

// replicates are the trials that differ at most in their seed.
type replicates struct {
	compare.Group
	Index  int
	Name   string // what sets the group apart: "merge=abs, policy=none"
	Short  string // the values only: "abs · none"
	Trials []*trial
	Place  int  // in the ranking, from 0
	Shown  bool // in crowded charts before any are chosen
}

// A loss is an artifact that should be in the report and is not.
type loss struct{ Output, Reason string }

func newTrials(runs []*record.Run) []*trial {
	trials := make([]*trial, len(runs))
	for i, r := range runs {
		t := &trial{Run: r, Index: i, params: map[string]string{}, metrics: map[string]float64{}}
		for _, s := range compare.Settings(r) {
			t.params[s.Key] = setting(s.Value)
		}
		for _, m := range r.Metrics() {
			t.metrics[m.Key()] = m.Value
		}
		trials[i] = t
	}
	labelTrials(trials)
	groupTrials(trials, compare.Replicates(runs))
	styleTrials(trials)
	return trials
}

// labelTrials labels trials of one sweep by their numbers in it, others by
// their places in the report.
func labelTrials(trials []*trial) {
	sweep := true
	seen := map[int]bool{}
	for _, t := range trials {
		sweep = sweep && t.Trial > 0 && !seen[t.Trial] && t.SweepID() == trials[0].SweepID()
		seen[t.Trial] = true
	}
	for i, t := range trials {
		number := i + 1
		if sweep {
			number = t.Trial
		}
		t.Label = "#" + strconv.Itoa(number)
	}
}

// A parameter is one that runs were given.
type parameter struct {
	Key, Stage, Name string
	Value            string // if it is the same in all
}

// parameters returns the parameters that differ between trials and those that
// do not, in the order of first appearance, data and seed last.
func parameters(trials []*trial) (differing, constant []parameter) {
	keys := compare.Differing(runsOf(trials))
	for _, key := range keys {
		differing = append(differing, newParameter(key))
	}
	// What does not differ is the same in every run, so any run lists it.
	for _, s := range compare.Settings(trials[0].Run) {
		if !slices.Contains(keys, s.Key) {
			p := newParameter(s.Key)
			p.Value = trials[0].params[s.Key]
			constant = append(constant, p)
		}
	}
	return differing, constant
}

func newParameter(key string) parameter {
	stage, name, found := strings.Cut(key, ".")
	if !found {
		stage, name = "", key
	}
	return parameter{Key: key, Stage: stage, Name: name}
}

func runsOf(trials []*trial) []*record.Run {
	runs := make([]*record.Run, len(trials))
	for i, t := range trials {
		runs[i] = t.Run
	}
	return runs
}

// groupTrials puts the trials into their groups and titles both.
func groupTrials(trials []*trial, groups []compare.Group) {
	byRun := map[*record.Run]*trial{}
	for _, t := range trials {
		byRun[t.Run] = t
	}
	seeds := slices.ContainsFunc(trials, func(t *trial) bool { return t.Seed != trials[0].Seed })
	names := map[string]int{}
	for _, s := range groups[0].Settings {
		names[newParameter(s.Key).Name]++
	}
	for i, from := range groups {
		g := &replicates{Group: from, Index: i, Name: "all runs"}
		var full, short []string
		for _, s := range from.Settings {
			p := newParameter(s.Key)
			if names[p.Name] > 1 {
				p.Name = p.Key
			}
			v := "unset"
			if s.Value != nil {
				v = setting(s.Value)
			}
			full, short = append(full, ending(p.Name, long)+"="+ending(v, long)), append(short, brief(p, v))
		}
		if len(full) > 0 {
			g.Name, g.Short = strings.Join(full, ", "), strings.Join(short, " · ")
		}
		for _, r := range from.Runs {
			t := byRun[r]
			g.Trials = append(g.Trials, t)
			t.Group, t.Title = g, g.Short
			if seeds {
				t.Title = strings.TrimPrefix(fmt.Sprintf("%s · seed %d", g.Short, t.Seed), " · ")
			}
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
	return ending(v, long)
}

const long = 40 // runes of a name or value that stands among others

// ending is text of at most so many runes: of longer text the end, where paths
// and commands mostly differ.
func ending(text string, runes int) string {
	if r := []rune(text); len(r) > runes {
		return "…" + string(r[len(r)-runes+1:])
	}
	return text
}

// groupsOf returns the groups of the trials, in the order of their first.
func groupsOf(trials []*trial) []*replicates {
	var groups []*replicates
	for _, t := range trials {
		if t.Group.Trials[0] == t {
			groups = append(groups, t.Group)
		}
	}
	return groups
}
