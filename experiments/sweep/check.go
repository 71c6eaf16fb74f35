package sweep

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"whorl/pipeline/spec"
	"whorl/pipeline/spec/yamlwalk"
)

// Check resolves every trial that rests on no result, without running it, with
// the function that loads the sweep's pipeline with the given settings; of a
// search over ranges also their ends. It returns one [*spec.Error]
// with everything that is wrong, and problems of a setting are where that is
// in the sweep's file.
func (s *Sweep) Check(load func(set []string) error) error {
	var all []yamlwalk.Problem
	seen := map[yamlwalk.Problem]bool{}
	for _, t := range append(s.Trials(), s.corners()...) {
		err := load(t.Set())
		if err == nil {
			continue
		}
		var wrong *spec.Error
		if !errors.As(err, &wrong) {
			return err
		}
		for _, p := range wrong.Problems {
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

// corners returns trials that together have every category and both ends of
// every range, where the search draws them.
func (s *Sweep) corners() (trials []Trial) {
	if s.Search.Method == "grid" || s.Search.Method == "list" {
		return nil
	}
	p := s.plan(false)
	add := func(settings []Setting) {
		trials = append(trials, p.trial(Trial{Configuration: Configuration{Settings: settings}}, 0))
	}
	for _, param := range p.plane.params {
		if param.Range != nil {
			add([]Setting{param.number(param.Range.Min)})
			add([]Setting{param.number(param.Range.Max)})
		}
		for _, c := range param.Categories {
			add([]Setting{c})
		}
	}
	return trials
}

// locate moves a problem with a setting of the trial to the sweep's file.
func (s *Sweep) locate(t Trial, p yamlwalk.Problem) yamlwalk.Problem {
	set, ok := strings.CutPrefix(p.File, "--set ")
	if !ok {
		return p
	}
	for _, setting := range t.Settings {
		if setting.String() == set {
			if p.File = s.File; setting.at.Line > 0 {
				p.Line, p.Column = setting.at.Line, setting.at.Column
			}
			p.Message = setting.Key + ": " + p.Message
		}
	}
	return p
}
