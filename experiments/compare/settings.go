package compare

import (
	"reflect"
	"slices"

	"whorl/pipeline/record"
)

// Keys of the settings of a run besides the parameters of its stages.
const (
	Data = "data"
	Seed = "seed"
)

// A Setting is something that a run was given: a parameter by "stage.name",
// its Data or its Seed.
type Setting struct {
	Key   string
	Value any // nil if the run has no such parameter
}

// Settings returns all that a run was given: the parameters in the pipeline's
// order, then data and seed.
func Settings(r *record.Run) []Setting {
	var all []Setting
	for _, s := range r.Stages {
		for _, p := range s.Params {
			all = append(all, Setting{s.Name + "." + p.Name, p.Value})
		}
	}
	return append(all, Setting{Data, r.Data}, Setting{Seed, r.Seed})
}

// Differing returns the keys whose values are not the same in all runs, in
// the order of their first appearance, data and seed last. A parameter that
// only some runs have differs.
func Differing(runs []*record.Run) []string {
	if len(runs) == 0 {
		return nil
	}
	var keys []string // all but the last two
	first := map[string]any{}
	count := map[string]int{}
	differs := map[string]bool{}
	for _, r := range runs {
		for _, s := range Settings(r) {
			v, seen := first[s.Key]
			if !seen {
				first[s.Key] = s.Value
				if s.Key != Data && s.Key != Seed {
					keys = append(keys, s.Key)
				}
			} else if !reflect.DeepEqual(v, s.Value) {
				differs[s.Key] = true
			}
			count[s.Key]++
		}
	}
	return slices.DeleteFunc(append(keys, Data, Seed), func(key string) bool {
		return !differs[key] && count[key] == len(runs)
	})
}
