package compare

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"whorl/pipeline/record"
	"whorl/pipeline/value"
)

// A Group is a set of replicates.
type Group struct {
	Settings []Setting // what sets it apart from the other groups, without the seed
	Runs     []*record.Run
}

// Replicates puts the runs that differ at most in their seed into groups, in
// the order of their first runs.
func Replicates(runs []*record.Run) []Group {
	var keys []string
	for _, key := range Differing(runs) {
		if key != Seed {
			keys = append(keys, key)
		}
	}
	var groups []Group
	index := map[string]int{}
	for _, r := range runs {
		values := map[string]any{}
		for _, s := range Settings(r) {
			values[s.Key] = s.Value
		}
		settings := make([]Setting, len(keys))
		for i, key := range keys {
			settings[i] = Setting{key, values[key]}
		}
		id := identity(settings)
		i, ok := index[id]
		if !ok {
			i = len(groups)
			index[id] = i
			groups = append(groups, Group{Settings: settings})
		}
		groups[i].Runs = append(groups[i].Runs, r)
	}
	return groups
}

// identity is the same for settings that are. Types count, as they do in the
// key of a stage: 1 is not 1.0.
func identity(settings []Setting) string {
	id := ""
	for _, s := range settings {
		if seed, ok := s.Value.(uint64); ok {
			id += strconv.FormatUint(seed, 10) + "\n"
			continue
		}
		id += value.Text(record.Normal(s.Value)) + "\n"
	}
	return id
}

// Name describes the group by what sets it apart, such as
// "train.merge=abs augment.policy=none".
func (g Group) Name() string {
	name := ""
	for i, s := range g.Settings {
		if i > 0 {
			name += " "
		}
		name += s.Key + "=" + text(s.Value)
	}
	return name
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "unset"
	case string:
		return v
	}
	if b, err := json.Marshal(v); err == nil {
		return string(b)
	}
	return fmt.Sprint(v)
}

// An observation is what a metric came to in a run.
type observation struct {
	seed  uint64
	value float64
	run   *record.Run
}

// observations returns what the metric ("stage.name", its last value) came to
// with each seed that the group has a finished run of; metrics that are not
// finite were not measured.
func (g Group) observations(metric string) []observation {
	var all []observation
	seen := map[uint64]bool{}
	for _, r := range g.Runs {
		if r.State != record.Done || seen[r.Seed] {
			continue
		}
		if m, ok := r.Metric(metric); ok && !math.IsNaN(m.Value) && !math.IsInf(m.Value, 0) {
			all = append(all, observation{r.Seed, m.Value, r})
			seen[r.Seed] = true
		}
	}
	return all
}

// splitMetric returns the stage and the name of a metric "stage.name".
func splitMetric(metric string) (stage, name string) {
	stage, name, _ = strings.Cut(metric, ".")
	return stage, name
}
