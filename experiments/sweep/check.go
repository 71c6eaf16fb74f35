package sweep

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"whorl/pipeline/spec"
	"whorl/pipeline/spec/yamlwalk"
)

// Check resolves every trial, without running it, with the function that loads
// the sweep's pipeline with the given settings. It returns one
// [*spec.Error] with everything that is wrong, and problems of a
// setting are where that is in the sweep's file.
func (s *Sweep) Check(load func(set []string) error) error {
	var all []yamlwalk.Problem
	seen := map[yamlwalk.Problem]bool{}
	for _, t := range s.Trials() {
		err := load(t.Set())
		if err == nil {
			continue
		}
		var spec *spec.Error
		if !errors.As(err, &spec) {
			return err
		}
		for _, p := range spec.Problems {
			p = s.locate(t, p)
			if !seen[p] {
				seen[p] = true
				all = append(all, p)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b yamlwalk.Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
	return &spec.Error{Problems: all}
}

// locate moves a problem with a setting of the trial to the sweep's file.
func (s *Sweep) locate(t Trial, p yamlwalk.Problem) yamlwalk.Problem {
	set, ok := strings.CutPrefix(p.File, "--set ")
	if !ok {
		return p
	}
	for _, setting := range t.Settings {
		if setting.String() == set {
			p.File, p.Line, p.Column = s.File, setting.line, setting.column
			p.Message = setting.Key + ": " + p.Message
		}
	}
	return p
}
